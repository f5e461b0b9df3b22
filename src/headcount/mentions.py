"""Stage 2a, mentions: every number and calendar expression of a text, with its exact span and kind."""

import re
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from headcount import grammar

LINE = 100  # a longer line is no page furniture
UNSURE = ("count", "name", "unclassified")
BEFORE = 48  # characters a rule's `before` can look back over


class Mention(NamedTuple):
    """One number or calendar expression: `text[start:end]`, its kind, and the rule or shape that claimed it."""

    start: int
    end: int
    kind: str
    rule: str
    number_end: int


def find_mentions(text):
    """All mentions of `text`, in order, as Mention tuples. Linear in the length of the text."""
    search = grammar.starts().search
    position, found = 0, []
    while match := search(text, position):
        mention = classify(text, match.start(), match.lastgroup)
        if mention:
            if mention.kind in UNSURE:
                mention = _replaced_by_furniture(text, mention)
            found.append(mention)
            position = max(mention.end, match.start() + 1)
        else:
            position = match.start() + 1
    return found


def _replaced_by_furniture(text, mention):
    """`mention`, or, if its line is page furniture, the same span as furniture."""
    start = text.rfind("\n", max(0, mention.start - LINE), mention.start) + 1
    end = text.find("\n", mention.end, mention.end + LINE)
    line = text[start : len(text) if end < 0 else end]
    if len(line) <= LINE:
        for rule in grammar.load()["furniture"]:
            if grammar.compiled(rule["pattern"]).fullmatch(line):
                return mention._replace(kind="furniture", rule=rule["id"])
    return mention


def classify(text, start, start_class):
    """The Mention that starts at `start`, or None if a calendar word turns out to be none ("last of all")."""
    match = grammar.shapes(start_class).match(text, start)
    if match:
        return Mention(start, match.end(), grammar.kinds()[match.lastgroup], match.lastgroup, match.end())
    if start_class not in ("figure", "word"):
        return None
    form, number = number_at(text, start)
    before = text[max(0, start - BEFORE) : start]
    ends = [number.end()]
    tail = grammar.compiled(grammar.load()["range"]).match(text, number.end()) if form != "vague" else None
    if tail and value_of(tail["upper"]) > value_of(number[0]):
        ends.insert(0, tail.end())
    for end in ends:
        for rule, kind, take, fits_number, fits_before, fits_after in grammar.rules(form):
            after = fits_after(text, end)
            if (
                after
                and (fits_number is None or fits_number(text, start, end))
                and (fits_before is None or fits_before(before))
            ):
                return Mention(start, after.end() if take else end, kind, rule, end)
    return Mention(start, ends[-1], "unclassified", "", ends[-1])


def number_at(text, start):
    """(form, match) of the number that begins at `start`: a figure, a spelled or a vague one."""
    for form in grammar.NUMBERS:
        match = grammar.compiled(f"@{form}").match(text, start)
        if match:
            return form, match
    raise AssertionError(f"no number at {start}: {text[start : start + 20]!r}")


@cache
def small_numbers():
    """The value of each number word, from grammar.yml."""
    return {word: int(value) for word, value in grammar.load()["values"].items()}


def value_of(number):
    """The value of a number in digits or words as an int (a Fraction where it is not whole): "1.2 million" is 1200000.

    A vague number has the value of its unit: thousands 1000, tens of thousands 10000, several hundred 100.
    """
    total, group = Fraction(0), Fraction(0)
    tokens = re.findall(r"\d[\d,]*(?:\.\d+)?|\d/\d+|[½¼¾]|[a-z]+", number.lower())
    for token in tokens:
        if token[0].isdigit():
            group += Fraction(token.replace(",", ""))
            continue
        value = small_numbers().get(token)
        if token in ("half", "½"):
            group += Fraction(1, 2)
        elif value is None:
            continue
        elif value in (12, 20) and token in ("dozen", "dozens", "scores"):
            group = (group or 1) * value
        elif value < 100 and token not in ("tens",):
            group += value
        elif value == 100:
            group = (group or 1) * 100
        elif token == "tens":
            group = Fraction(10)
        else:
            total += (group or 1) * value
            group = Fraction(0)
    total += group
    return int(total) if total.denominator == 1 else total
