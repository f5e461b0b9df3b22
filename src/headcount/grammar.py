"""The rule table `grammar.yml`, compiled: where a mention can start, and which shape or rule claims it."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from headcount.story import load_yaml

NUMBERS = {"figure": ("figure", "number"), "spelled": ("word", "number"), "vague": ("vague",)}


@cache
def load():
    """The grammar as it stands in grammar.yml."""
    return load_yaml(Path(__file__).with_name("grammar.yml"))


def expand(pattern):
    """`pattern` as a plain regular expression: @name and ~ replaced, as the head of grammar.yml explains."""
    while re.search(r"@[a-z]", pattern):
        pattern = re.sub(r"@([a-z]+(?:_[a-z]+)*)", lambda match: load()["words"][match[1]], pattern)
    return pattern.replace("~", r"(?:[^\S\n]{1,3})")


@cache
def compiled(pattern):
    """`pattern`, expanded and compiled."""
    return re.compile(expand(pattern))


@cache
def starts():
    """One expression that finds where a mention can start; the name of its matching group is the class of start."""
    return re.compile(
        "|".join(f"(?P<{name}>{expand(pattern)})" for name, pattern in load()["starts"].items())
    )


@cache
def trigger():
    """A quick expression that finds, in lower-case text, every place where a mention may start: words grouped by first letter."""
    letters = {}
    for word in load()["trigger"]:
        letters.setdefault(word[0], []).append(word[1:])
    words = "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in sorted(letters.items()))
    return compiled(rf"\d|(?<![a-z0-9_])(?=[{''.join(sorted(letters))}])(?:{words})")


@cache
def shapes(start):
    """One alternation of the shapes tried at this class of start, in order; the matching group names the shape."""
    chosen = [shape for shape in load()["shapes"] if start in listed(shape["at"])]
    return re.compile("|".join(f"(?P<{shape['id']}>{expand(shape['pattern'])})" for shape in chosen))


class Rule(NamedTuple):
    """One rule, compiled: expressions for the number, the words before it, around it and behind it; only `after` is never None.

    `eager` marks a rule whose `after` fits anywhere, so that its `before` is all that decides.
    """

    id: str
    kind: str
    take: bool
    number: re.Pattern
    before: re.Pattern
    near: re.Pattern
    after: re.Pattern
    eager: bool


@cache
def rules(form):
    """The Rules for one form of number (figure, spelled, vague), in order."""
    result = []
    for rule in load()["rules"]:
        if set(listed(rule["at"])) & set(NUMBERS[form]):
            parts = {
                name: compiled(rule[name]) if name in rule else None
                for name in ("number", "before", "near", "after")
            }
            eager = rule["after"] == "" and "before" in rule
            result.append(Rule(rule["id"], rule["kind"], rule.get("take", False), **parts, eager=eager))
    return result


@cache
def eager_heads():
    """One expression for the words before a number by which any eager rule could claim it."""
    heads = [rule["before"] for rule in load()["rules"] if rule["after"] == "" and "before" in rule]
    return compiled("|".join(f"(?:{head})" for head in heads))


@cache
def kinds():
    """The kind of mention each shape and rule stands for, by id."""
    return {rule["id"]: rule["kind"] for rule in load()["shapes"] + load()["rules"]}


@cache
def claimed():
    """The ids of the rules whose mentions become claims: those of counts, and those marked `claimed`."""
    return {rule["id"] for rule in load()["rules"] if rule["kind"] == "count" or rule.get("claimed")}


def listed(value):
    """`value` as a list."""
    return value if isinstance(value, list) else [value]
