"""The charts that hold totals against each other: their windows, a year within the campaign, sums."""

from datetime import date, timedelta

import pandas as pd

from headcount.canvas import INK, INNER, LABEL, MARGIN, MUTED, Scale, width_of
from headcount.captions import caption, relation, relations
from headcount.figures import Chart, LeftOut, anchor
from headcount.marks import (
    BLUE,
    ORANGE,
    PALE,
    axis_start,
    box_key,
    busiest,
    claim_ids,
    fitting,
    frame,
    gathered,
    key,
    ordinal,
    rest_text,
    spread,
    those,
    time_axis,
)
from headcount.story import series_of
from headcount.totals import ENDS, of_whole, series_totals, withdrawn
from headcount.wording import (
    days_text,
    deed_text,
    joined,
    number_word,
    sentence_case,
    source_line,
    thing_text,
    when_text,
    whole_text,
    window_phrase,
)

RIGHT = MARGIN + INNER
EARLIER = 20  # points left of the axis for what lies before it


# --- what each number covers ----------------------------------------------------------------------------------------------


def windows(tables, story, reading):
    """The Chart of the windows of one series' totals, laid under one another: of the first that cannot fall and has two or more of
    them; a LeftOut if none has."""
    gone, falls = withdrawn(tables.claims), story.get("falls") or []
    drawn = [one for one in series_of(story).values() if one["action"] not in falls]
    for series in drawn:
        claims, _ = series_totals(of_whole(tables.claims, story), **series)
        claims = claims[~claims["claim_id"].isin(gone)]
        marks = gathered(claims, reading)
        if len(marks) > 1:
            break
    else:
        things = [f"{thing_text(story, one['counted'])} {deed_text(one)}" for one in drawn[:1]]
        of_it = f" of {things[0]}" if things else ""
        return LeftOut(
            "windows", f"Fewer than two dated totals{of_it} stand in the texts: no windows to compare."
        )
    thing, deed = thing_text(story, series["counted"]), deed_text(series)
    first = max(marks, key=lambda mark: (mark["qualifier"] == "exact", mark["value"]))
    finding = f"What {number_word(len(marks), 'total')} of {thing} {deed} cover"
    named, related = first["claims"].split(), relations(tables.verdicts, reading)
    for other in reversed(marks):
        if relation(first, other, related) == "later_total":
            finding = f"{first['label']} and {other['label']} {thing} {deed} count different times"
            named += other["claims"].split()
            break
    drawn = busiest(marks, named)
    rest = rest_text(len(marks) - len(drawn), "total")
    marks, data = drawn, frame(drawn, ["label", "value", *ENDS, "reported_by", "claims"])
    claims = claims[claims["claim_id"].isin(claim_ids(data))]
    rows = " ".join(
        sentence_case(f"{mark['label']} ({mark['reported_by']}) counts {window_phrase(mark)}.")
        for mark in marks
    )
    early = " An arrow stands for what lies before the time drawn." if axis_start(marks)[1] else ""
    return Chart(
        "windows",
        title=sentence_case(finding),
        subtitle=f"The time that each total of {thing} {deed} covers. One that stops earlier can be smaller and right.{rest}",
        caption=caption(claims, f"{thing} {deed}") + rest,
        alt=f"Bars along time, one under another.{early} {rows}",
        source=source_line(tables.sources, claims["source_id"], reading),
        data=data,
        draw=_draw_windows,
    )


def _draw_windows(canvas, top, data):
    kinds = [(box_key(canvas, BLUE), "certainly counted"), (box_key(canvas, PALE), "perhaps counted")]
    rows = data.to_dict("records")
    first, clipped = axis_start(rows)
    if clipped:
        kinds.append((lambda x, y: canvas.arrow((x + 6, y), (x - 6, y), BLUE), "before the time drawn"))
    top = key(canvas, top, kinds)
    last = max(ordinal(row["to_latest"]) for row in rows)
    x = Scale(first, last + 1, MARGIN + EARLIER * clipped, RIGHT)
    step = 37
    bottom = top + 6 + step * len(rows)
    below = time_axis(canvas, x, top + 4, bottom)
    for number, row in enumerate(rows):
        y, link = top + 6 + step * number, anchor(row["claims"])
        wide = canvas.text(MARGIN, y + 14, row["label"], LABEL, BLUE, bold=True, clear=True, link=link)
        until = days_text(row["to_earliest"], row["to_latest"])
        since = days_text(row["from_earliest"], row["from_latest"])
        credit = f"{row['reported_by']}, {since} to {until}"
        if row["from_earliest"][:4] + "-12-31" == row["to_earliest"] == row["to_latest"]:
            credit = f"{row['reported_by']}, the year {until[-4:]}"
        fitting(
            canvas,
            MARGIN + wide + 6,
            y + 14,
            [credit, f"{row['reported_by']}, to {until}", row["reported_by"]],
            link,
        )
        if ordinal(row["to_latest"]) < first:
            canvas.arrow((MARGIN + 14, y + 23.5), (MARGIN + 2, y + 23.5), BLUE, link)
            continue
        canvas.box(
            x(ordinal(row["from_earliest"])), y + 19, x(ordinal(row["to_latest"]) + 1), y + 28, PALE, link
        )
        start, end = x(ordinal(row["from_latest"])), x(ordinal(row["to_earliest"]) + 1)
        if start < end:
            canvas.box(start, y + 19, end, y + 28, BLUE, link)
    return below


