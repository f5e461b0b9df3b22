"""The rule table `grammar.yml`, compiled: where a mention can start, and which shape or rule claims it."""

import re
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import regex

from headcount.documents import load_yaml
from headcount.sieve import Footing, Sieve

NUMBERS = {"figure": ("figure", "number"), "spelled": ("word", "number"), "vague": ("vague",)}
PLAIN = r"[^()\\]|\\."
GROUP = rf"\((?:{PLAIN}|\((?:{PLAIN}|\((?:{PLAIN})*\))*\))*\)"
ITEM = (
    rf"[a-z](?![?*+{{])(?:[^()|\[\]\\]|\\[a-z]|\[[^]]*\]|{GROUP})*"  # one of a list, beginning with a letter
)
LIST = re.compile(rf"\((?P<flag>\?i?:)(?P<items>{ITEM}(?:\|{ITEM}){{7,}})(?=[|)])")
# A token of a pattern: an escape, a class, a bracket or bar, or what is between.
TOKEN = re.compile(r"\\.|\[\^?\]?[^]]*\]|[(|)]|[^\\\[(|)]+")
NAME = re.compile(r"@([a-z]+(?:_[a-z]+)*)")
SPACE = r"(?:[^\S\n]{1,3})"
FEW = 1  # shapes and rules that are tried sooner than their sieve looks further
WORD = r"(?:(?<![\w’'])(?=\S)|(?=[,;$£€¥]))"  # where a word begins, or a comma or currency sign stands


@cache
def load():
    """The grammar as it stands in grammar.yml."""
    return load_yaml(Path(__file__).with_name("grammar.yml"))


def expand(pattern):
    """`pattern` as a plain regular expression: @name and ~ replaced, as the head of grammar.yml explains."""
    while NAME.search(pattern):
        pattern = NAME.sub(lambda match: load()["words"][match[1]], pattern)
    pattern = LIST.sub(lambda match: f"({match['flag']}{by_initial(match['items'])}", pattern)
    return pattern.replace("~", SPACE)


def sieve(patterns, backwards=False, few=0):
    """The Sieve of some patterns as they stand in grammar.yml."""
    return Sieve([outline(pattern) for pattern in patterns], named(), backwards, few)


def outline(pattern):
    """`pattern` with one character for each @name: short enough to be read in no time, which the whole is not."""
    return NAME.sub(lambda match: marks()[match[1]], pattern).replace("~", SPACE)


@cache
def marks():
    """The character, of those for private use, that stands for each entry of `words`."""
    return {name: chr(0xE000 + number) for number, name in enumerate(load()["words"])}


@cache
def named():
    """The outline of each entry of `words`, by its character."""
    return {marks()[name]: outline(pattern) for name, pattern in load()["words"].items()}


def by_initial(pattern):
    """An alternation, its items that begin with letters grouped by initial: a(?:nd|t)|b(?:y) for and|by|at. The same items fit, but
    `re` is quicker to see that none does."""
    initials, others = {}, []
    for item in alternatives(pattern):
        if re.match("[a-z](?![?*+{])", item):
            initials.setdefault(item[0], []).append(item[1:])
        else:
            others.append(item)
    return "|".join([f"{initial}(?:{'|'.join(rest)})" for initial, rest in initials.items()] + others)


def alternatives(pattern):
    """What the bars outside brackets separate in a pattern, in order."""
    items, depth = [""], 0
    for token in TOKEN.findall(pattern):
        depth += (token == "(") - (token == ")")
        if token == "|" and not depth:
            items.append("")
        else:
            items[-1] += token
    return items


@cache
def compiled(pattern):
    """`pattern`, expanded and compiled."""
    return re.compile(expand(pattern))


@cache
def backwards(pattern):
    """`pattern`, expanded and compiled to be read from right to left: `match(text, start, end)` finds what ends right at `end`
    and begins at `start` or later."""
    return regex.compile(f"(?r){expand(pattern)}")


@cache
def before(pattern):
    """The same for the longest fit that begins where a word begins."""
    return backwards(f"(?p){WORD}(?:{pattern})")


