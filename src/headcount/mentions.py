"""Stage 2a, mentions: every number and calendar expression of a text, with its exact span and kind."""

import re
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from headcount import grammar

LINE = 100  # a longer line is no page furniture
UNSURE = ("count", "name", "unclassified")
BEFORE = 60  # characters that a rule's `before` can look back over
THOUSANDS = re.compile(r"(?<=\d)[, \u00a0\u2009\u202f](?=\d{3})")
TOKENS = re.compile(r"\d[\d,]*(?:\.\d+)?|\d/\d+|[½¼¾]|[a-z]+")
PARTS = {"half": Fraction(1, 2), "½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}
REMEMBERED = 16_384  # numbers whose value is kept: the same ones come again and again
GLANCE = 8  # characters by which it is told which shapes and rules could fit, before any is tried
AROUND = 400  # characters on each side in which a rule's `near` is looked for


class Mention(NamedTuple):
    """One number or calendar expression: `text[start:end]`, its kind, and the rule or shape that claimed it."""

    start: int
    end: int
    kind: str
    rule: str
    number_end: int


def find_mentions(text):
    """All mentions of `text`, in order, as Mention tuples. Linear in the length of the text."""
    starts, position, found = grammar.starts().match, 0, []
    for candidate in grammar.trigger().finditer(" " + lower(text)):
        start = candidate.start() - candidate[0].isdecimal()
        match = start >= position and starts(text, start)
        mention = match and classify(text, start, match.lastgroup)
        if mention:
            if mention.kind in UNSURE:
                mention = _replaced_by_furniture(text, mention)
            found.append(mention)
            position = mention.end
    return found


def lower(text):
    """`text` in lower case, every character in its place (a few letters would become two)."""
    lowered = text.lower()
    return (
        lowered
        if len(lowered) == len(text)
        else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    )


def fits_before(expression, text, end, reach=BEFORE):
    """The longest match of a `grammar.backwards` expression that ends right at `end`, or None."""
    return expression.match(text, max(0, end - reach), end)


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
    before = text[max(0, start - GLANCE) : start][::-1]
    could = grammar.shapes_at(start_class) & grammar.footings().could(before)
    could &= grammar.outlines().could(text[start : start + GLANCE])
    for shape in grammar.chosen(could, grammar.shapes):
        match = grammar.compiled(shape.pattern).match(text, start)
        if match and not _splits(text, match.end()):
            return Mention(start, match.end(), shape.kind, shape.id, match.end())
    if start_class not in ("figure", "word"):
        return None
    number = grammar.numbers().match(text, start)
    form, ends = number.lastgroup, [number.end()]
    upper = form != "vague" and grammar.compiled(grammar.load()["range"]).match(text, number.end())
    if upper and value_of(upper["upper"]) > value_of(number[0]) and _spans(upper, text, start):
        ends.insert(0, upper.end())
    headed = grammar.rules_for(form) & grammar.heads().could(before)
    for end in ends:
        could = (
            headed & grammar.figures().fits(text[start:end]) & grammar.tails().could(text[end : end + GLANCE])
        )
        for rule in grammar.chosen(could, grammar.rules):
            match = rule.after.match(text, end)
            if (
                match
                and (not rule.number or rule.number.fullmatch(text, start, end))
                and (not rule.before or fits_before(rule.before, text, start))
                and (not rule.near or rule.near.search(text, max(0, start - AROUND), end + AROUND))
            ):
                taken = match.end() if rule.take and not _splits(text, match.end()) else end
                return Mention(start, taken, rule.kind, rule.id, end)
    return Mention(start, ends[-1], "unclassified", "", ends[-1])


def _splits(text, end):
    """Whether a place lies within a run of digits: no mention ends there, or the rest would be a number that nobody wrote."""
    return len(text) > end and text[end - 1 : end + 1].isdecimal()


def _spans(upper, text, start):
    """Whether two numbers from `start` on are a range: "12 and 14" only behind "between", "60 to 90" not behind "rose from" or
    "cut the toll by"."""
    if upper["and"]:
        return fits_before(grammar.before("@spanning"), text, start)
    return not fits_before(grammar.before("@changed|@difference"), text, start)


@cache
def small_numbers():
    """The value of each number word, from grammar.yml."""
    return {word: int(value) for word, value in grammar.load()["values"].items()}


@lru_cache(REMEMBERED)
def value_of(number):
    """The value of a number in digits or words as an int (a Fraction where it is not whole): "1.2 million" is 1200000.

    A vague number has the value of its unit: thousands 1000, tens of thousands 10000, several hundred 100.
    """
    plain = THOUSANDS.sub("", number)
    if plain.isdecimal():
        return int(plain)
    total = group = 0
    for token in TOKENS.findall(plain.lower()):
        if token[0].isdigit():
            group += Fraction(token.replace(",", ""))
            continue
        value = small_numbers().get(token)
        if token in PARTS:
            group += PARTS[token]
        elif token in ("quarter", "quarters"):
            group = (group or 1) * Fraction(1, 4)
        elif value is None:
            continue
        elif value in (12, 20) and token in ("dozen", "dozens", "scores"):
            group = (group or 1) * value
        elif value < 100 and token not in ("tens",):
            group += value
        elif value == 100:
            group = (group or 1) * 100
        elif token == "tens":
            group = 10
        else:
            # "two thousand million": a scale of a scale
            total = total * value if total and not group else total + (group or 1) * value
            group = 0
    total += group
    return int(total) if total.denominator == 1 else total
