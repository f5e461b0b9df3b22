"""What charts share: claims gathered into marks, the forms of the marks and their key, time axes, labels kept apart."""

import calendar
from datetime import date, timedelta

import pandas as pd

from headcount.canvas import INK, INNER, MARGIN, MUTED, RULE, width_of
from headcount.totals import EDGES, ENDS
from headcount.wording import figure_text, outlets_text

BLUE, PALE, ORANGE = "#083f73", "#cfe0ee", "#b05404"  # apart in grey and to eyes without one kind of cone
FORMS = {  # how a hedged number is drawn, and what the key says of it
    "exact": ("exact", "exact"),
    "more_than": ("above", "“more than”"),
    "at_least": ("above", "“at least”"),
    "indefinite": ("above", "“or more”"),
    "almost": ("below", "“almost”"),
    "less_than": ("below", "“fewer than”"),
    "at_most": ("below", "“up to”"),
    "about": ("near", "“some”"),
}


def gathered(claims, reading):
    """Marks of claims, largest first: those of one figure with one hedge and window are one mark, with all their outlets."""
    keys, groups = ["counted", "action", "value", "qualifier", *ENDS], {}
    for claim in claims.to_dict("records"):
        groups.setdefault(tuple(claim[key] for key in keys), []).append(claim)
    low, high = EDGES[reading]
    rows = [
        {
            "label": figure_text(first),
            "value": int(first["value"]),
            "qualifier": first["qualifier"],
            "low": first[low],
            "high": first[high],
            **{end: first[end] for end in ENDS},
            "reported_by": outlets_text([claim["reported_by"] for claim in group]),
            "claims": " ".join(claim["claim_id"] for claim in group),
        }
        for group in groups.values()
        for first in group[:1]
    ]
    return sorted(rows, key=lambda row: (-row["value"], row["to_latest"], row["claims"]))


DRAWN = 12  # marks of one chart's main kind: more of them could not be read


def busiest(marks, first=(), most=DRAWN):
    """Up to `most` of the marks (dicts), in their order: those that stand on a claim of `first`, then those with the most reports."""
    first = set(first)

    def rank(number):
        ids = marks[number]["claims"].split()
        return not first & set(ids), -len(ids), number

    return [marks[number] for number in sorted(sorted(range(len(marks)), key=rank)[:most])]


def rest_text(rest, thing):
    """A sentence on what a chart does not draw, with a space before it; "" if it draws everything."""
    return f" {rest:,} more {thing}{'' if rest == 1 else 's'} of fewer reports are not drawn." if rest else ""


def those(table, **values):
    """The rows of a table that have some values."""
    return table[(table[list(values)] == pd.Series(values)).all(axis="columns")]


def frame(rows, columns):
    """The plotted data as a table: counts as whole numbers, empty where there are none."""
    table = pd.DataFrame(rows, columns=columns)
    whole = [name for name in ("value", "low", "high") if name in columns]
    return table.astype(dict.fromkeys(whole, "Int64"))


def draw_mark(canvas, x, y, qualifier, color, link=""):
    """A number in the form of its hedge: exact a point; else hollow, with an arrow to where it may lie, or bars around."""
    form, _ = FORMS[qualifier]
    if form == "above":
        canvas.arrow((x, y), (x, y - 12), color, link)
    elif form == "below":
        canvas.arrow((x, y), (x, y + 12), color, link)
    elif form == "near":
        canvas.line([(x, y - 7), (x, y + 7)], color, 1.2, link=link)
        for end in (y - 7, y + 7):
            canvas.line([(x - 2.5, end), (x + 2.5, end)], color, 1.2, link=link)
    canvas.dot(x, y, color, form == "exact", 2.8 if form == "exact" else 3.6, link)


def key(canvas, y, entries):
    """A key that flows in lines: `entries` are (draw, words), and draw(x, y) puts a mark 14 points wide. Returns the y below."""
    x, line = MARGIN, 15
    for draw, words in entries:
        wide = 18 + width_of(words) + 10
        if x > MARGIN and x + wide - 10 > MARGIN + INNER:
            x, y = MARGIN, y + line
        draw(x + 7, y + line / 2)
        canvas.text(x + 18, y + line / 2 + 3, words, color=MUTED)
        x += wide
    return y + line


def mark_key(canvas, qualifiers, color):
    """Key entries for the hedges that occur, in the order of FORMS: one for each form, with all words drawn so."""
    words = {}
    for qualifier, (form, word) in FORMS.items():
        if qualifier in qualifiers:
            words.setdefault(form, []).append((qualifier, word))
    for form, drawn in words.items():
        shift = {"above": 4, "below": -4}.get(form, 0)

        def draw(x, y, qualifier=drawn[0][0], shift=shift):
            draw_mark(canvas, x, y + shift, qualifier, color)

        yield draw, ", ".join(word for _, word in drawn)


