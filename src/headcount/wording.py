"""Figures, days, windows and relations in words."""

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
