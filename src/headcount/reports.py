"""The charts of the reports: which outlets give which figures, on how many voices, and the single operations."""

from collections import Counter

import pandas as pd

from headcount.canvas import (
    INK,
    INNER,
    LABEL,
    LEADING,
    MARGIN,
    MUTED,
    RULE,
    SMALL,
    Scale,
    width_of,
    wrapped,
)
from headcount.figures import Chart, LeftOut, anchor
from headcount.marks import (
    BLUE,
    ORANGE,
    box_key,
    busiest,
    claim_ids,
    fitting,
    frame,
    key,
    ordinal,
    rest_text,
    time_axis,
)
from headcount.operations import common_window, dated
from headcount.totals import ENDS
from headcount.wording import (
    days_text,
    deed_text,
    figure_text,
    joined,
    number_word,
    outlets_text,
    sentence_case,
    source_line,
    thing_text,
)

RIGHT = MARGIN + INNER
OUTLETS = 10  # columns for which there is room


# --- outlets ----------------------------------------------------------------------------------------------------------------


def outlets(tables, story, reading):
    """The Chart of the facts that more than one outlet reports, and how; a LeftOut if there is none."""
    claims = tables.claims.set_index("claim_id")
    told_by = claims.groupby("fact_id")["reported_by"].nunique()
    several = tables.facts[tables.facts["fact_id"].map(told_by) > 1].to_dict("records")
    drawn = busiest(several)
    rows = [row for fact in drawn for row in _reports(fact, claims.loc[fact["claims"].split()], story)]
    rows.sort(key=lambda row: -row["outlets"])
    most = [outlet for outlet, _ in Counter(row["outlet"] for row in rows).most_common(OUTLETS)]
    others = len({row["outlet"] for row in rows}) - len(most)
    rows = [row for row in rows if row["outlet"] in most]
    rest = rest_text(len(several) - len(drawn), "figure")
    rest += (
        f" {number_word(others, 'outlet').capitalize()} with fewer of these figures left out."
        if others
        else ""
    )
    if not rows:
        return LeftOut("outlets", "No figure is reported by more than one outlet.")
    data = pd.DataFrame(rows)
    ids = claims.loc[claim_ids(data)]
    sentences = [_fact_sentence(group) for _, group in data.groupby("fact_id", sort=False)]
    return Chart(
        "outlets",
        title=_outlets_title(data, claims[claims["said_by"] != ""].groupby("fact_id")["said_by"].nunique()),
        subtitle="The figures that more than one outlet reports, how each gives them, and how many independent voices they have."
        + rest,
        caption=" ".join(sentences) + rest,
        alt=f"A table of figures against outlets. {' '.join(sentences)}",
        source=source_line(tables.sources, ids["source_id"], reading),
        data=data,
        draw=_draw_outlets,
    )


def _reports(fact, group, story):
    """A row for each outlet's way to give a fact."""
    exact = group[group["qualifier"] == "exact"]
    lead = (exact if len(exact) else group).iloc[0]
    thing = thing_text(story, fact["counted"]) if fact["counted"] else lead["noun"]
    voices = list(dict.fromkeys(filter(None, group["said_by"])))
    for outlet, own in group.groupby("reported_by", sort=False):
        first = own.iloc[0]
        same = (own["value"] == lead["value"]) & (own["qualifier"] == lead["qualifier"])
        if same.any():
            first = own[same].iloc[0]
        other = "conflict" if fact["agreement"] == "conflict" else "rounded"
        yield {
            "fact_id": fact["fact_id"],
            "figure": figure_text(lead),
            "counted": f"{thing} {deed_text(fact)}".strip(),
            "outlet": outlet,
            "label": figure_text(first),
            "way": "same" if same.any() else other,
            "outlets": group["reported_by"].nunique(),
            "voices": fact["voices"],
            "agreement": fact["agreement"],
            "said_by": joined(voices) if voices else "",
            "claims": " ".join(own.index),
        }


def _outlets_title(data, speakers):
    """On what the outlets are seen to disagree, else by how many voices the figure of most outlets a voice is told; of `speakers` (how
    many by fact) who are named by common nouns alone ("police", "officials") nobody knows whether they are one."""
    conflicts = list(dict.fromkeys(data[data["way"] == "conflict"]["counted"]))
    if conflicts:
        return f"The outlets disagree on {joined(conflicts)}"
    facts = data.drop_duplicates("fact_id").to_dict("records")
    most = max(facts, key=lambda fact: fact["outlets"] / fact["voices"])
    unsure = most["voices"] == 1 < speakers.get(most["fact_id"], 0)
    voices = "no second voice is named" if unsure else f"they are {number_word(most['voices'], 'voice')}"
    outlets = number_word(most["outlets"], "outlet").capitalize()
    return f"{outlets} report {most['figure']} {most['counted']}: {voices}"


def _fact_sentence(group):
    """One fact in words: who gives it how, and who said so."""
    ways = [f"{row['outlet']} {row['label']}" for row in group.to_dict("records")]
    first = group.iloc[0]
    said = f", said by {first['said_by']}" if first["said_by"] else ""
    return (
        f"{sentence_case(first['counted'])}: {joined(ways)} ({number_word(first['voices'], 'voice')}{said})."
    )


