"""The sieves that choose which patterns are tried let every row through, and forget what they cannot keep."""

import random
import re

import corpus
import pytest
from hardship import SCALE

from headcount import grammar, sieve
from headcount.claims import read_claims
from headcount.nouns import Nouns
from headcount.sieve import Footing, Sieve
from headcount.sources import read_text
from headcount.story import ROOT, Story

STORY = Story.at(ROOT)
NOUNS = Nouns(STORY.facts["counted"])
DATES = {"published_earliest": "2011-12-06", "published_latest": "2011-12-06"}
SOURCE = {"source_id": "x", "file": "x", "publisher": "x", **DATES}


def examples():
    """All examples in grammar.yml."""
    found = []
    tables = [table for table in grammar.load().values() if isinstance(table, list | dict)]
    for table in tables:
        for rule in table.values() if isinstance(table, dict) else table:
            if isinstance(rule, dict):
                found += rule.get("fits", []) + rule.get("leaves", [])
    return [re.sub(r"[\[\]]", "", example) for example in found]


def shuffled(seed=5):
    """Texts made of the examples: their words mixed, cut anywhere, with characters doubled, dropped and replaced."""
    chance, sentences = random.Random(seed), examples()
    words = re.findall(r"\S+|\s+", " ".join(sentences))
    for _ in range(200):
        yield " ".join(chance.choices(words, k=80))
        text = list(" ".join(chance.choices(sentences, k=3)))
        for at in chance.sample(range(len(text)), 5):
            text[at] = chance.choice(["", text[at] * 2, *" \n\t,.;-5K’“\u00a0\u0301ſİ"])
        yield "".join(text)[: chance.randrange(len(text))]


TEXTS = {
    "examples": lambda: [*examples(), *shuffled()],
    "five": lambda: [read_text(path) for path in sorted(STORY.raw.glob("*.txt"))],
    "sentences": lambda: [text for text, _, _ in corpus.sentences(0, 10**6)],
    **{
        name: lambda name=name: corpus.stories(name)[:150] for name in [*corpus.CORPORA][:: 1 if SCALE else 3]
    },
}


def rows(texts):
    return [read_claims(text, SOURCE, NOUNS, STORY.campaign_start) for text in texts]


@pytest.mark.parametrize("name", TEXTS)
def test_rows_are_those_of_trying_every_pattern(name, monkeypatch):
    texts = TEXTS[name]()
    sieved = rows(texts)
    monkeypatch.setattr(Sieve, "could", lambda sieve, characters: -1)
    monkeypatch.setattr(Sieve, "fits", lambda sieve, characters: -1)
    assert sum(ours != tried for ours, tried in zip(sieved, rows(texts), strict=True)) == 0


@pytest.mark.parametrize(
    "characters, could, fits",
    [
        (" men", 0b0101, 0b0101),
        (" wo", 0b0100, 0),
        (" 12", 0b0010, 0b0010),
        ("", 0b1111, 0b1000),
        ("; men", 0, 0),
        (" é", 0b0111, 0b0010),  # unknown characters always pass
    ],
)
def test_a_sieve_tells_which_patterns_can_begin(characters, could, fits):
    people = Sieve([r"\s(?!man)men\b", r"(?=\s[1-9])\s\d", r"\s(?i:WO)?men", r"$"])
    assert (people.could(characters), people.fits(characters)) == (could, fits)


def test_a_sieve_reads_backwards():
    before = Sieve([r"\bmore than\s", r"(?<=toll )past\s", "^the "], backwards=True)
    assert [before.fits(text[::-1]) for text in ("more than ", "a toll past ", "the ", "of the ")] == [
        *(0b001, 0b010, 0b100),
        0,
    ]


def test_a_sieve_looks_no_further_where_few_patterns_are_left():
    people = Sieve([" men", " women", " wombats"], few=2)
    assert [people.could(text) for text in (" m", " wort", " y")] == [0b001, 0b110, 0]


def test_a_footing_tells_what_a_pattern_asks_to_stand_before_it():
    footing = Footing([r"(?:(?<=toll )|(?<=a ))\d", r"(?<!a )\d", r"(?=\d)(?i:(?<=A ))\d"])
    assert [footing.could(text[::-1]) for text in ("a ", "A ", "toll ", "of ")] == [
        0b111,
        0b110,
        0b011,
        0b010,
    ]


def test_a_sieve_forgets_when_it_is_full(monkeypatch):
    monkeypatch.setattr(sieve, "MOST", 50)
    numbers = Sieve([r"\d+ men", r".* women"])
    for number in range(2000):
        assert numbers.could(f"{number} men") == 0b11
        assert numbers.steps <= 50 + len(f"{number} men")
