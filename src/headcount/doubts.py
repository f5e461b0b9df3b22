"""Figures that a text mentions but does not assert as so: denied, superseded, planned, expected or merely possible ones, and
differences from others."""

from functools import cache

from headcount import grammar

REACH = 160  # characters before a number in which a word of doubt is looked for
GLANCE = 48  # characters behind those counted by which it is told which doubts could fit


def _doubts():
    return grammar.load()["doubts"]


@cache
def _sieves():
    """The Sieves of what stands before the number and behind those counted, by doubt."""
    heads, tails = ([rule.get(place, "") for rule in _doubts()] for place in ("before", "after"))
    return grammar.sieve(heads, backwards=True), grammar.sieve(tails)


def doubt_of(sentence, start, behind):
    """How a sentence keeps the number at `start`, whose noun ends at `behind`, from being asserted: one of doubts, else ""."""
    heads, tails = _sieves()
    first = max(0, start - REACH)
    could = heads.fits(sentence[first:start][::-1]) & tails.could(sentence[behind : behind + GLANCE])
    for rule in grammar.chosen(could, _doubts):
        after, before = rule.get("after"), rule.get("before")
        if (not after or grammar.compiled(after).match(sentence, behind)) and (
            not before or grammar.backwards(before).match(sentence, first, start)
        ):
            return rule["doubt"]
    return ""
