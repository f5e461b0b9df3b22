"""From when to when a count covers: the window of a count in its sentence, and the scope that follows from it."""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from headcount import grammar
from headcount.dates import back, resolve
from headcount.mentions import value_of
from headcount.readings import Reading
from headcount.roles import REACH, role_of

DAY = timedelta(days=1)
LONGEST_OPERATION = 31  # days that a police operation can have lasted
COMMA = 20  # characters that a comma, or a joining word like "and", between a date and a number counts for


class Window(NamedTuple):
    """From when to when a count covers; each end an interval of days, or None where it is open."""

    start: tuple
    end: tuple
    basis: str
    running: bool = False  # whether it is told from a beginning on: "since …", "between … and …"


def window_of(sentence, number, dates, published):
    """The Window of the count at `number` (start, end) in a sentence with calendar expressions `dates` (start, end).

    `published` is the interval of days on which the text can have appeared, or None. The nearest expression that speaks of the
    count decides; expressions that date the saying bound the window's end. What cannot be resolved stays open.
    """
    if not dates:
        return _undated(sentence, number, published)
    roles = [(role_of(sentence, expression, number), expression) for expression in dates]
    said = [expression for role, expression in roles if role == "said"]
    reading = Reading(sentence, dates, published, _told(sentence, said, published))
    covering = [
        (role, expression)
        for role, expression in roles
        if role not in ("said", "elsewhere") and not _of_later_part(sentence, expression, number)
    ]
    present = _present(sentence, number)
    if present:
        covering = [
            (role, expression)
            for role, expression in covering
            if role == "since" and not _between(sentence, expression, number, "next_clause")
        ]
    if covering and _names_time_before(sentence, number):
        return _open(reading.told)
    covering.sort(key=lambda item: _farness(sentence, item[1], number))
    window = _dated(reading, covering) if covering else None
    if window and covering[0][0] in ("since", "until"):
        window = _from_to(reading, covering, number, window)
    if not window and (covering or present):
        return _open(reading.told)
    return window or _undated(sentence, number, reading.told)


def _from_to(reading, covering, number, window):
    """The window of a count that is told from one expression on and up to another: "since April 2009, … by the end of 2010". An
    expression behind the next number is that one's: "since April 100 were freed, and by June 40 were tried"."""
    ends, following = {}, grammar.compiled(r"@number\b")
    for role, expression in covering:
        own = not following.search(reading.sentence, number[1], max(number[1], expression[0]))
        if role in ("since", "until") and own:
            ends.setdefault(role, _dated(reading, [(role, expression)]))
    since, until = ends.get("since"), ends.get("until")
    if not (since and until and since.start and until.end) or since.start[0] > until.end[1]:
        return window
    return Window(since.start, until.end, until.basis, running=True)


def _undated(sentence, number, told):
    """The Window of a count of which no calendar expression speaks: up to the day it was told, if from an undated beginning on."""
    if told and _told_since(sentence, number) and not _present(sentence, number):
        return Window(None, told, "text_date", running=True)
    return _open(told)


def since_the_campaign(window, sentence, campaign_start):
    """`window`, from the beginning of the campaign if it is told from there on without a day: another text, or story.yml, gives that."""
    if not (window.running and campaign_start and window.start is None and window.end):
        return window
    if not grammar.compiled(grammar.load()["since_the_campaign"]).search(sentence):
        return window
    return window._replace(start=campaign_start, basis="other_text")


def _open(told):
    """The Window of a count of which nothing is known but when it was told."""
    return Window(None, (None, told[1]) if told else None, "open")


def _present(sentence, number):
    """Whether the words behind a count tell a state of the day on which it was said."""
    return grammar.compiled(grammar.load()["present"]).match(sentence, number[1])


def _told(sentence, said, published):
    """The interval of days on which it was told: the last of the expressions that date the saying, else the publication."""
    told = published
    for expression in said:
        resolved = resolve(sentence[slice(*expression)], published)
        if resolved and (told is None or resolved[1][1] <= told[1]):
            told = resolved[0][0], resolved[1][1]
    return told


def _told_since(sentence, number):
    """Whether a count is told from an undated beginning on: "since the campaign began"."""
    since = _since_in(sentence)
    return since and not _between(sentence, since, number, "next_part")


@lru_cache(64)  # the counts of a sentence ask for the same
def _since_in(sentence):
    """(start, end) of the word "since" in a sentence, unless it compares; else None."""
    since = grammar.compiled(r"[Ss](?<=\b.)(?i:ince)~(?!(?:been|become|[a-z]+ed|@irregular)\b)").search(
        sentence
    )
    compares = since and grammar.backwards("@comparison~").match(sentence, 0, since.end())
    return since.span() if since and not compares else None


def _names_time_before(sentence, number):
    """Whether words for the time of an earlier count stand behind this one, before the next: "and 24 were brought back that year"."""
    words = _time_before_in(sentence)
    if not words or words.start() < number[1]:
        return False
    return not grammar.compiled(r"@number\b|[;,]").search(sentence, number[1], words.start())


@lru_cache(64)  # the counts of a sentence ask for the same
def _time_before_in(sentence):
    """The last words of a sentence for the time of an earlier count, as a match, or None."""
    patterns = "|".join(rule["pattern"] for rule in grammar.load()["time_before"])
    return max(grammar.compiled(patterns).finditer(sentence), key=lambda words: words.start(), default=None)


def _of_later_part(sentence, expression, number):
    """Whether an expression stands in a part of the sentence behind that of the number, and so dates that alone."""
    return expression[0] > number[1] and _between(sentence, expression, number, "later_part")


def _between(sentence, span, other, name):
    """Whether what grammar.yml calls `name` stands between two spans of a sentence."""
    return grammar.compiled(grammar.load()[name]).search(
        sentence, min(span[1], other[1]), max(span[0], other[0])
    )


