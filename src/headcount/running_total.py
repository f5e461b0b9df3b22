"""The chart of a running total: the band that the claims allow, and every claim on it in its own form."""

import pandas as pd

from headcount.canvas import INK, INNER, LABEL, LEADING, MARGIN, MUTED, SMALL, WIDTH, Scale, wrapped
from headcount.captions import caption
from headcount.figures import Chart, LeftOut, anchor
from headcount.marks import (
    BLUE,
    ORANGE,
    PALE,
    box_key,
    busiest,
    count_rules,
    draw_mark,
    frame,
    gathered,
    key,
    mark_key,
    ordinal,
    rest_text,
    spread,
    those,
    time_axis,
)
from headcount.running_total_words import alternative, conflicts, credit, subtitle, title
from headcount.story import series_of
from headcount.totals import of_whole, series_totals, withdrawn
from headcount.wording import (
    deed_text,
    sentence_case,
    source_line,
    thing_text,
)

COLUMNS = ["mark", "label", "qualifier", "value", "low", "high", "from", "to", "reported_by", "claims"]
FEW = 4  # years, and totals of unknown time, that are drawn
WIDE = 31  # days from which an unknown cut-off is drawn as a span of its own
PLOT = MARGIN + 0.56 * INNER  # where the plot ends and the labels begin, in points
GAP = 10


def running_total(tables, story, series, reading):
    """The Chart of one running total of the story: `series` names the thing counted and the act.

    Totals of one place of several are not drawn. A LeftOut if no claim gives a total of the whole.
    """
    name = next(f"running-total-{name}" for name, one in series_of(story).items() if one == series)
    thing, deed = thing_text(story, series["counted"]), deed_text(series)
    falls, gone = series["action"] in (story.get("falls") or []), withdrawn(tables.claims)
    dated, undated = series_totals(of_whole(tables.claims, story), **series)
    chosen = dated[~dated["claim_id"].isin(gone)]
    if chosen.empty:
        return LeftOut(name, f"No text gives a dated total of {thing} {deed}, so no running total is drawn.")
    band = those(tables.totals, **series, reading=reading)
    marks = [
        {
            **mark,
            "mark": "state" if falls else "span" if _wide(mark) else "claim",
            "from": mark["to_earliest"],
            "to": mark["to_latest"],
        }
        for mark in gathered(chosen[chosen["scope"] == "campaign"], reading)
    ]
    years = [
        {**mark, "mark": "year", "from": mark["from_earliest"], "to": mark["to_latest"]}
        for mark in gathered(chosen[chosen["scope"] == "annual"], reading)
    ]
    others = [{**mark, "mark": "undated", "from": "", "to": ""} for mark in gathered(undated, reading)]
    others += [
        {**mark, "mark": "withdrawn", "from": mark["to_earliest"], "to": mark["to_latest"]}
        for mark in gathered(dated[dated["claim_id"].isin(gone)], reading)
    ]
    floors = list(_floors(band, marks))
    daily = falls or "event" in story
    conflicting = any({*ids} & {*chosen["claim_id"]} for ids in conflicts(tables.verdicts, reading))
    found, named = title(marks or years, floors, tables.verdicts, thing, deed, reading, daily)
    drawn = [*busiest(marks, named), *busiest(years, named, FEW), *busiest(others, named, FEW)]
    rest = rest_text(len(marks) + len(years) + len(others) - len(drawn), "total")
    data = frame([*_band(band, marks), *floors, *drawn], COLUMNS)
    claims = pd.concat([dated, undated])
    told = claims[claims["claim_id"].isin({name for mark in drawn for name in mark["claims"].split()})]
    return Chart(
        name,
        title=sentence_case(found),
        subtitle=subtitle(story, thing, deed, falls, not band.empty, conflicting) + rest,
        caption=caption(told, f"{thing} {deed}") + rest,
        alt=alternative(data, thing, deed),
        source=source_line(tables.sources, claims["source_id"], reading),
        data=data,
        draw=draw,
    )