# --- a year within the campaign -------------------------------------------------------------------------------------------


def year(tables, story, reading):
    """The Chart of the campaign's totals split at the beginning of the last year that has a total of its own; a LeftOut if
    none has."""
    rows = [row for series in story["series"] for row in _split(tables, story, series, reading)]
    if not rows:
        return LeftOut(
            "year", f"No text gives both a total of {whole_text(story)} and one of a year within it."
        )
    data = frame(rows, ["counted", "label", "part", "value", "low", "from", "to", "reported_by", "claims"])
    before, whole = (next(row for row in rows if row["part"] == part) for part in ("before", "campaign"))
    things = list(dict.fromkeys(row["counted"] for row in rows))
    claims = tables.claims[tables.claims["claim_id"].isin(claim_ids(data))]
    parts = {part: group.to_dict("records") for part, group in data.groupby("part")}
    sentences = " ".join(
        f"{total['label']} {total['counted']}: {early['label']} before {split['from'][:4]}, "
        f"{split['label']} in {split['from'][:4]}."
        for total, early, split in zip(parts["campaign"], parts["before"], parts["year"], strict=True)
    )
    return Chart(
        "year",
        title=f"At least {before['low']:,} of {whole['label']} {whole['counted']} by the end of {before['to'][:4]}",
        subtitle=f"{sentence_case(whole_text(story))}’s totals, split where the year begins that also has a total of its own.",
        caption=f"A year’s total may run on after {whole_text(story)}’s; so what was counted before the year is a least. {caption(claims, joined(things))}",
        alt=f"Bars, each a total of the campaign split in two. {sentences}",
        source=source_line(tables.sources, claims["source_id"], reading),
        data=data,
        draw=_draw_year,
    )


def _split(tables, story, series, reading):
    """The rows of one bar: the campaign's total, what was counted before the year at least, the year's total."""
    claims, _ = series_totals(tables.claims, **series)
    name = f"{thing_text(story, series['counted'])} {deed_text(series)}"
    years = gathered(claims[claims["scope"] == "annual"], reading)
    wholes = gathered(claims[(claims["scope"] == "campaign") & (claims["qualifier"] == "exact")], reading)
    related = relations(tables.verdicts, reading)
    for year in sorted(years, key=lambda mark: mark["from_earliest"], reverse=True):
        eve = date.fromisoformat(year["from_earliest"]) - timedelta(days=1)
        before = those(tables.totals, **series, reading=reading, date=eve.isoformat())
        before = [row for row in before.to_dict("records") if row["low"] > 0]
        for whole in wholes:
            if before and relation(whole, year, related) == "part_of":
                least = {
                    "label": f"{before[0]['low']:,} or more",
                    "low": before[0]["low"],
                    "claims": before[0]["low_claims"],
                }
                rows = [
                    {**whole, "part": "campaign", "from": whole["from_earliest"], "to": whole["to_latest"]},
                    {**least, "part": "before", "from": "", "to": before[0]["date"]},
                    {**year, "part": "year", "from": year["from_earliest"], "to": year["to_latest"]},
                ]
                return [{**row, "counted": name} for row in rows]
    return []


def _draw_year(canvas, top, data):
    wholes = data[data["part"] == "campaign"].to_dict("records")
    x = Scale(0, max(row["value"] for row in wholes), MARGIN, RIGHT)
    y = top
    for _, group in data.groupby("counted", sort=False):
        part = {row["part"]: row for row in group.to_dict("records")}
        whole, before, annual = part["campaign"], part["before"], part["year"]
        wide = canvas.text(
            MARGIN,
            y + 12,
            f"{whole['label']} {whole['counted']}",
            LABEL,
            bold=True,
            link=anchor(whole["claims"]),
        )
        credits = [f"{whole['reported_by']}, to {days_text(whole['to'], whole['to'])}", whole["reported_by"]]
        fitting(canvas, MARGIN + wide + 6, y + 12, credits, anchor(whole["claims"]))
        least, all_of_it = x(float(before["low"])), x(float(whole["value"]))
        canvas.box(MARGIN, y + 18, least, y + 31, BLUE, anchor(before["claims"]))
        canvas.box(least, y + 18, all_of_it, y + 31, PALE, anchor(annual["claims"]))
        words = f"{before['label']} by the end of {before['to'][:4]}"
        wide = canvas.text(MARGIN, y + 42, words, color=BLUE, bold=True, link=anchor(before["claims"]))
        left = MARGIN + wide + 12
        words = f"{annual['label']} in all of {annual['from'][:4]}"
        canvas.text(left, y + 42, words, color=MUTED, link=anchor(annual["claims"]))
        y += 58
    return y - 8