def _farness(sentence, expression, number):
    """How far an expression stands from a number: parts of the sentence first, then clauses, then characters, a comma or a joining word
    for COMMA of them."""
    between = sentence[min(expression[1], number[1]) : max(expression[0], number[0])]
    joints = grammar.compiled(r",(?!\d)|\b(?:and|but|while|with)\b").findall(between)
    clauses = grammar.compiled(r",~(?:but|while)\b").findall(between)
    return between.count(";"), len(clauses), len(between) + COMMA * len(joints)


def _dated(reading, covering):
    """The Window that the nearest of the (role, expression)s sets; None if it names no period."""
    (role, expression), *others = covering
    if role == "again":
        return _again(reading, expression, [item for item in others if item[0] != "again"])
    resolved = reading.resolve(expression)
    if resolved is None:
        return None
    return _span(reading, expression) or WINDOWS.get(role, _during)(reading, expression, *resolved)


def _again(reading, expression, others):
    """The window of the sentence's other expression, in the year that this one names, or so much earlier: "the same period of 2012",
    "a day earlier". Where there is no other, a day, week or month before it was told; "a year earlier" is then open."""
    window = _dated(reading, others) if others else None
    named = grammar.compiled("(?i:previous)~[a-z]+").fullmatch(reading.text(expression))
    own = reading.resolve(expression)
    unit = "year" if own and not named else grammar.compiled("@moment").search(reading.text(expression))[0]
    if not (window and window.end):
        if own or unit == "year" or not reading.told:
            return Window(*own) if own else None
        window = Window(None, reading.told, "text_date")
    number = window.end[1].year - own[1][1].year if own and not named else 1
    start, end = (ends and tuple(back(day, number, unit) for day in ends) for ends in window[:2])
    return Window(start, end, window.basis)


def _span(reading, expression):
    """The window of a span of two expressions of which `expression` is one: "from [January] to [March]"; None if there is none."""
    joint = grammar.compiled(
        r"(?:~(?:to|until|till|through|(?P<and>and))~|~?[-–]~?)(?:the~|on~)?(?:(?:end|close)~of~(?:the~)?)?"
    )
    opening = grammar.backwards(
        r"\b(?i:from|between|in|during|on|over)~(?:the~)?(?:(?:start|beginning)~of~(?:the~)?)?"
    )
    for one, other in zip(reading.dates, reading.dates[1:], strict=False):
        joined = expression in (one, other) and joint.fullmatch(reading.sentence, one[1], other[0])
        if joined and (not joined["and"] or opening.match(reading.sentence, 0, one[0])):
            end = resolve(reading.text(other), reading.published)
            start = end and resolve(reading.text(one), end[1])
            if start and start[0][0] > end[1][1]:
                return _open(reading.told)  # ends before it begins: misprinted
            if start:
                return Window(start[0], end[1], "stated" if end[2] else "text_date", running=True)
    return None


def _since(reading, expression, first, last, basis):
    """From some day of the period on, from its first where the words say so, to the day it was told."""
    starts = grammar.backwards(r"\b(?:start|beginning)~of~(?:the~)?").match(
        reading.sentence, 0, expression[0]
    )
    return Window(
        first if starts else (first[0], last[1]),
        reading.told,
        "text_date" if reading.told else "open",
        running=True,
    )


def _until(reading, expression, first, last, basis):
    """Up to some day of the period, or to its end where the words say so; a month to come if its clause speaks of the future."""
    if basis != "stated" and grammar.compiled(grammar.load()["future"]).search(reading.clause(expression)):
        first, last = reading.next(expression, first, last)
    end = last if spoken_of_end(reading.sentence[: expression[0]]) else (first[0], last[1])
    return Window(None, end, basis)


def _level(reading, expression, first, last, basis):
    """A total that stands at so many on a day counts up to that day; one of a longer period counts that period."""
    one_day = last[1] - first[0] <= DAY
    return (_until if one_day else _during)(reading, expression, first, last, basis)


def _event(reading, expression, first, last, basis):
    """On one day, unknown which, of the period."""
    if last[1] - first[0] <= 2 * DAY:
        return Window(first, last, basis)
    return Window((first[0], last[1]), (first[0], last[1]), basis)


def _during(reading, expression, first, last, basis):
    """The whole period; of one that only names the end of so many hours, days or months, these."""
    up_to = grammar.backwards("@length_to").match(
        reading.sentence, max(0, expression[0] - REACH), expression[0]
    )
    if up_to:
        number = value_of(up_to["number"]) if up_to["number"] else 1
        hours = up_to["unit"].startswith("hour")
        start = tuple(back(day if hours else day + DAY, number, up_to["unit"]) for day in last)
        return Window(start, last, basis)
    return Window(first, last, basis)


WINDOWS = {"since": _since, "until": _until, "level": _level, "event": _event}


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
    known = window.start and window.end
    brief = known and (
        window.start == window.end or (window.end[1] - window.start[0]).days <= LONGEST_OPERATION
    )
    return "other" if deed == "operation" and (known or window.running) and not brief else deed


@lru_cache(1024)  # a text has few windows
def window_columns(window):
    """The columns of claims.csv that tell the window of a claim."""
    start, end = window.start or (None, None), window.end or (None, None)
    days = dict(
        zip(("from_earliest", "from_latest", "to_earliest", "to_latest"), (*start, *end), strict=True)
    )
    return {
        **{name: day.isoformat() if day else "" for name, day in days.items()},
        "window_basis": window.basis,
    }


def spoken_of_end(before):
    """Whether the words before a date speak of the end of its period ("by the end of 2010")."""
    return bool(grammar.backwards(r"\bend~of~(?:the~)?").match(before))