def _closes(iso):
    """The end of a day, at which a total of that day stands, as a number of days."""
    return ordinal(iso) + 1


def _at(row, end):
    """Where a mark stands in time, as a number of days: a total at the end of its day, the state of a count in its middle."""
    return _closes(row[end]) - (0.5 if row["mark"] == "state" else 0)


def _wide(mark):
    """Whether the day up to which a mark counts is known too roughly to be drawn as a point."""
    return ordinal(mark["to_latest"]) - ordinal(mark["to_earliest"]) > WIDE


def _band(band, marks):
    """The totals as a band up to the last dated claim: between two days the total is at least the earlier day's lowest and at
    most the later one's highest."""
    settled = max((mark["to_earliest"] for mark in marks if not _wide(mark)), default="9999")
    days = band[band["date"] <= settled].to_dict("records")
    for one, other in zip(days, days[1:], strict=False):
        ids = sorted({*one["low_claims"].split(), *other["high_claims"].split()})
        yield {
            "mark": "band",
            "low": one["low"],
            "high": other["high"],
            "from": one["date"],
            "to": other["date"],
            "claims": " ".join(ids),
        }


def _floors(band, marks):
    """The lowest totals at the ends of years, where no claim gives one."""
    given = {mark["to_latest"] for mark in marks}
    for row in band.to_dict("records"):
        inside = row["date"] < max(given, default="") and row["date"] not in given
        if row["date"].endswith("-12-31") and row["low"] and inside:
            yield {
                "mark": "floor",
                "label": f"{row['low']:,} or more",
                "low": row["low"],
                "from": row["date"],
                "to": row["date"],
                "claims": row["low_claims"],
            }


# --- marks --------------------------------------------------------------------------------------------------------------

COLORS = {"span": ORANGE, "year": INK, "undated": MUTED, "withdrawn": MUTED}


def draw(canvas, top, data):
    """Draw the data under a y: the key, the plot with its labels to the right, the years' brackets under it."""
    rows = data.to_dict("records")
    over = [row for row in rows if row["mark"] not in ("band", "year")]
    years = [row for row in rows if row["mark"] == "year"]
    top = _key(canvas, top, rows) + 8
    over.sort(key=lambda row: -_height(row))
    lines = [_label_lines(row) for row in over]
    heights = [_label_height(words) for words in lines]
    bottom = top + max(170, 12 + sum(heights))
    days = [_closes(day) for row in rows for day in (row["from"], row["to"]) if day]
    days += [ordinal(row["from"]) for row in over if row["from"]]
    highest = max(_height(row) for row in [*over, *years])
    x, y = Scale(min(days), max(days), MARGIN, PLOT), Scale(0, 1.07 * highest, bottom, top)
    for row in rows:
        if row["mark"] == "band":
            _draw_band(canvas, row, x, y, top)
    count_rules(canvas, y, MARGIN, PLOT)
    below = time_axis(canvas, x, top, bottom)
    tops = spread([y(_height(row)) - LABEL / 2 - 1 for row in over], heights, top - 4, bottom + 4)
    for row, words, label_top in zip(over, lines, tops, strict=True):
        _draw_leader(canvas, row, x, y, label_top)
        _label(canvas, row, words, label_top)
    for row in sorted(over, key=lambda row: row["qualifier"] == "exact"):
        _draw_claim(canvas, row, x, y)
    for row in years:
        below = _draw_year(canvas, row, x, below + 5)
    return below


def _height(row):
    return float(row["low"] if row["mark"] == "floor" else row["value"])


