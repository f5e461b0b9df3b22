"""Calendar expressions of news English as periods of days: "last year", "Nov 30", "the past two years"."""

import calendar
import re
from datetime import date, timedelta
from functools import lru_cache

from headcount.mentions import value_of

MONTHS = {name[:3].lower(): number for number, name in enumerate(calendar.month_name) if name}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}


@lru_cache(1024)  # a text names few days, and every count of a sentence asks for the same
def resolve(expression, said):
    """The period an expression names: ((first, first), (last, last), stated), its first and last day each as an interval.

    `said` is the interval of days (earliest, latest) on which it was written, or None; `stated` tells whether the expression is
    complete without it. None if it names no period, or if it needs `said` and there is none.
    """
    stated = bool(STATED.search(expression))
    if said is None and not stated:
        return None
    first, last = said or (date.max, date.max)
    early = period(expression, first)
    late = early if first == last else period(expression, last)
    if not early or not late:
        return None
    return (early[0], late[0]), (early[1], late[1]), stated


def period(expression, day):
    """(first, last) day of the period that `expression` names when written on `day`, or None if it names none."""
    text = CLOCK.sub("", " ".join(expression.lower().split()))
    for pattern, reader in READERS:
        match = pattern.fullmatch(text)
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
    """The day `number` units (hour, day, week, month, quarter, year …) before `day`; None for an unknown unit."""
    unit = unit.rstrip("s")
    days = {"day": 1, "night": 1, "week": 7, "weekend": 7, "fortnight": 14}
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "centurie": 1200, "century": 1200}
    if unit in days:
        return day - timedelta(days=days[unit] * number)
    if unit in months:
        return add_months(day, -months[unit] * number)
    if unit == "hour":
        return day - timedelta(days=-(-number // 24))
    return day if unit in ("minute", "second") else None


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


def _year(named, day):
    """The year that "2009", "this year", "last year" or "next year" names."""
    return int(named) if named.isdigit() else day.year + {"last": -1, "this": 0, "next": 1}[named[:4]]


def _month_day(match, day):
    month, number = MONTHS[match["month"][:3]], int(match["day"])
    if match["year"]:
        one = date(_year(match["year"], day), month, number)
    else:
        one = date(day.year, month, number)
        if one > day:
            one = date(day.year - 1, month, number)
    return one, one


def _days(match, day):
    first, _ = _month_day(match, day)
    last = first.replace(day=int(match["until"]))
    return (first, last) if first <= last else None


def _month(match, day):
    number, named = MONTHS[match["month"][:3]], match["year"]
    year = _year(named, day) if named else _year_of(number, match["which"], day)
    first, last = month_period(year, number)
    return {"early": (first, first.replace(day=10)), "mid": (first.replace(day=11), first.replace(day=20)),
            "late": (first.replace(day=21), last), None: (first, last)}[match["part"]]  # fmt: skip


def _year_of(month, which, day):
    """The year of a month named without one: of the last that has begun, behind "last" of one before this, behind "next" of one to come."""
    if which in ("next", "coming"):
        return day.year + (month <= day.month)
    if which in ("this", "current"):
        return day.year
    begun = month < day.month or (month == day.month and which is None)
    return day.year - (not begun)


def _part_of_month(match, day):
    number, unit = MONTHS[match["month"][:3]], match["unit"]
    year = int(match["year"]) if match["year"] else _year_of(number, None, day)
    first, last = month_period(year, number)
    if unit == "half":
        return (first, first.replace(day=15)) if match["order"] == "first" else (first.replace(day=16), last)
    size = int(value_of(match["number"] or "one")) * {"d": 1, "w": 7, "f": 14}[unit[0]]
    if match["order"] in ("last", "final"):
        return max(first, last - timedelta(days=size - 1)), last
    start = first + timedelta(days=size * ("first", "second", "third", "fourth").index(match["order"]))
    return start, min(last, start + timedelta(days=size - 1))


def _ago(match, day):
    unit, count = match["unit"].rstrip("s"), int(value_of(match["number"] or "one"))
    then = back(day, count, unit)
    if unit == "month":
        return month_period(then.year, then.month)
    monday = then - timedelta(days=then.weekday())
    return (monday, monday + timedelta(days=6)) if unit in ("week", "weekend", "fortnight") else (then, then)


def _weekday(match, day):
    one = day - timedelta(days=(day.weekday() - WEEKDAYS[match["weekday"]]) % 7)
    if match["which"] == "last" and one == day:
        one -= timedelta(days=7)
    if match["which"] == "next":
        one += timedelta(days=7)
    return one, one


def _weekend(match, day):
    saturday = day - timedelta(days=(day.weekday() - 5) % 7)
    return saturday, saturday + timedelta(days=1)


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
    if (which, unit, number) == ("previous", "day", None):
        return None  # the day before another one
    if which == "past" or number:
        if number is None and unit.endswith("s"):
            return None
        count = value_of(number) if number else 1
        if which in ("next", "coming"):
            return day, back(day, -count, unit)
        return back(day, count, unit), day
    if unit in ("morning", "afternoon", "evening", "night", "day"):
        return None if which in ("next", "coming") else (day, day)  # the next day is that after another one
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


def _quarter(match, day):
    """The last such quarter that has begun."""
    month = 3 * ("first", "second", "third", "fourth").index(match["order"]) + 1
    start = date(day.year - (month > day.month), month, 1)
    return start, add_months(start, 3) - timedelta(days=1)


def _first_months(match, day):
    """So many months from January on, the last that have ended."""
    months = int(value_of(match["number"]))
    if not 1 <= months <= 12:
        return None
    start, end = date(day.year, 1, 1), add_months(date(day.year, 1, 1), months) - timedelta(days=1)
    return (start, end) if end <= day else (back(start, 1, "year"), back(end, 1, "year"))


def _years(match, day):
    first, last = int(match[1]), int(match[2])
    return date(first, 1, 1), date(last if last > 100 else first // 100 * 100 + last, 12, 31)


# A year in the expression makes it complete without the day on which it was written.
STATED = re.compile(r"\b(?:1[5-9]|20)\d\d(?!\d)|\d[/-]\d+[/-]\d")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_YEAR = r"(?P<year>\d{4}|(?:this|last|next) year)"
_DAYS = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:, \d{1,2})*(?: ?[-–] ?|,? (?:to|through|until|till|and|or) (?:the )?)(?P<until>\d{1,2})(?:st|nd|rd|th)?"
_TAIL = r"(?:,? \d{1,2}[:.]?\d{0,2}.*)?"
_WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
# A time of day before the day it belongs to: "9:28 p.m. on Monday".
CLOCK = re.compile(r"^\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\b\.?(?: \w+ time)?,? (?:on )?(?=\w)")
READERS = [(re.compile(pattern), reader) for pattern, reader in [
    (r"(\d{4})-(\d\d)-(\d\d)(?:[t ].*)?", _ymd),
    (r"(\d{1,2})[/-](\d{1,2})[/-](\d{2,4})", _numeric),
    (rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? {_YEAR})?{_TAIL}", _month_day),
    (rf"(?:(?:early|late|mid) (?:morning|afternoon|evening|night) o[fn] )?{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? {_YEAR})?{_TAIL}", _month_day),
    (rf"{_MONTH} {_DAYS}(?:,? (?P<year>\d{{4}}))?", _days),
    (rf"{_DAYS}(?: of)? {_MONTH}(?:,? (?P<year>\d{{4}}))?", _days),
    (rf"(?:(?P<part>early|mid|late)[ -](?:in )?|(?P<which>last|past|this|next|previous|coming|current) )?{_MONTH}(?:,? {_YEAR})?", _month),
    (rf"{_WEEKDAY},? {_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>\d{{4}}))?", _month_day),
    (rf"{_WEEKDAY},? (?P<day>\d{{1,2}}) {_MONTH}(?:,? (?P<year>\d{{4}}))?", _month_day),
    (r"(?:long |holiday )?weekend", _weekend),
    (rf"(?:(?:late|early|mid)(?: (?:morning|afternoon|evening|night) of)?(?: on)? )?(?:(?P<which>last|this|next|past|previous|coming) )?{_WEEKDAY}(?: (?:morning|afternoon|evening|night))?", _weekday),
    (r"(?P<word>yesterday|today|tonight|tomorrow|overnight|last night|year[ -]to[ -]date)(?: \w+)?", _day),
    (r"(?P<order>first|second|third|fourth|final) (?:(?P<number>[\w-]+) )?(?P<unit>half|quarter|months|weeks|days|quarters) (?:of|in) (?:the )?(?P<year>\d{4}|(?:last |this |previous )?year)", _part_of_year),
    (r"(?P<order>first|second|third|fourth) quarter", _quarter),
    (r"first (?P<number>[\w-]+) months", _first_months),
    (rf"(?P<order>first|second|third|fourth|final|last) (?:(?P<number>[\w-]+) )?(?P<unit>half|weeks?|fortnight|days) (?:of|in) {_MONTH}(?:,? (?P<year>\d{{4}}))?", _part_of_month),
    (r"(?:an?|(?P<number>[\w.,-]+)) (?P<unit>days?|nights?|weekends?|weeks?|fortnights?|months?) ago", _ago),
    (r"(?P<which>last|past|this|next|previous|coming|current) (?:(?P<number>[\w.,-]+(?: and a half)?) (?:or (?:so|more) )?)?(?P<unit>seconds?|minutes?|hours?|days?|nights?|weekends?|weeks?|fortnights?|months?|quarters?|years?|decades?|century|centuries|morning|afternoon|evening)", _relative),
    (r"(?:late|early|mid)[ -](?:in )?(\d{4})()", lambda match, day: (date(int(match[1]), 1, 1), date(int(match[1]), 12, 31))),
    (r"(\d{4})", lambda match, day: (date(int(match[1]), 1, 1), date(int(match[1]), 12, 31))),
    (r"(\d{4}) ?(?:[-–/]|and|to|or) ?(\d{2,4})", _years),
    (r"(\d{3}0)'?s", lambda match, day: (date(int(match[1]), 1, 1), date(int(match[1]) + 9, 12, 31))),
]]  # fmt: skip
