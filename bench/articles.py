"""Short news articles made from templates, any number of them, so that what each claims is known."""

import random
from pathlib import Path
from typing import NamedTuple

HEDGES = {
    "": "exact",
    "more than ": "more_than",
    "at least ": "at_least",
    "about ": "about",
    "nearly ": "almost",
    "up to ": "at_most",
    "fewer than ": "less_than",
}
DEEDS = {  # how a sentence tells of it, and the act
    "were killed": "killed",
    "were injured": "injured",
    "were rescued": "rescued",
    "were arrested": "arrested",
    "were evacuated": "evacuated",
}
NOUNS = ("miners", "villagers", "soldiers", "students", "passengers", "fishermen", "workers", "tourists")
PLACES = ("Aldworth", "Brancaster", "Calder", "Dunmore", "Eastry", "Farnham", "Garston", "Hexham")
MONTHS = ("January", "March", "May", "July", "September", "November")
SAYING = ("the interior ministry said", "officials said", "a police spokesman said", "the mayor said")
COUNTS = (
    "{hedge}{number} {noun} {deed} near {place} on {day} {month} {year}, {saying}.",
    "In {place}, {hedge}{number} {noun} {deed} on {day} {month} {year}, {saying}.",
    "{saying} that {hedge}{number} {noun} {deed} in {place}.",
)
OTHERS = (
    "The damage was put at ${number} million, or {small} per cent of the budget.",
    "A {age}-year-old driver said the road had been closed for {small} hours.",
    "It was the worst accident there since {early}, local media reported.",
    "The weather office forecast winds of {number} kilometres an hour.",
    "Schools stay closed until further notice, and the roads to the north are blocked.",
    "Relief teams were on their way, but heavy rain had slowed them down.",
)
SIZE = 1000  # articles in a folder


class Told(NamedTuple):
    """What an article claims in one place: the characters of the number, its value, hedge, noun and act."""

    start: int
    value: int
    qualifier: str
    noun: str
    action: str


def article(number):
    """(text, [Told, …]) of an article by its number, the same every time."""
    chance = random.Random(number)
    text, told = f"{chance.choice(PLACES).upper()} (Wire) - ", []
    kinds = [COUNTS, OTHERS, OTHERS, COUNTS, OTHERS, COUNTS, OTHERS]
    for kind in kinds[: chance.randrange(5, 8)]:
        hedge, deed, noun = chance.choice(list(HEDGES)), chance.choice(list(DEEDS)), chance.choice(NOUNS)
        value = chance.choice([chance.randrange(11, 1000), 100 * chance.randrange(2, 90)])
        pattern = chance.choice(kind)
        words = {
            "hedge": hedge, "number": f"{value:,}", "noun": noun, "deed": deed, "place": chance.choice(PLACES),
            "day": chance.randrange(1, 29), "month": chance.choice(MONTHS), "year": chance.randrange(2001, 2020),
            "saying": chance.choice(SAYING), "small": chance.randrange(2, 11), "age": chance.randrange(19, 80),
            "early": chance.randrange(1950, 2000),
        }  # fmt: skip
        sentence = pattern.format(**words)
        if kind is COUNTS:
            start = len(text) + pattern.partition("{number}")[0].format(**words).__len__()
            told.append(Told(start, value, HEDGES[hedge], noun, DEEDS[deed]))
        text += sentence[0].upper() + sentence[1:] + " "
    return text.rstrip() + "\n", told


def write(folder, count):
    """Write the first articles into folders of SIZE below a folder, where they are not there yet. Returns their bytes."""
    size = 0
    for number in range(count):
        path = path_of(folder, number)
        if number % SIZE == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
        text = article(number)[0].encode()
        size += len(text)
        if not path.exists():
            path.write_bytes(text)
    return size


def path_of(folder, number):
    """Where an article lies."""
    return Path(folder, f"{number // SIZE:04}", f"{number:07}.txt")