def _draw_outlets(canvas, top, data):
    names = list(dict.fromkeys(data["outlet"]))
    entries = [
        (lambda x, y: canvas.dot(x, y, BLUE), "the same figure"),
        (lambda x, y: canvas.dot(x, y, BLUE, filled=False), "hedged or rounded"),
        (lambda x, y: canvas.cross(x, y, ORANGE), "another figure"),
    ]
    ways = ["same", "rounded", "conflict"]
    y = key(canvas, top, [entry for entry, way in zip(entries, ways, strict=True) if way in set(data["way"])])
    first, voices = MARGIN + 106, RIGHT - 12
    step = min(25, (voices - 14 - first) / len(names))
    places = {name: first + step * (number + 0.5) for number, name in enumerate(names)}
    y += 8 + max(width_of(name) for name in [*names, "voices"])
    for name, x in places.items():
        canvas.text(x + 3, y, name, color=INK, turn=90)
    canvas.text(voices + 3, y, "voices", color=INK, bold=True, turn=90)
    y += 5
    for _, group in data.groupby("fact_id", sort=False):
        canvas.line([(MARGIN, y), (RIGHT, y)], RULE, 0.5)
        below = _draw_figure(canvas, y, group.iloc[0], first - MARGIN - 4)
        _draw_ways(canvas, (y + below) / 2, group.to_dict("records"), places)
        voice = f"{group.iloc[0]['voices']}"
        canvas.text(voices, (y + below) / 2 + 3.5, voice, LABEL, bold=True, align="center")
        y = below
    return y


def _draw_figure(canvas, top, row, width):
    """A fact's figure and what it counts, in lines of a width. Returns the y below."""
    canvas.text(MARGIN, top + 13, row["figure"], LABEL, BLUE, bold=True, link=anchor(row["claims"]))
    lines = wrapped(row["counted"], width)
    for number, line in enumerate(lines):
        canvas.text(MARGIN, top + 24 + number * SMALL * 1.16, line, color=MUTED)
    return top + LABEL * LEADING + len(lines) * SMALL * 1.16 + 7


def _draw_ways(canvas, y, reports, places):
    """How each outlet gives one fact: marks in the outlets' columns, joined by a line."""
    across = [places[report["outlet"]] for report in reports]
    canvas.line([(min(across), y), (max(across), y)], RULE, 2)
    for report, x in zip(reports, across, strict=True):
        link = anchor(report["claims"])
        if report["way"] == "conflict":
            canvas.cross(x, y, ORANGE, link)
        else:
            canvas.dot(x, y, BLUE, report["way"] == "same", 3.6, link)


# --- operations -------------------------------------------------------------------------------------------------------------


def operations(tables, story, reading):
    """The Chart of the single operations: what the first series counts in each, what is counted most often with it, and when;
    a LeftOut if nothing is counted with it."""
    series = story["series"][0]
    claims = pd.DataFrame(dated(tables.claims), columns=[*tables.claims.columns, "operation", "dated_by"])
    claims = claims.set_index("claim_id")
    facts = tables.facts[(tables.facts["scope"] == "operation") & (tables.facts["action"] != "")]
    kinds = {kind: group.to_dict("records") for kind, group in facts.groupby(["counted", "action"])}
    ours = [
        fact
        for fact in kinds.pop((series["counted"], series["action"]), [])
        if (claims.loc[fact["claims"].split(), "to_latest"] != "").any()  # else no day can be drawn
    ]
    places = _places(facts, claims)
    pairs = {kind: _pairs(ours, others, places) for kind, others in kinds.items()}
    best = max(kinds, key=lambda kind: (len(pairs[kind]), len(kinds[kind])), default=None)
    if best is None or not pairs[best]:
        thing = f"{thing_text(story, series['counted'])} {deed_text(series)}"
        return LeftOut(
            "operations", f"No text counts {thing} in a single operation together with anything else."
        )
    paired = {one["fact_id"] for one, _ in pairs[best]}
    found = [*pairs[best], *((one,) for one in ours if one["fact_id"] not in paired)]
    told = [{"facts": some, "claims": " ".join(fact["claims"] for fact in some)} for some in found]
    drawn = busiest(told, {name for one, _ in pairs[best] for name in one["claims"].split()})
    rest = rest_text(len(told) - len(drawn), "operation")
    found = sorted((_operation(one["facts"], claims, story) for one in drawn), key=lambda rows: rows[0]["to"])
    rows = [{**row, "operation": number} for number, rows in enumerate(found, 1) for row in rows]
    data = frame(rows, ["operation", "counted", "label", "value", "from", "to", "reported_by", "claims"])
    sentences = " ".join(_operation_sentence(group) for _, group in data.groupby("operation"))
    return Chart(
        "operations",
        title=_operations_title(found, rest),
        subtitle="Single operations, by the day on which they were over at the latest, and when they can have been."
        + rest,
        caption=sentences + rest,
        alt=f"Bars for each operation, and beside them on a line of time the days on which it can have been. {sentences}",
        source=source_line(tables.sources, claims.loc[claim_ids(data)]["source_id"], reading),
        data=data,
        draw=_draw_operations,
    )