def box_key(canvas, color):
    """A key's swatch."""
    return lambda x, y: canvas.box(x - 7, y - 4, x + 7, y + 4, color)


def ordinal(iso):
    """An ISO day as a number of days."""
    return date.fromisoformat(iso).toordinal()


def axis_start(rows):
    """(first day as a number, whether rows lie before it) of a time axis for rows with windows: where a few lie so long before the others
    that these would be squeezed, it begins with the others."""
    spans = sorted((ordinal(row["from_earliest"]), ordinal(row["to_latest"])) for row in rows)
    last, reach, first = max(end for _, end in spans), spans[0][1], spans[0][0]
    for number, (start, end) in enumerate(spans):
        if start - reach > SQUEEZED * (last - start + 1) and 2 * number < len(spans):
            first = start
        reach = max(reach, end)
    return first, first > spans[0][0]


SQUEEZED = 2  # times the length of what follows a time without any span, beyond which that time is not drawn


def time_axis(canvas, scale, top, bottom):
    """A time axis under a plot, in years, months or days as the room allows, with faint rules up to `top`. Returns the y below."""
    first, last = date.fromordinal(int(scale.low)), date.fromordinal(int(scale.high))
    for unit in ("year", "month", "day"):
        periods = list(_periods(first, last, unit))
        if len(periods) > 1:
            break
    room = abs(scale.end - scale.start) / len(periods)
    every = next(step for step in (1, 2, 3, 5, 7, 10, 14, 20, 50, 100, 10**6) if step * room >= 22)
    canvas.line([(scale.start, bottom), (scale.end, bottom)], INK, 0.75)
    for number, (start, end, words) in enumerate(periods):
        left, right = scale(start), scale(min(end, scale.high))
        if start > scale.low and number % every == 0:
            canvas.line([(left, top), (left, bottom)], RULE, 0.5)
            canvas.line([(left, bottom), (left, bottom + 4)], INK, 0.75)
        if number % every == 0 and (every > 1 or right - left >= width_of(words)):
            if every == 1:
                canvas.text((left + right) / 2, bottom + 11, words, color=INK, align="center")
            else:
                canvas.text(left, bottom + 11, words, color=INK)
    return bottom + 14


def _periods(first, last, unit):
    """(start, end, words) of the years, months or days from first to last, as day numbers."""
    day = first
    while day <= last:
        if unit == "year":
            after, words = date(day.year + 1, 1, 1), str(day.year)
        elif unit == "month":
            after = day.replace(day=1) + timedelta(days=calendar.monthrange(day.year, day.month)[1])
            words = f"{day:%b %Y}" if day == first or day.month == 1 else f"{day:%b}"
        else:
            after, words = day + timedelta(days=1), f"{day.day} {day:%b}"
        yield day.toordinal(), after.toordinal(), words
        day = after


def count_rules(canvas, scale, left, right):
    """Faint rules at round counts, each with its number on it."""
    for value in round_counts(scale.high):
        y = scale(value)
        canvas.line([(left, y), (right, y)], RULE, 0.5)
        canvas.text(left + 2, y - 2, f"{value:,}", color=MUTED)


def round_counts(highest, most=4):
    """Up to `most` round numbers that divide the way from nothing to the highest count."""
    power = 10 ** max(0, len(str(int(highest))) - 2)
    step = next(power * step for step in (1, 2, 5, 10, 20, 50, 100) if power * step * most >= highest)
    return range(step, int(highest) + 1, step)


def spread(wanted, heights, top, bottom):
    """Tops of labels of some heights, as near as can be to the wanted ones and in their order, that do not overlap."""
    tops, y = [], top
    for want, height in zip(wanted, heights, strict=True):
        tops.append(max(want, y))
        y = tops[-1] + height
    y = bottom
    for number in reversed(range(len(tops))):
        tops[number] = min(tops[number], y - heights[number])
        y = tops[number]
    return tops


def fitting(canvas, x, y, choices, link=""):
    """The first of some wordings that fits on the sheet from x on; nothing if none does."""
    words = next((words for words in choices if x + width_of(words) <= MARGIN + INNER), "")
    canvas.text(x, y, words, color=MUTED, clear=True, link=link)


def claim_ids(data):
    """The ids of all claims behind plotted data, sorted."""
    return sorted({one for ids in data["claims"] for one in ids.split()})
