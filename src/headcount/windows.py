"""From when to when a count covers: the window of a count in its sentence, and the scope that follows from it."""

from datetime import date
from functools import cache
from typing import NamedTuple

from headcount import grammar
from headcount.dates import add_months, resolve
from headcount.mentions import value_of


class Window(NamedTuple):
    """From when to when a count covers; each end an interval of days, or None where it is open."""

    start: tuple
    end: tuple
    basis: str
    running: bool = False  # whether it is told from a beginning on: "since …", "between … and …"


@cache
def _roles():
    """The window_roles of grammar.yml, compiled: (role, conditions by place)."""
    return [
        (
            rule["role"],
            {
                place: (grammar.backwards if place == "before" else grammar.compiled)(rule[place])
                for place in PLACES
                if place in rule
            },
        )
        for rule in grammar.load()["window_roles"]
    ]


PLACES = ("before", "after", "between", "ahead", "near")


def role_of(sentence, expression, number):
    """What a calendar expression says of the window of a number (both (start, end)): one of window_roles, else during."""
    start, end = expression
    where = {
        "before": (0, start),
        "after": (end, len(sentence)),
        "between": (min(number[1], end), max(number[0], start)),
        "ahead": (0, number[0]),
        "near": (0, len(sentence)),
    }
    for role, conditions in _roles():
        for place, pattern in conditions.items():
            find = pattern.match if place in ("before", "after") else pattern.search
            if not find(sentence, *where[place]):
                break
        else:
            return role
    return "during"


def window_of(sentence, number, dates, published):
    """The Window of the count at `number` (start, end) in a sentence with calendar expressions `dates` (start, end).

    `published` is the interval of days on which the text can have appeared, or None. The nearest expression that speaks of the
    count decides; expressions that date the saying bound the window's end. What cannot be resolved stays open.
    """
    words = grammar.load()
    told, covering = published, []
    for expression in dates:
        role = role_of(sentence, expression, number)
        resolved = resolve(sentence[slice(*expression)], published)
        if role == "said" and resolved and (told is None or resolved[1][1] <= told[1]):
            told = resolved[0][0], resolved[1][1]
        elif role not in ("said", "elsewhere"):
            covering.append((role, expression))
    unresolved = Window(None, (None, told[1]) if told else None, "open")
    present = grammar.compiled(words["present"]).match(sentence, number[1])
    if not covering:
        since = grammar.compiled(r"\b(?i:since)~").search(sentence)
        apart = since and ";" in sentence[min(since.end(), number[1]) : max(since.start(), number[0])]
        compared = since and grammar.compiled(words["comparison"]).search(sentence[: since.start()])
        if since and told and not (apart or compared or present):
            return Window(None, told, "text_date")
        return unresolved
    if present and not any(role == "since" for role, _ in covering):
        return unresolved
    role, expression = min(covering, key=lambda item: _distance(item[1], number))
    text = sentence[slice(*expression)]
    relative = bool(grammar.compiled(r"(?:past|last|previous)~@number~.*").fullmatch(text))
    resolved = resolve(text, told if relative else published)
    if resolved is None:
        return unresolved
    first, last, stated = resolved
    basis = "stated" if stated else "date_in_text" if relative and told is not published else "text_date"
    if pair := _pair(sentence, expression, dates):
        end = resolve(sentence[slice(*pair[1])], published)
        start = end and resolve(sentence[slice(*pair[0])], (end[1][0], end[1][1]))
        if start:
            return Window(start[0], end[1], "stated" if end[2] else "text_date", running=True)
    if role == "since":
        return Window((first[0], last[1]), told, "text_date" if told else "open", running=True)
    if role == "until":
        if (
            published
            and last[1] < published[0]
            and not stated
            and grammar.compiled(words["future"]).search(sentence)
        ):
            first, last = (tuple(add_months(day, 12) for day in ends) for ends in (first, last))
        end = last if spoken_of_end(sentence[: expression[0]]) else (first[0], last[1])
        return Window(None, end, basis)
    if months := grammar.backwards(words["months_to"]).match(sentence, 0, expression[0]):
        start = tuple(add_months(day.replace(day=1), 1 - int(value_of(months["number"]))) for day in last)
        return Window(start, last, basis)
    if role == "event" and (last[1] - first[0]).days > 2:
        return Window((first[0], last[1]), (first[0], last[1]), basis)
    return Window(first, last, basis)


def _pair(sentence, expression, dates):
    """The two calendar expressions of a span of which `expression` is one: "from [January] to [March]"; None if there is none."""
    joint = grammar.compiled("~(?:to|until|till|through|and)~(?:the~)?")
    opening = grammar.compiled(r"\b(?i:from|between)~(?:the~)?$")
    for one, other in zip(dates, dates[1:], strict=False):
        if (
            expression in (one, other)
            and joint.fullmatch(sentence, one[1], other[0])
            and opening.search(sentence[: one[0]])
        ):
            return one, other
    return None


def _distance(span, other):
    return max(span[0] - other[1], other[0] - span[1])


def scope_of(window, action, noun, campaign_start):
    """The scope of a claim from its window, action and noun: campaign, annual, operation, group or other.

    `campaign_start` is the (earliest, latest) day on which the campaign can have begun, or None. A window told from then on counts
    the campaign; one that merely lies in its first month ("on 17 May") does not.
    """
    deed = grammar.load()["actions"].get(action, {}).get("of", "other")
    if window.start and window.end and deed != "group":
        first, last = window.start[0], window.end[1]
        starts_it = campaign_start and campaign_start[0] <= first and window.start[1] <= campaign_start[1]
        if (window.running and starts_it) or (last - first).days > 550:
            return "campaign"
        if window.start[0] == window.start[1] and (first, last) == (
            date(first.year, 1, 1),
            date(first.year, 12, 31),
        ):
            return "annual"
    if not action and grammar.compiled(grammar.load()["operations"]).fullmatch(noun):
        return "operation"
    return deed


def spoken_of_end(before):
    """Whether the words before a date speak of the end of its period ("by the end of 2010")."""
    return bool(grammar.compiled(r"\bend~of~(?:the~)?$").search(before))
