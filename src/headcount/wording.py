"""Figures, days, windows and relations in words."""

import calendar
from datetime import date

import pandas as pd

WORDS = {
    "same_figure": "The same figure.",
    "rounding": "One is the other, rounded.",
    "later_total": "No conflict: a later total.",
    "part_of": "No conflict: one is part of the other.",
    "sums_to": "They add up.",
    "conflict": "They conflict.",
    "not_comparable": "They cannot be compared.",
}


def between_text(low, high):
    """The bounds of a difference in words, or "" where there are none."""
    if pd.isna(low) and pd.isna(high):
        return ""
    if pd.isna(low):
        return f"They are at most {high:,} apart."
    if pd.isna(high):
        return f"They are at least {low:,} apart."
    if low == high == 0:
        return ""
    return f"They are {low:,} apart." if low == high else f"They are {low:,} to {high:,} apart."


HEDGES = {
    "exact": "{}",
    "more_than": "more than {}",
    "at_least": "at least {}",
    "almost": "almost {}",
    "about": "some {}",
    "at_most": "up to {}",
    "less_than": "fewer than {}",
    "indefinite": "{} or more",
}


def figure_text(claim):
    """The figure of a claim in words: "more than 13,000" in quotation marks, a bare 18,518 as it is."""
    value = f"{claim['value']:,}"
    text = HEDGES[claim["qualifier"]].format(value)
    return text if claim["qualifier"] == "exact" else f"“{text}”"


def day_text(iso):
    """An ISO day as newspapers write it: 6 December 2011."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def month_text(iso):
    """The month of an ISO day: April 2009."""
    return f"{date.fromisoformat(iso):%B %Y}"


def window_phrase(claim):
    """The window of a claim in words."""
    start, start_late, end, end_late = (
        claim[name] for name in ("from_earliest", "from_latest", "to_earliest", "to_latest")
    )
    if start == start_late and end == end_late and start[5:] == "01-01" and end == f"{start[:4]}-12-31":
        return f"the year {start[:4]}"
    if (start, start_late) == (end, end_late):
        return (
            f"{day_text(start)} alone"
            if start == end_late
            else f"a day between {day_text(start)} and {day_text(end_late)}"
        )
    if start == start_late:
        begins = day_text(start)
    else:
        begins = month_text(start) if start[:7] == start_late[:7] else f"an unknown day of {start[:4]}"
    ends = (
        day_text(end)
        if end == end_late
        else f"an unknown day of {end[:4]}"
        if end[:7] != end_late[:7]
        else f"{day_text(end)} or soon after"
    )
    return f"from {begins} to {ends}"


NUMBERS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def number_word(number, thing="", things=""):
    """A count as newspapers write it, in words up to twelve: "one voice", "13 voices"."""
    words = NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"
    return f"{words} {thing if number == 1 else things or thing + 's'}".rstrip() if thing else words


def listed(names):
    """Names as a list in words: "a, b and c"."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def outlets_text(names):
    """Outlets in the room of a label: up to two by name."""
    names = list(dict.fromkeys(names))
    return listed(names) if len(names) < 3 else f"{names[0]} and {number_word(len(names) - 1, 'other')}"


def thing_text(story, counted):
    """The thing counted as a chart calls it: the first of its nouns in story.yml."""
    return story["counted"][counted][0]


def deed_text(action):
    """An action as a chart calls it: "broken up"."""
    return action.replace("_", " ")


def short_day(iso):
    """An ISO day as short as a label needs it: 6 Dec 2011."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%b %Y}"


def days_text(early, late):
    """A day known as an interval, as short as a label needs it: "6–11 Dec 2011", "some day of 2011", "by 28 Sep 2013"."""
    if not early or early == late:
        return short_day(late) if early else f"by {short_day(late)}"
    if (early[5:], late[5:]) == ("01-01", "12-31"):
        span = early[:4] if early[:4] == late[:4] else f"{early[:4]}–{late[:4]}"
        return f"some day of {span}"
    if early[:7] == late[:7]:
        if late == month_end(late) and early.endswith("-01"):
            return f"{date.fromisoformat(late):%b %Y}"
        return f"{date.fromisoformat(early).day}–{short_day(late)}"
    if early[:4] == late[:4]:
        return f"{short_day(early)[:-5]}–{short_day(late)}"
    return f"{short_day(early)}–{short_day(late)}"


def month_end(iso):
    """The last day of the month of an ISO day."""
    year, month = map(int, iso.split("-")[:2])
    return f"{iso[:7]}-{calendar.monthrange(year, month)[1]}"


def source_line(sources, source_ids, reading):
    """The source line of a figure: the publishers of the texts it stands on, and how hedges were read."""
    names = sources.set_index("source_id")["publisher"]
    outlets = sorted({names[source] for source in source_ids}, key=str.lower)
    how = "literally" if reading == "literal" else "as newsrooms round"
    return f"Source: texts by {listed(outlets)}; hedges read {how}. Chart: Headcount."
