"""Extraction measured: speed against quantulum3 in the same run, growth with the length of a text, texts made to be slow, memory.

Run it with `make bench` or `python bench/extraction.py`. quantulum3 is fetched into an environment of its own for the run.
"""

import statistics
import sys
import time
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import corpus
import peers

from headcount.claims import read_claims
from headcount.counts import Nouns
from headcount.dates import resolve
from headcount.sources import read_text
from headcount.story import ROOT, Story

STORY = Story.at(ROOT)
NOUNS = Nouns(STORY.facts["counted"])
SOURCE = {
    "source_id": "x",
    "file": "x",
    "publisher": "x",
    "published_earliest": "2011-12-06",
    "published_latest": "2011-12-06",
}
FIVE = [read_text(path) for path in sorted(STORY.raw.glob("*.txt"))]
NEWS = [text for name in corpus.CORPORA for text in corpus.stories(name) if text.strip()]
PEER = """
import json, sys, time
from quantulum3 import parser
texts = json.load(open(sys.argv[1], encoding="utf-8"))
parser.parse("5 km")
start = time.process_time()
for text in texts:
    parser.parse(text)
print(time.process_time() - start)
"""
SLOW = {
    "digits": "1" * 1_000_000,
    "numbers": "1 " * 500_000,
    "commas": "1," * 500_000,
    "scales": "hundred " * 125_000,
    "hedges": "more than " * 100_000,
    "blank lines": "\n" * 1_000_000,
    "spaces": ". " + " " * 999_998,
    "one word": "a" * 1_000_000,
    "capitals": "Ab " * 333_333,
    "ministries": "the ministry said 5 people " * 37_000,
}


def cpu(*texts):
    """CPU seconds for the full rows of texts, read as if for the first time: no calendar expression is remembered."""
    resolve.cache_clear()
    start = time.process_time()
    for text in texts:
        read_claims(text, SOURCE, NOUNS)
    return time.process_time() - start


def peer(texts):
    """CPU seconds that quantulum3 takes for texts, or None if it cannot be had."""
    return peers.run("quantulum3==0.10.0", PEER, texts, "setuptools")


def main():
    cpu(*FIVE, *NEWS)
    for name, texts, sample in (("the five texts", FIVE, FIVE), ("news", NEWS, NEWS[:20])):
        rounds = [(cpu(*texts), cpu(*sample), peer(sample)) for _ in range(3)]
        size = sum(len(text.encode()) for text in texts) / 1e6
        ours = statistics.median(seconds for seconds, _, _ in rounds)
        print(f"full rows of {name} ({size:.2f} MB): {size / ours:.2f} MB/s of CPU time (aim 3)")
        ratios = [theirs / seconds for _, seconds, theirs in rounds if theirs]
        if ratios:
            print(f"  against quantulum3: {statistics.median(ratios):.0f} times as fast (aim 50)")

    line = " ".join(FIVE).replace("\n", " ")
    print("a text without a line break, CPU seconds per MB by length:")
    for megabytes in (1, 2, 5, 10):
        long = (line * (int(megabytes * 1e6 / len(line)) + 1))[: int(megabytes * 1e6)]
        print(f"  {megabytes:2} MB  {cpu(long) / megabytes:.2f}")

    print("texts made to be slow: CPU seconds of 400 kB over those of 200 kB (linear: 2)")
    for name, text in SLOW.items():
        print(f"  {name:12} {cpu(text[:400_000]) / max(cpu(text[:200_000]), 1e-4):.1f}")

    print("memory, peak over the text's own size, for 1 and 4 texts of 1 MB read one after the other:")
    for count in (1, 4):
        tracemalloc.start()
        for _ in range(count):
            read_claims((line * 70)[:1_000_000], SOURCE, NOUNS)
        print(f"  {count} texts  {tracemalloc.get_traced_memory()[1] / 1e6:.0f}")
        tracemalloc.stop()


if __name__ == "__main__":
    main()