# --- sums -----------------------------------------------------------------------------------------------------------------


def sums(tables, story, reading):
    """The Chart of the first sum on which there is a verdict: its parts, and its claimed whole; a LeftOut if there is none."""
    claims, sums = tables.claims.set_index("claim_id", drop=False), story.get("sums") or {}
    several = tables.verdicts["left"].str.contains(" ")
    for verdict in tables.verdicts[several & (tables.verdicts["reading"] == reading)].itertuples():
        parts, whole = (claims.loc[side.split()] for side in (verdict.left, verdict.right))
        same_time = len({tuple(window) for window in pd.concat([parts, whole])[ENDS].to_numpy()}) == 1
        if len(whole) == 1 and same_time and list(parts["counted"]) == sums.get(whole.iloc[0]["counted"]):
            return _sum_chart(tables, story, reading, parts, whole, verdict.relation == "sums_to")
    return LeftOut("sum", "No text gives a sum and all of its parts for the same time.")


def _sum_chart(tables, story, reading, parts, whole, fits):
    """The Chart of parts (claims) laid end to end over their claimed whole, and whether they fit it."""
    rows, claims = [], []
    for part, claim in [*(("part", part) for _, part in parts.iterrows()), ("whole", whole.iloc[0])]:
        same = those(tables.claims, **claim[["fact_id", "value", "qualifier"]])
        claims.append(same)
        rows.append(
            {**gathered(same, reading)[0], "part": part, "counted": thing_text(story, claim["counted"])}
        )
    claims, (*ends, claimed) = pd.concat(claims), rows
    total = sum(row["value"] for row in ends)
    exact = all(row["qualifier"] == "exact" for row in ends)
    label = f"{total:,}" if exact else f"about {total:,}"
    ids = " ".join(row["claims"] for row in ends)
    rows.append({"part": "sum", "label": label, "value": total, "claims": ids})
    made = f"{joined([row['label'] + ' ' + row['counted'] for row in ends])} make {label}"
    deed, time = deed_text(claims.iloc[0]), when_text(claims.iloc[0]).replace("in all of", "in")
    return Chart(
        "sum",
        title=f"{made}: {claimed['label']} {'fits' if fits else 'does not fit'}",
        subtitle=f"{deed.capitalize()} {time}: the parts end to end, over the sum that was reported.",
        caption=caption(claims, f"{claimed['counted']} {deed}"),
        alt=f"Two bars. The upper lays the parts end to end: {made}. The lower is the sum as reported: {claimed['label']}.",
        source=source_line(tables.sources, claims["source_id"], reading),
        data=frame(
            rows, ["part", "counted", "label", "qualifier", "value", "low", "high", "reported_by", "claims"]
        ),
        draw=_draw_sum,
    )


def _draw_sum(canvas, top, data):
    rows = data.to_dict("records")
    parts = [row for row in rows if row["part"] == "part"]
    whole, total = (next(row for row in rows if row["part"] == part) for part in ("whole", "sum"))
    x = Scale(0, 1.08 * max(row["value"] for row in (whole, total)), MARGIN, RIGHT)
    y, left = top, 0
    starts = [x(sum(row["value"] for row in parts[:number])) for number in range(len(parts))]
    wide = [10 + max(width_of(row["label"], LABEL, True), width_of(row["counted"])) for row in parts]
    places = spread(starts, wide, MARGIN, RIGHT + 10)
    for row, place, color in zip(parts, places, [BLUE, ORANGE, MUTED, INK] * len(parts), strict=False):
        link = anchor(row["claims"])
        canvas.box(x(left), y + 30, x(left + row["value"]) - 1, y + 46, color, link)
        canvas.text(place, y + 12, row["label"], LABEL, color, bold=True, link=link)
        canvas.text(place, y + 24, row["counted"], color=MUTED, link=link)
        left += row["value"]
    canvas.line([(x(left), y + 30), (x(left), y + 106)], INK, 0.75, (0, (2, 2)))
    canvas.text(x(left) - 4, y + 58, f"together {total['label']}", LABEL, bold=True, align="right")
    link = anchor(whole["claims"])
    low = float(whole["value"] if pd.isna(whole["low"]) else whole["low"])
    canvas.box(MARGIN, y + 92, x(low), y + 106, PALE, link)
    words = f"{whole['label']} {whole['counted']}"
    canvas.text(MARGIN, y + 76, words, LABEL, BLUE, bold=True, link=link)
    canvas.text(MARGIN, y + 88, f"as reported by {whole['reported_by']}", color=MUTED, link=link)
    if pd.isna(whole["high"]):
        canvas.arrow((x(low), y + 99), (RIGHT, y + 99), BLUE, link)
    else:
        canvas.line([(x(low), y + 99), (x(float(whole["high"])), y + 99)], BLUE, 2.4, link=link)
    return y + 112
