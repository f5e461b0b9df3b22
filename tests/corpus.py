"""The unseen news: stories of the Lee corpora, which come inside the gensim wheel and are never committed here."""

import csv
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

GOLD = Path(__file__).with_name("gold")
CACHE = Path(__file__).parents[1] / "build" / "corpus"
WHEEL = [
    "gensim==4.4.0",
    "--no-deps",
    "--only-binary=:all:",
    "--python-version=3.11",
    "--platform=manylinux_2_28_x86_64",
]
CORPORA = {
    "lee_background": ("utf-8", "5d78d6dafd953bbf65797bef09a9ffb9ec430583381be705f8fd460000f370fb"),
    "lee": ("latin-1", "a878f9a58f6743c32985c56c2f2f75988386216b38a4023a01fd3bcf7884d93e"),
}


def stories(corpus):
    """The stories of a corpus, one a line; skips with a notice where the wheel cannot be had (in CI: fails)."""
    path = CACHE / f"{corpus}.cor"
    if not path.is_file():
        fetch()
    encoding, seal = CORPORA[corpus]
    data = path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == seal, f"{path} is not the text that was labelled; delete it"
    return data.decode(encoding).split("\n")


def fetch():
    """Download the gensim wheel and take the corpora out of it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "-d", str(CACHE), *WHEEL],
        capture_output=True,
        text=True,
    )
    wheels = list(CACHE.glob("gensim-*.whl"))
    if done.returncode or not wheels:
        message = f"the gensim wheel could not be downloaded: {done.stderr.strip().splitlines()[-1:]}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with zipfile.ZipFile(wheels[0]) as wheel:
        for corpus in CORPORA:
            (CACHE / f"{corpus}.cor").write_bytes(wheel.read(f"gensim/test/test_data/{corpus}.cor"))
    wheels[0].unlink()


def labelled(corpus, numbers):
    """[(text, labels, published)] of the stories with these numbers."""
    texts = stories(corpus)
    with (GOLD / f"{corpus}.csv").open() as file:
        rows = [
            {**row, **{key: int(row[key]) for key in ("story", "start", "end", "value")}}
            for row in csv.DictReader(file)
        ]
    return [
        (texts[number], [row for row in rows if row["story"] == number], "")
        for number in numbers
        if texts[number].strip()
    ]


def sentences(first, last):
    """[(text, labels, published)] of the items of sentences.jsonl with ids from first to last."""
    with (GOLD / "sentences.jsonl").open(encoding="utf-8") as file:
        items = map(json.loads, file)
        return [
            (item["text"], item["counts"], item["published"] or "")
            for item in items
            if first <= item["id"] <= last
        ]
