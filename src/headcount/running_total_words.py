"""The words of the chart of a running total: its finding, its subtitle, and the chart in words for those who do not see it."""

import pandas as pd

from headcount.captions import relation, relations
from headcount.story import whole_of
from headcount.wording import day_text, days_text, joined, short_day, whole_text


def title(marks, floors, verdicts, thing, deed, reading, daily=False):
    """(finding, ids of the claims that it names): which totals cannot all be right, else how the largest and the smallest stand to
    each other, else the total itself and its last floor; of a count told `daily`, a toll or one that can fall, the last figure, after
    the first."""
    label = {claim: mark["label"] for mark in marks for claim in mark["claims"].split()}
    if sets := [ids for ids in conflicts(verdicts, reading) if label.keys() >= {*ids}]:
        smallest = min(sets, key=len)
        together = "both" if len(smallest) == 2 else "all"
        return (
            f"{joined([label[claim] for claim in smallest])} {thing} {deed} cannot {together} be right",
            smallest,
        )
    if daily:
        first, last = (
            pick(marks, key=lambda mark: (mark["to"], mark["qualifier"] == "exact", mark["value"]))
            for pick in (min, max)
        )
        before = f", after {first['label']} {days_phrase(first)}" if first["to"] < last["to"] else ""
        named = [*first["claims"].split(), *last["claims"].split()]
        return f"{last['label']} {thing} {deed} {days_phrase(last)}{before}", named
    first = max(marks, key=lambda mark: (mark["qualifier"] == "exact", mark["value"]))
    related = relations(verdicts, reading)
    for other in sorted(marks, key=lambda mark: mark["value"]):
        finding = {
            "later_total": "both can be right",
            "part_of": "both can be right",
            "not_comparable": "they do not count the same time",
        }.get(relation(first, other, related))
        if finding:
            named = [*first["claims"].split(), *other["claims"].split()]
            return f"{first['label']} and {other['label']} {thing} {deed}: {finding}", named
    least = "".join(f", {floor['label']} of them {days_phrase(floor)}" for floor in floors[-1:])
    return f"{first['label']} {thing} {deed} {days_phrase(first)}{least}", first["claims"].split()


def days_phrase(row):
    """Up to when a plotted total counts, in words."""
    year = row["to"][:4]
    if row["mark"] == "year":
        return f"in {year}"
    if row["mark"] == "state":
        return f"on {day_text(row['to'])}"
    return f"by the end of {year}" if row["to"].endswith("-12-31") else f"by {day_text(row['to'])}"


def conflicts(verdicts, reading):
    """The sets of contradicting claims, as lists of ids."""
    rows = verdicts[(verdicts["relation"] == "conflict") & (verdicts["reading"] == reading)]
    return [ids.split() for ids in rows["claims"]]


def subtitle(story, thing, deed, falls, possible, conflicting):
    """What the chart shows: whether the count can fall, whether it has a beginning, and whether any total is `possible` under all claims,
    or if not, whether they are `conflicting`."""
    where = f" in {whole_text(story)}" if story.get("event") else ""
    if falls:
        return f"What the texts say of {thing} {deed}{where}, day by day. This count can fall: no figure bounds another."
    if not whole_of(story):
        return f"Claims of {thing} {deed}. The story names no beginning from which a running total could be counted."
    if not possible and conflicting:
        return f"Claims of {thing} {deed}{where}. They cannot all be true: no running total is allowed by all of them."
    if not possible:
        return f"Claims of {thing} {deed}{where}. They set no bounds to a running total."
    return (
        f"Running total of {thing} {deed}{where}: all that the claims together allow, and each claim on it."
    )


def alternative(data, thing, deed):
    """The chart in words: its axes, its band and every mark."""
    sentences = [f"A chart of the running total of {thing} {deed} over time."]
    marks = {kind: rows.to_dict("records") for kind, rows in data.groupby("mark", sort=False)}
    bands = marks.get("band", [])
    if bands:
        last = bands[-1]
        most = "without an upper limit" if pd.isna(last["high"]) else f"to {last['high']:,}"
        sentences.append(
            f"A shaded band shows what the claims allow from {day_text(bands[0]['from'])} on; "
            f"just before {day_text(last['to'])} it reaches from {last['low']:,} {most}."
        )
    for row in marks.get("floor", []):
        sentences.append(f"By {day_text(row['to'])} it was {row['label']}.")
    for row in [*marks.get("claim", []), *marks.get("state", [])]:
        form = "A point" if row["qualifier"] == "exact" else "An open mark"
        sentences.append(f"{form} at {row['label']}, {' '.join(credit(row))}.")
    for row in marks.get("span", []):
        sentences.append(
            f"A level line at {row['label']} over the days on which it may stop: {' '.join(credit(row))}."
        )
    for row in marks.get("year", []):
        sentences.append(f"A bracket under the year: {row['label']}, {' '.join(credit(row))}.")
    for row in marks.get("undated", []):
        sentences.append(f"A dashed line at {row['label']}: {' '.join(credit(row))}.")
    for row in marks.get("withdrawn", []):
        sentences.append(f"A grey cross at {row['label']}: {' '.join(credit(row))}.")
    return " ".join(sentences)


def credit(row):
    """Who reports a mark, and up to when it counts: two lines."""
    if row["mark"] == "floor":
        return "worked out,", f"by {short_day(row['to'])}"
    when = {"year": f"in {row['from'][:4]}", "undated": "time not stated", "withdrawn": "withdrawn later"}
    until = "on" if row["mark"] == "state" else "to"
    return f"{row['reported_by']},", when.get(row["mark"]) or f"{until} {days_text(row['from'], row['to'])}"
