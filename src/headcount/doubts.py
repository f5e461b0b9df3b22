"""Figures that a text mentions but does not assert as so: denied, superseded, planned, expected or merely possible ones."""

from functools import cache

from headcount import grammar
from headcount.sieve import Sieve

REACH = 160  # characters before a number in which a word of doubt is looked for
GLANCE = 48  # characters behind those counted by which it is told which doubts could fit


@cache
def _doubts():
    """The doubts of grammar.yml, compiled: (doubt, expression before the number or None, expression behind those counted)."""
    return [
        (
            rule["doubt"],
            grammar.backwards(rule["before"]) if "before" in rule else None,
            grammar.compiled(rule.get("after", "")),
        )
        for rule in grammar.load()["doubts"]
    ]


@cache
def _sieves():
    """The Sieves of what stands before the number and behind those counted, by doubt."""
    heads, tails = (
        [grammar.expand(rule.get(place, "")) for rule in grammar.load()["doubts"]]
        for place in ("before", "after")
    )
    return Sieve(heads, backwards=True), Sieve(tails)


def doubt_of(sentence, start, behind):
    """How a sentence keeps the number at `start`, whose noun ends at `behind`, from being asserted: one of doubts, else ""."""
    heads, tails = _sieves()
    first = max(0, start - REACH)
    could = heads.fits(sentence[first:start][::-1]) & tails.could(sentence[behind : behind + GLANCE])
    for doubt, before, after in grammar.chosen(could, _doubts):
        if after.match(sentence, behind) and (not before or before.match(sentence, first, start)):
            return doubt
    return ""