@cache
def starts():
    """One expression that finds where a mention can start; the name of its matching group is the class of start."""
    return re.compile(
        "|".join(f"(?P<{name}>{expand(pattern)})" for name, pattern in load()["starts"].items())
    )


@cache
def trigger():
    """A quick expression that finds, in lower-case text, every digit and every character behind which a mention may start."""
    return compiled(rf"[^a-z_](?:(?<=\d)|(?={by_initial('|'.join(load()['trigger']))}))")


class Shape(NamedTuple):
    """One alternative of a shape, as it stands in grammar.yml; `at` are the classes of start at which it is tried."""

    id: str
    kind: str
    at: list
    pattern: str


@cache
def shapes():
    """All Shapes, in order; a shape has as many as its pattern has alternatives, so that each is sieved by itself."""
    return [
        Shape(shape["id"], shape["kind"], listed(shape["at"]), alternative)
        for shape in load()["shapes"]
        for alternative in alternatives(shape["pattern"])
    ]


@cache
def shapes_at(start):
    """The Shapes tried at a class of start, as a bit mask over all."""
    return bits(start in shape.at for shape in shapes())


@cache
def outlines():
    """The Sieve of the shapes."""
    return sieve([shape.pattern for shape in shapes()], few=FEW)


@cache
def footings():
    """The Footing of the shapes: what must stand before them."""
    return Footing([outline(shape.pattern) for shape in shapes()], named())


def bits(truths):
    """A bit mask of a list of truths, the first the lowest bit."""
    return sum(truth << number for number, truth in enumerate(truths))


@cache
def numbers():
    """One expression for a number; the name of its matching group is its form."""
    return re.compile("|".join(f"(?P<{form}>{expand('@' + form)})" for form in NUMBERS))


class Rule:
    """One rule, compiled when it is first tried."""

    def __init__(self, rule):
        self.rule, self.id, self.kind, self.take = rule, rule["id"], rule["kind"], rule.get("take")

    @cached_property
    def number(self):
        """The expression for the number itself, or None."""
        return compiled(self.rule["number"]) if "number" in self.rule else None

    @cached_property
    def before(self):
        """The expression for what ends right before the number, read from right to left, or None."""
        return backwards(f"{WORD}(?:{self.rule['before']})") if "before" in self.rule else None

    @cached_property
    def near(self):
        """The expression for what stands somewhere around the number, or None."""
        return compiled(self.rule["near"]) if "near" in self.rule else None

    @cached_property
    def after(self):
        """The expression for what begins right behind the number."""
        return compiled(self.rule["after"])


@cache
def rules():
    """All Rules, in order."""
    return [Rule(rule) for rule in load()["rules"]]


@cache
def rules_for(form):
    """The Rules for one form of number (figure, spelled, vague), as a bit mask over all."""
    return bits(bool(set(listed(rule["at"])) & set(NUMBERS[form])) for rule in load()["rules"])


@lru_cache(16_384)
def chosen(mask, items):
    """Those of the list that `items()` returns whose bits a mask has, in order."""
    listed, found = items(), []
    mask &= (1 << len(listed)) - 1
    while mask:
        found.append(listed[(mask & -mask).bit_length() - 1])
        mask &= mask - 1
    return found


@cache
def heads():
    """The Sieve of what stands before a number, by rule."""
    return sieve([rule.rule.get("before", "") for rule in rules()], backwards=True, few=FEW)


@cache
def figures():
    """The Sieve of the number itself, by rule."""
    return sieve(
        [f"(?:{rule.rule['number']})$" if "number" in rule.rule else "" for rule in rules()], few=FEW
    )


@cache
def tails():
    """The Sieve of what stands behind a number, by rule."""
    return sieve([rule.rule["after"] for rule in rules()], few=FEW)


@cache
def claimed():
    """The ids of the shapes and rules whose mentions become claims: those of counts, and those marked `claimed`."""
    return {
        rule["id"]
        for rule in load()["shapes"] + load()["rules"]
        if rule["kind"] == "count" or rule.get("claimed")
    }


def listed(value):
    """`value` as a list."""
    return value if isinstance(value, list) else [value]
