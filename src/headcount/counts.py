"""How many a count tells of: its value, its hedge, and the bounds that follow from them."""

from functools import cache, lru_cache

from headcount import grammar
from headcount.deeds import deeds_in
from headcount.mentions import REMEMBERED, fits_before, value_of

GLANCE = 24  # characters by which it is told whether a hedge could fit before a number


def lower_end(number):
    """The lower number of a range, "seven" of "seven or eight"; any other number as it is."""
    lower, upper = _ends(number)
    return lower if upper else number


def _ends(number):
    """(lower, upper) number of a range; upper is "" for any other number."""
    lower = grammar.numbers().match(number)
    if not lower or lower.end() == len(number):
        return number, ""
    upper = grammar.compiled(grammar.load()["range"]).match(number, lower.end())
    return lower[0], upper["upper"] if upper else ""


@lru_cache(REMEMBERED)
def values_of(number):
    """(value, value_high) of a number in a text: (7, 8) for "seven or eight", (18518, None) for "18,518"; integers."""
    lower, upper = _ends(number)
    if not upper:
        return round(value_of(number)), None
    low, high = value_of(lower), value_of(upper)
    scale = grammar.compiled(r".*?(?P<scale>@scale)").match(upper)
    if scale and low < min(1000, value_of(scale["scale"])):
        low *= value_of(scale["scale"])
    return round(low), round(high)


def shares(between, value, qualifier):
    """Whether a hedge before an earlier number covers this one: they are items of one list, and no precise figure contradicts it."""
    rough = qualifier in ("at_least", "at_most") or value % 10 == 0
    return (
        rough
        and bool(grammar.compiled(grammar.load()["list_gap"]).fullmatch(between))
        and not deeds_in(between)
    )


@cache
def _hedges():
    load = grammar.load()
    before = "|".join(f"(?P<{hedge['qualifier']}>{hedge['before']})" for hedge in load["hedges"])
    after = "|".join(
        f"(?P<{hedge['qualifier']}>{hedge['after']})" for hedge in load["hedges"] if hedge["after"]
    )
    head = rf"(?i:{before}){load['hedge_gap']}"
    return grammar.sieve([head], backwards=True), grammar.before(head), grammar.compiled(rf"~?(?:{after})")


def hedge_of(text, start, end):
    """The qualifier of the number at `start` to `end`, from the words right before and behind it."""
    sieve, head, tail = _hedges()
    hedged = sieve.could(text[max(0, start - GLANCE) : start][::-1])
    match = (hedged and fits_before(head, text, start)) or tail.match(text, end)
    if match:
        return match.lastgroup
    return "indefinite" if grammar.compiled("@vague").fullmatch(text, start, end) else "exact"


@lru_cache(REMEMBERED)
def bounds(value, high, qualifier):
    """((low, high) literal, (low, high) as newsrooms round) of a hedged number; None where the words set no bound.

    Literally "more than 13,000" is 13,001 or more. In the newsroom it is rounded down to its last stated place: 13,001 to 13,999;
    "some 35,000" is 34,500 to 35,499; a bare round number (two significant digits at most, 100 or more) may itself be rounded.
    """
    high = high or value
    place = 10 ** (len(str(value)) - len(str(value).rstrip("0"))) if value else 1
    rounded, below = place > 1, max(0, value - 1)
    if qualifier == "more_than":
        return (value + 1, None), (value + 1, value + place - 1 if rounded else None)
    if qualifier == "at_least":
        return (value, None), (value, None)
    if qualifier == "almost":
        return (None, below), (value - place + 1 if rounded else None, below)
    if qualifier == "less_than":
        return (None, below), (None, below)
    if qualifier == "at_most":
        return (None, high), (None, high)
    if qualifier == "about":
        return (None, None), (value - place // 2, high + (place + 1) // 2 - 1) if rounded else (None, None)
    if qualifier == "indefinite":
        return (2 * value, None), (2 * value, None)
    if place >= 10 and value >= 100 and len(str(value).rstrip("0")) <= 2 and high == value:
        return (value, value), (value - place // 2, value + (place + 1) // 2 - 1)
    return (value, high), (value, high)
