"""From when to when a count covers: calendar expressions as periods of days, and the window of a count in its sentence."""

import calendar
import re
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from headcount import grammar
from headcount.mentions import value_of

MONTHS = {name[:3].lower(): number for number, name in enumerate(calendar.month_name) if name}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}


def resolve(expression, said):
    """The period an expression names: ((first, first), (last, last), stated), its first and last day each as an interval.

    `said` is the interval of days (earliest, latest) on which it was written, or None; `stated` tells whether the expression is
    complete without it. None if it names no period, or if it needs `said` and there is none.
    """
    stated = bool(STATED.search(expression))
    if said is None and not stated:
        return None
    early, late = (period(expression, day) for day in (said or (date.max, date.max)))
    if not early or not late:
        return None
    return (early[0], late[0]), (early[1], late[1]), stated


def period(expression, day):
    """(first, last) day of the period that `expression` names when written on `day`, or None if it names none."""
    text = re.sub(r"\s+", " ", expression.lower())
    for pattern, reader in READERS:
        match = re.fullmatch(pattern, text)
        if match:
            try:
                return reader(match, day)
            except (ValueError, OverflowError):  # no such day: 31 April, the year 0
                return None
    return None


def add_months(day, months):
    """`day` moved by a number of months, clipped to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def back(day, number, unit):
    """The day `number` units (day, week, month, quarter, year, decade …) before `day`; None for an unknown unit."""
    unit = unit.rstrip("s")
    days = {"day": 1, "night": 1, "week": 7, "weekend": 7, "fortnight": 14}
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "centurie": 1200, "century": 1200}
    if unit in days:
        return day - timedelta(days=days[unit] * number)
    if unit in months:
        return add_months(day, -months[unit] * number)
    return day if unit in ("hour", "minute", "second") else None


def month_period(year, month):
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _ymd(match, day):
    one = date(int(match[1]), int(match[2]), int(match[3]))
    return one, one


def _numeric(match, day):
    month, number, year = int(match[1]), int(match[2]), int(match[3])
    if month > 12:
        month, number = number, month
    one = date(year + (2000 if year < 50 else 1900 if year < 100 else 0), month, number)
    return one, one


def _month_day(match, day):
    month, number = MONTHS[match["month"][:3]], int(match["day"])
    if match["year"]:
        one = date(int(match["year"]), month, number)
    else:
        one = date(day.year, month, number)
        if one > day:
            one = date(day.year - 1, month, number)
    return one, one


def _month(match, day):
    month = MONTHS[match["month"][:3]]
    year = match["year"]
    if year and year.isdigit():
        return month_period(int(year), month)
    if year:
        return month_period(day.year + {"last year": -1, "this year": 0, "next year": 1}[year], month)
    first, last = month_period(day.year, month)
    first, last = (first, last) if first <= day else month_period(day.year - 1, month)
    part = match["part"]
    return {"early": (first, first.replace(day=10)), "mid": (first.replace(day=11), first.replace(day=20)),
            "late": (first.replace(day=21), last), None: (first, last)}[part]  # fmt: skip


def _weekday(match, day):
    one = day - timedelta(days=(day.weekday() - WEEKDAYS[match["weekday"]]) % 7)
    if match["which"] == "last" and one == day:
        one -= timedelta(days=7)
    if match["which"] == "next":
        one += timedelta(days=7)
    return one, one


def _day(match, day):
    word = match["word"]
    if word.startswith("year"):
        return date(day.year, 1, 1), day
    if word in ("overnight", "last night"):
        return day - timedelta(days=1), day
    one = day + timedelta(days={"yesterday": -1, "tomorrow": 1}.get(word, 0))
    return one, one


def _relative(match, day):
    which, number, unit = match["which"], match["number"], match["unit"]
    if which == "past" or number:
        if number is None and unit.endswith("s"):
            return None
        count = value_of(number) if number else 1
        if which in ("next", "coming"):
            return day, back(day, -count, unit)
        return back(day, count, unit), day
    if unit in ("morning", "afternoon", "evening", "night", "day"):
        return day, day
    step = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}[which]
    if unit in ("week", "weekend"):
        monday = day - timedelta(days=day.weekday() - 7 * step)
        first, last = (monday if unit == "week" else monday + timedelta(days=5)), monday + timedelta(days=6)
    elif unit == "month":
        first, last = month_period(*divmod_month(day, step))
    elif unit == "quarter":
        start = add_months(date(day.year, 3 * ((day.month - 1) // 3) + 1, 1), 3 * step)
        first, last = start, add_months(start, 3) - timedelta(days=1)
    elif unit in ("year", "decade"):
        size = 1 if unit == "year" else 10
        start = day.year // size * size + step * size
        first, last = date(start, 1, 1), date(start + size - 1, 12, 31)
    else:
        return None
    return (first, min(last, day)) if step == 0 else (first, last)


def divmod_month(day, step):
    """(year, month) of the month `step` months from that of `day`."""
    moved = add_months(day.replace(day=1), step)
    return moved.year, moved.month


def _part_of_year(match, day):
    whole = match["year"]
    year = int(whole) if whole.isdigit() else day.year + (-1 if whole.startswith(("last", "previous")) else 0)
    order = {"first": 0, "second": 1, "third": 2, "fourth": 3, "final": -1}[match["order"]]
    size = {"half": 6, "quarter": 3}.get(match["unit"])
    if size is None:
        size = int(value_of(match["number"])) if match["number"] else 1
        if not match["unit"].startswith("month"):
            return None
    start = add_months(date(year, 1, 1), size * order if order >= 0 else 12 - size)
    return start, add_months(start, size) - timedelta(days=1)


def _years(match, day):
    first, last = int(match[1]), int(match[2])
    return date(first, 1, 1), date(last if last > 100 else first // 100 * 100 + last, 12, 31)


# A year in the expression makes it complete without the day on which it was written.
STATED = re.compile(r"\b(?:1[5-9]|20)\d\d(?!\d)|\d[/-]\d+[/-]\d")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TAIL = r"(?:,? \d{1,2}[:.]?\d{0,2}.*)?"
_WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
READERS = [
    (r"(\d{4})-(\d\d)-(\d\d)(?:[t ].*)?", _ymd),
    (r"(\d{1,2})[/-](\d{1,2})[/-](\d{2,4})", _numeric),
    (rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (?P<year>\d{{4}}))?{_TAIL}", _month_day),
    (rf"(?:(?:early|late|mid) (?:morning|afternoon|evening|night) o[fn] )?{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>\d{{4}}))?{_TAIL}", _month_day),
    (rf"(?:(?P<part>early|mid|late) (?:in )?)?{_MONTH}(?:,? (?P<year>\d{{4}}|(?:this|last|next) year))?", _month),
    (rf"{_WEEKDAY},? {_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>\d{{4}}))?", _month_day),
    (rf"{_WEEKDAY},? (?P<day>\d{{1,2}}) {_MONTH}(?:,? (?P<year>\d{{4}}))?", _month_day),
    (rf"(?:(?:late|early|mid)(?: (?:morning|afternoon|evening|night) of)?(?: on)? )?(?:(?P<which>last|this|next|past|previous|coming) )?{_WEEKDAY}(?: (?:morning|afternoon|evening|night))?", _weekday),
    (r"(?P<word>yesterday|today|tonight|tomorrow|overnight|last night|year[ -]to[ -]date)(?: \w+)?", _day),
    (r"(?P<order>first|second|third|fourth|final) (?:(?P<number>[\w-]+) )?(?P<unit>half|quarter|months|weeks|days|quarters) (?:of|in) (?:the )?(?P<year>\d{4}|(?:last |this |previous )?year)", _part_of_year),
    (r"(?P<which>last|past|this|next|previous|coming|current) (?:(?P<number>[\w.,-]+(?: and a half)?) (?:or (?:so|more) )?)?(?P<unit>seconds?|minutes?|hours?|days?|nights?|weekends?|weeks?|fortnights?|months?|quarters?|years?|decades?|century|centuries|morning|afternoon|evening)", _relative),
    (r"(?:late|early|mid) (?:in )?(\d{4})()", lambda match, day: (date(int(match[1]), 1, 1), date(int(match[1]), 12, 31))),
    (r"(\d{4})", lambda match, day: (date(int(match[1]), 1, 1), date(int(match[1]), 12, 31))),
    (r"(\d{4}) ?(?:[-–/]|and|to|or) ?(\d{2,4})", _years),
    (r"(\d{3}0)'?s", lambda match, day: (date(int(match[1]), 1, 1), date(int(match[1]) + 9, 12, 31))),
]  # fmt: skip


def spoken_of_end(before):
    """Whether the words before a date speak of the end of its period ("by the end of 2010")."""
    return bool(grammar.compiled(r"\bend~of~(?:the~)?$").search(before))


# --- the window of a count ----------------------------------------------------------------------------------------------


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
                place: grammar.compiled(rule[place] if place != "before" else f"(?:{rule[place]})$")
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
            find = pattern.match if place == "after" else pattern.search
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
    if months := grammar.compiled(words["months_to"] + "$").search(sentence, 0, expression[0]):
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