def _key(canvas, top, rows):
    kinds = {row["mark"] for row in rows}
    entries = [(box_key(canvas, PALE), "allowed by all claims")] if "band" in kinds else []
    if "floor" in kinds:
        entries.append((lambda x, y: canvas.dot(x, y, BLUE, radius=2), "least, worked out"))
    entries += mark_key(canvas, {row["qualifier"] for row in rows if row["mark"] in ("claim", "state")}, BLUE)
    if "span" in kinds:
        entries.append(
            (lambda x, y: canvas.line([(x - 7, y), (x + 7, y)], ORANGE, 2.4), "stops on an unknown day")
        )
    if "undated" in kinds:
        entries.append(
            (lambda x, y: canvas.line([(x - 7, y), (x + 7, y)], MUTED, 1.2, (0, (3, 2))), "time not stated")
        )
    if "withdrawn" in kinds:
        entries.append((lambda x, y: canvas.cross(x, y, MUTED), "withdrawn later"))
    if "year" in kinds:
        entries.append((lambda x, y: _bracket(canvas, x - 7, x + 7, y), "one year’s total"))
    return key(canvas, top, entries)


def _draw_band(canvas, row, x, y, top):
    high = top if pd.isna(row["high"]) else max(top, y(float(row["high"])))
    left, right = x(_closes(row["from"])), x(_closes(row["to"]))
    canvas.box(left, high, right, y(float(row["low"])), PALE)


def _draw_leader(canvas, row, x, y, label_top):
    """A thin line from a mark to its label."""
    start = x(_at(row, "to")) if row["to"] else PLOT
    level, label = y(_height(row)), label_top + LABEL / 2 + 1
    canvas.line([(start, level), (PLOT + 1, level), (PLOT + GAP - 2, label)], MUTED, 0.4)


def _draw_claim(canvas, row, x, y):
    level, link = y(_height(row)), anchor(row["claims"])
    if row["mark"] == "undated":
        canvas.line([(MARGIN, level), (PLOT, level)], MUTED, 1.2, (0, (3, 2)), link)
        return
    early, late = x(_at(row, "from")), x(_at(row, "to"))
    if row["mark"] == "floor":
        canvas.dot(late, level, BLUE, radius=2, link=link)
    elif row["mark"] == "withdrawn":
        canvas.cross(late, level, MUTED, link)
    elif row["mark"] in ("claim", "state"):
        canvas.line([(early, level), (late, level)], BLUE, 1.2, link=link)
        draw_mark(canvas, late, level, row["qualifier"], BLUE, link)
    else:
        canvas.line([(early, level), (late, level)], ORANGE, 2.4, link=link)
        ways = {"more_than": -12, "at_least": -12, "indefinite": -12, "exact": 0, "about": 0}
        rise = ways.get(row["qualifier"], 12)
        for place in (early + 3, (early + late) / 2, late - 3) if rise else ():
            canvas.arrow((place, level), (place, level + rise), ORANGE, link)


def _bracket(canvas, left, right, y, link=""):
    canvas.line([(left, y), (right, y)], INK, 1.2, link=link)
    for end in (left, right):
        canvas.line([(end, y - 3), (end, y + 3)], INK, 1.2, link=link)


def _draw_year(canvas, row, x, top):
    """A year's total: a bracket under the year, its label to the right."""
    lines = _label_lines(row)
    level = top + LABEL / 2 + 1
    left, right = x(ordinal(row["from"])), x(_closes(row["to"]))
    _bracket(canvas, left, right, level, anchor(row["claims"]))
    canvas.line([(right + 3, level), (PLOT + GAP - 2, level)], MUTED, 0.4)
    _label(canvas, row, lines, top)
    return top + _label_height(lines)


def _label_lines(row):
    return [line for part in credit(row) for line in wrapped(part, WIDTH - MARGIN - PLOT - GAP)]


def _label_height(lines):
    return LABEL * LEADING + len(lines) * SMALL * 1.16 + 5


def _label(canvas, row, words, top):
    """A mark's number and who gives it, to the right of the plot."""
    left, color, link = PLOT + GAP, COLORS.get(row["mark"], BLUE), anchor(row["claims"])
    canvas.text(left, top + 0.9 * LABEL, row["label"], LABEL, color, bold=True, link=link)
    for number, line in enumerate(words):
        canvas.text(
            left, top + LABEL * LEADING + (0.85 + 1.16 * number) * SMALL, line, color=MUTED, link=link
        )
