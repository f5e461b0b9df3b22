"""Where a count counts: the place that its sentence names for it."""

from functools import lru_cache

from headcount import grammar
from headcount.mentions import BEFORE

AHEAD = 120  # characters before a number in which the place of those who do it is looked for


def place_of(sentence, start, behind):
    """Where: the place right before the number at `start` ("and in Bruck 12 died"), else the one named behind its noun, which ends at
    `behind`, in its clause, past what is said of those counted in passing, else the one of its clause in "where", else the whole country
    if so said, else the one of those who did it ("police in Bruck freed 12"), else the one that the sentence opens with, else ""."""
    words = grammar.load()
    first = max(0, start - BEFORE)
    near = grammar.compiled("[IiAaNn](?:n|t|ear)~").search(sentence, first, start) and grammar.backwards(
        words["place_before"]
    ).match(sentence, first, start)
    if near:
        return near["named"]
    aside = sentence.startswith(",", behind) and grammar.compiled("@apposition").match(sentence, behind)
    behind = aside.end() if aside else behind
    clause = grammar.compiled(words["place_end"]).search(sentence, behind)
    named = grammar.compiled(words["place"]).search(
        sentence, behind, clause.start() if clause else len(sentence)
    )
    if named:  # with the commas of a list
        return (grammar.compiled(words["place"]).match(sentence, named.start()) or named)["named"]
    first = max(0, start - AHEAD)
    where = ", where" in sentence[first:start] and grammar.compiled(words["place_where"]).search(
        sentence, first, start
    )
    if where:
        return where["named"]
    ahead = grammar.compiled(words["place_ahead"]).search(sentence, first, start)
    opening, until = _opening_place(sentence)
    return _countrywide(sentence) or (ahead["named"] if ahead else opening if start < until else "")


@lru_cache(64)  # the counts of a sentence ask for the same
def _opening_place(sentence):
    """The place with which a sentence opens, "" if none, and the offset up to which it holds."""
    words = grammar.load()
    opening = grammar.compiled(words["place_opening"]).match(sentence)
    if not opening:
        return "", 0
    end = grammar.compiled(words["place_opening_end"]).search(sentence, opening.end())
    return opening["named"], end.start() if end else len(sentence)


@lru_cache(64)  # the counts of a sentence ask for the same
def _countrywide(sentence):
    """The words by which a sentence speaks of the whole country, else ""."""
    whole = grammar.compiled(grammar.load()["countrywide"]).search(sentence)
    return whole[0] if whole else ""
