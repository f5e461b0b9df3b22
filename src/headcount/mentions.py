"""Stage 2a, mentions: every number and calendar expression of a text, with its exact span and kind."""

import re
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from headcount import grammar

LINE = 100  # a longer line is no page furniture
UNSURE = ("count", "name", "unclassified")
BEFORE = 60  # characters, and words, that a rule's `before` can look back over
WORDS_BEFORE = 8
AROUND = 400  # characters on each side in which a rule's `near` is looked for
WORD_START = re.compile(r"(?<![\w’'])\S|[,;$£€¥]")


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
    for candidate in grammar.trigger().finditer(lower(text)):
        start = candidate.start()
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


def words_before(text, end):
    """Where the words right before `end` begin, the farthest first."""
    return [match.start() for match in WORD_START.finditer(text, max(0, end - BEFORE), end)][-WORDS_BEFORE:]


def fits_before(expression, text, starts, end):
    """A match of `expression` that ends right at `end` and begins at one of `starts`, or None."""
    for start in starts:
        match = expression.fullmatch(text, start, end)
        if match:
            return match
    return None


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
    ends = [number.end()]
    upper = form != "vague" and grammar.compiled(grammar.load()["range"]).match(text, number.end())
    heads = words_before(text, start)
    if upper and value_of(upper["upper"]) > value_of(number[0]) and _spans(upper, text, heads, start):
        ends.insert(0, upper.end())
    eager = bool(fits_before(grammar.eager_heads(), text, heads, start))
    for end in ends:
        for rule in grammar.rules(form):
            if rule.eager and not eager:
                continue
            match = rule.after.match(text, end)
            if (
                match
                and (not rule.number or rule.number.fullmatch(text, start, end))
                and (not rule.before or fits_before(rule.before, text, heads, start))
                and (not rule.near or rule.near.search(text, max(0, start - AROUND), end + AROUND))
            ):
                return Mention(start, match.end() if rule.take else end, rule.kind, rule.id, end)
    return Mention(start, ends[-1], "unclassified", "", ends[-1])


def _spans(upper, text, heads, start):
    """Whether two numbers from `start` on are a range: "12 and 14" only behind "between", "60 to 90" not behind "rose from"."""
    if upper["and"]:
        return fits_before(grammar.compiled("@spanning"), text, heads, start)
    return not fits_before(grammar.compiled("@changed"), text, heads, start)


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
    plain = re.sub(r"(?<=\d)[, \u00a0\u2009\u202f](?=\d{3})", "", number)
    if plain.isdecimal():
        return int(plain)
    total, group = Fraction(0), Fraction(0)
    tokens = re.findall(r"\d[\d,]*(?:\.\d+)?|\d/\d+|[½¼¾]|[a-z]+", plain.lower())
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
