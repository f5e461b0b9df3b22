"""A story told in very many texts: totals that rise, years, single days, repeated by a dozen outlets, a few of them wrong."""

import hashlib
import random
from datetime import date, timedelta

START, DAYS = date(2015, 3, 2), 1700
OUTLETS = (
    "Wire",
    "Morning Post",
    "Evening Star",
    "Channel 5",
    "Daily Courier",
    "Herald",
    "Radio One",
    "Gazette",
)
PLACES = ("Aldworth", "Brancaster", "Calder", "Dunmore", "Eastry", "Farnham", "Garston", "Hexham")
HEDGES = ("", "", "", "more than ", "at least ", "nearly ", "some ")
COUNTS = {"people": "killed", "women": "rescued", "children": "rescued", "gangs": "broken up"}
STORY = """
title: The long campaign
question: How many were killed, how many rescued?
campaign: {name: the long campaign, start: 2015-03-02}
counted:
  people: [people, persons]
  women: [women, woman]
  children: [children, child]
  gangs: [gangs, gang]
series:
  - {counted: people, action: killed}
  - {counted: women, action: rescued}
  - {counted: children, action: rescued}
"""


def day_text(day):
    """A day as texts write it."""
    return f"{day.day} {day:%B %Y}"


def write(folder, texts, claims=50, seed=1):
    """Write a story of some texts, each with about so many claims, into a folder."""
    chance = random.Random(seed)
    rises = {name: [chance.randrange(9) for _ in range(DAYS)] for name in COUNTS}
    (folder / "raw").mkdir(parents=True)
    (folder / "story.yml").write_text(STORY)
    entries = []
    for number in range(texts):
        day = 20 + (DAYS - 21) * number // texts
        outlet = chance.choice(OUTLETS)
        text = "\n".join(sentence(chance, rises, day) for _ in range(claims)) + "\n"
        name = f"{number:05}.txt"
        (folder / "raw" / name).write_text(text)
        seal = hashlib.sha256(text.encode()).hexdigest()
        entries.append(
            f"{name}:\n  publisher: {outlet}\n  published: {START + timedelta(days=day)}\n"
            f"  basis: its first line\n  sha256: {seal}\n"
        )
    (folder / "raw" / "sources.yml").write_text("".join(entries))


def sentence(chance, rises, today):
    """A sentence with one count: a running total, a year's, a day's, or a number of something else."""
    name = chance.choice(list(COUNTS))
    deed, hedge, kind = COUNTS[name], chance.choice(HEDGES), chance.random()
    if kind < 0.3:
        told = today - chance.randrange(20)
        value = sum(rises[name][: told + 1])
        when = f"from {day_text(START)} to {day_text(START + timedelta(days=told))}"
    elif kind < 0.35 and today > 400:
        year = chance.randrange(2016, (START + timedelta(days=today)).year + 1)
        first = (date(year, 1, 1) - START).days
        value, when = sum(rises[name][first : first + 365]), f"in {year}"
    elif kind < 0.8:
        told = chance.randrange(max(0, today - 60), today)
        value = rises[name][told] + 1
        when = f"in {chance.choice(PLACES)} on {day_text(START + timedelta(days=told))}"
    else:
        value = chance.randrange(3, 400)
        return f"The mayor of {chance.choice(PLACES)} spoke to {value} villagers."
    value = value + chance.randrange(50) if chance.random() < 0.01 else value
    if hedge:
        place = 10 ** max(0, len(str(value)) - 2)
        value = max(1, value // place * place + (place if hedge == "nearly " else 0))
    words = f"{hedge}{value:,} {name} were {deed} {when}, the ministry said."
    return words[0].upper() + words[1:]
