"""The window of a count that names its time by an earlier one: "over the same period", "since then", "that year"."""

from datetime import date, timedelta
from functools import cache, lru_cache

from headcount import grammar
from headcount.antecedents import ENDS
from headcount.windows import Window, scope_of, window_columns

FAR = 600  # characters by which the count that names the time is at most ahead


@cache
def _times_before():
    """(how, expression) of the time_before of grammar.yml, compiled."""
    return [(rule["as"], grammar.compiled(rule["pattern"])) for rule in grammar.load()["time_before"]]


def dated_back(claims, campaign_start):
    """The claims of one text, in order (dicts, changed in place): one that names no time but that of an earlier one takes it from the
    last dated claim before it. `campaign_start` is as in scope_of."""
    dated = None
    for claim in claims:
        how = dated and not claim["from_earliest"] and not _day_given(claim) and time_named(claim["sentence"])
        if how and claim["start"] - dated["start"] <= FAR:
            days = _window(how, *_ends(dated), _ends(claim)[1])
            if days:
                window = Window(*days, "date_in_text", running=days[0] != days[1])
                _give(claim, window, campaign_start)
        if claim["from_earliest"] or _day_given(claim):
            dated = claim
    return claims


def _day_given(claim):
    """Whether a claim has a day up to which it counts, other than that of its telling."""
    return (
        claim["window_basis"] in ("stated", "text_date", "date_in_text")
        and claim["to_latest"] < claim["told"]
    )


@lru_cache(64)  # the counts of a sentence ask for the same
def time_named(sentence):
    """How a sentence names the time of an earlier count, as grammar.yml calls it; "" if it does not."""
    return next((how for how, expression in _times_before() if expression.search(sentence)), "")


def _ends(claim):
    """(start, end) of a claim's window, each a pair of days, or None where it is open."""
    days = [date.fromisoformat(claim[end]) if claim[end] else None for end in ENDS]
    return tuple(pair if any(pair) else None for pair in ((days[0], days[1]), (days[2], days[3])))


def _window(how, start, end, told):
    """The (start, end) that words for the time from `start` to `end` name, told on the day `told`; None if that is not known."""
    if not end:
        return None
    last = end[1]
    if how == "by":
        return None, (end[0] or last, last)
    if not start:
        return None
    if how == "same":
        return start, end
    if how == "since":
        now = told[1] if told else None
        return (start[0], start[1] if now and last >= now else last), (now, now) if now else None
    if how == "year":
        return (date(start[0].year, 1, 1),) * 2, (date(start[0].year, 12, 31),) * 2
    one_day = start == end and start[0] == start[1] < date.max
    if how == "day":
        return (start, end) if one_day else None
    return ((start[0] + timedelta(days=1),) * 2,) * 2 if one_day else None


def _give(claim, window, campaign_start):
    """Let a claim count over a window."""
    claim.update(window_columns(window))
    if window.start and claim["scope"] in ("other", "operation"):
        claim["scope"] = scope_of(window, claim["action"], claim["noun"], campaign_start)