def _places(facts, claims):
    """{fact: the operations it tells of, and the texts in which it is the only one of its kind}: facts of different kinds that
    share one of these are of one operation."""
    reports = facts.assign(claim_id=facts["claims"].str.split()).explode("claim_id")
    reports = reports.merge(claims[["source_id", "operation"]], left_on="claim_id", right_index=True)
    reports["alone"] = (
        reports.groupby(["counted", "action", "source_id"])["fact_id"].transform("nunique") == 1
    )
    places = {}
    for row in reports.itertuples():
        places.setdefault(row.fact_id, set()).update([row.operation, *([row.source_id] if row.alone else [])])
    return places


def _pairs(ours, others, places):
    """The pairs of facts that share a place, in order."""
    there = {}
    for number, other in enumerate(others):
        for place in places[other["fact_id"]]:
            there.setdefault(place, set()).add(number)
    return [
        (one, others[number])
        for one in ours
        for number in sorted(set().union(*(there.get(place, ()) for place in places[one["fact_id"]])))
    ]


def _operation(facts, claims, story):
    """A row for each count of an operation, with the days on which it can have been."""
    rows = []
    for fact in facts:
        group = claims.loc[fact["claims"].split()]
        window = common_window(group.to_dict("records")) or dict.fromkeys(ENDS, "")
        rows.append(
            {
                "counted": f"{thing_text(story, fact['counted'])} {deed_text(fact)}",
                "label": figure_text(group.iloc[0]),
                "value": int(group.iloc[0]["value"]),
                "from": window["from_earliest"],
                "to": window["to_latest"],
                "reported_by": outlets_text(group["reported_by"]),
                "claims": " ".join(dict.fromkeys([*group.index, *filter(None, group["dated_by"])])),
            }
        )
    return rows


def _operations_title(found, rest):
    pairs = [rows for rows in found if len(rows) == 2]
    for more, fewer in () if rest else ((0, 1), (1, 0)):
        if len(pairs) > 1 and all(rows[more]["value"] > rows[fewer]["value"] for rows in pairs):
            where = "in each operation" if len(pairs) == len(found) else "wherever both are told"
            return f"More {pairs[0][more]['counted']} than {pairs[0][fewer]['counted']} {where}"
    one, other = max(pairs, key=lambda rows: rows[0]["value"])
    largest = "The largest of the operations drawn" if rest else "The largest operation"
    return f"{largest}: {one['label']} {one['counted']}, {other['label']} {other['counted']}"


def _operation_sentence(group):
    first = group.iloc[0]
    counts = [f"{row['label']} {row['counted']}" for row in group.to_dict("records")]
    return (
        f"{sentence_case(days_text(first['from'], first['to']))}: {joined(counts)} ({first['reported_by']})."
    )


def _draw_operations(canvas, top, data):
    things = list(dict.fromkeys(data["counted"]))
    colors = dict(zip(things, (BLUE, ORANGE), strict=False))
    y = key(canvas, top, [(box_key(canvas, colors[thing]), thing) for thing in things]) + 4
    split, step = MARGIN + 104, 46
    years = sorted(day[:4] for name in ("from", "to") for day in data[name] if day)
    first, last = ordinal(f"{years[0]}-01-01"), ordinal(f"{years[-1]}-12-31") + 1
    time = Scale(first, last, MARGIN, split - 14)
    count = Scale(0, float(data["value"].max()), split, RIGHT - 24)
    below = time_axis(canvas, time, y, y + step * data["operation"].nunique())
    for _, group in data.groupby("operation"):
        rows = group.to_dict("records")
        days, link = (rows[0]["from"], rows[0]["to"]), anchor(rows[0]["claims"])
        canvas.line([(MARGIN, y), (RIGHT, y)], RULE, 0.5)
        wide = canvas.text(MARGIN, y + 12, days_text(*days), bold=True, clear=True, link=link)
        fitting(canvas, MARGIN + wide + 6, y + 12, [rows[0]["reported_by"]], link)
        _draw_days(canvas, days, time, y + 31, link)
        for number, row in enumerate(rows):
            end, level, link = count(row["value"]), y + 18 + 12 * number, anchor(row["claims"])
            canvas.box(split, level, end, level + 10, colors[row["counted"]], link)
            canvas.text(
                end + 4, level + 8.5, row["label"], LABEL, colors[row["counted"]], bold=True, link=link
            )
        y += step
    return below


def _draw_days(canvas, days, time, y, link):
    """The days on which an operation can have been: a bar, or an arrow back from the last if the first is unknown."""
    end = time(ordinal(days[1]) + 1)
    if days[0]:
        start = time(ordinal(days[0]))
        canvas.box(start, y - 2, max(end, start + 3), y + 2, INK, link)
    else:
        canvas.arrow((end, y), (max(MARGIN, end - 16), y), INK, link)
        canvas.line([(end, y - 4), (end, y + 4)], INK, 1.2, link=link)
