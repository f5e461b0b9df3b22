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

from headcount import claims, counts, dates, mentions, places, roles, speech, times_before, windows
from headcount.claims import read_claims
from headcount.nouns import Nouns
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
    "columns": ("6,171,329,496,244 \xa0 " * 4 + "8¾\n") * 12_000,
    "capitals": "Ab " * 333_333,
    "ministries": "the ministry said 5 people " * 37_000,
    "denials": "denied 5 deaths and 7 " * 45_000,
}


def cpu(*texts):
    """CPU seconds for the full rows of texts: nothing of a single text is remembered, only what words can follow one another."""
    for module in (claims, counts, dates, mentions, places, roles, speech, times_before, windows):
        for remembering in vars(module).values():
            if hasattr(remembering, "cache_info") and remembering.cache_info().maxsize:
                remembering.cache_clear()
    start = time.process_time()
    for text in texts:
        read_claims(text, SOURCE, NOUNS)
    return time.process_time() - start


def megabytes(texts):
    return sum(len(text.encode()) for text in texts) / 1e6


def peer(texts):
    """CPU seconds that quantulum3 takes for texts, or None if it cannot be had."""
    return peers.run("quantulum3==0.10.0", PEER, texts, "setuptools")


def main():
    cpu(*FIVE, *NEWS[::4])
    unread = [NEWS[part::4] for part in (1, 2, 3)]
    for name, rounds in (("the five texts", [FIVE] * 3), ("news not read before", unread)):
        speeds, ratios = [], []
        for texts in rounds:
            sample = texts[:60]
            ours, theirs = cpu(*sample), peer(sample)
            speeds.append(megabytes(texts) / (ours + cpu(*texts[60:])))
            ratios += [theirs / ours] if theirs else []
        print(f"full rows of {name}: {statistics.median(speeds):.2f} MB/s of CPU time (aim 3)")
        if ratios:
            print(f"  against quantulum3: {statistics.median(ratios):.0f} times as fast (aim 50)")

    line = " ".join(FIVE).replace("\n", " ")
    print("a text without a line break, CPU seconds per MB by length:")
    for length in (1, 2, 5, 10):
        long = (line * (int(length * 1e6 / len(line)) + 1))[: int(length * 1e6)]
        print(f"  {length:2} MB  {cpu(long) / length:.2f}")

    print("texts made to be slow: CPU seconds of 100 kB over those of 50 kB (linear: 2)")
    for name, text in SLOW.items():
        print(f"  {name:12} {cpu(text[:100_000]) / max(cpu(text[:50_000]), 1e-4):.1f}")

    print("memory, peak over the text's own size, for 1 and 4 texts of 1 MB read one after the other:")
    for count in (1, 4):
        tracemalloc.start()
        for _ in range(count):
            read_claims((line * 70)[:1_000_000], SOURCE, NOUNS)
        print(f"  {count} texts  {tracemalloc.get_traced_memory()[1] / 1e6:.0f}")
        tracemalloc.stop()


if __name__ == "__main__":
    main()
