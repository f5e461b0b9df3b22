"""Figures that a text mentions but does not assert as so: denied, superseded, planned, expected or merely possible ones."""

from functools import cache

from headcount import grammar


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


def doubt_of(sentence, start, behind):
    """How a sentence keeps the number at `start`, whose noun ends at `behind`, from being asserted: one of doubts, else ""."""
    for doubt, before, after in _doubts():
        if after.match(sentence, behind) and (
            not before or before.match(sentence, max(0, start - REACH), start)
        ):
            return doubt
    return ""


REACH = 160  # characters before a number in which a word of doubt is looked for
