"""How two figures that a reader could hold against each other stand to each other, and why, in one sentence."""

import pandas as pd

from headcount.totals import EDGES, TOTALS, partial
from headcount.wording import (
    action_text,
    counted_text,
    day_text,
    deed_text,
    figure_text,
    month_text,
    open_window,
    undated_text,
    window_phrase,
)


def difference(left, right, reading):
    """(least, most) that the claims `left` together can exceed those of `right` by under a reading; None if unbounded."""
    edges = EDGES[reading]

    def total(side, edge):
        limits = [claim[edge] for claim in side]
        return None if any(pd.isna(limit) for limit in limits) else sum(map(int, limits))

    def minus(one, other):
        return None if one is None or other is None else one - other

    low, high = (total(left, edge) for edge in edges)
    return minus(low, total(right, edges[1])), minus(high, total(right, edges[0]))


def relate(left, right, story, reading):
    """(relation, reason in one sentence) of two figures that a reader could hold against each other."""
    if left["fact_id"] == right["fact_id"]:
        return relate_reports(left, right, story, reading)
    if left["action"] != right["action"]:
        return (
            "not_comparable",
            f"They count different deeds: {figure_text(left)} {counted_text(left)} in “{action_text(left)}”, "
            f"{figure_text(right)} {counted_text(right)} in “{action_text(right)}”; no text says how many are the same.",
        )
    if left["scope"] == right["scope"] == "operation":
        return relate_operations(left, right, reading)
    clash = exceeds(left, right, story, reading) or exceeds(right, left, story, reading)
    if clash:
        return "conflict", clash
    local = partial(left, story) or (right["scope"] in TOTALS and partial(right, story))
    if local and left["place"] != right["place"]:
        places = [claim["place"] if partial(claim, story) else "the whole" for claim in (left, right)]
        return (
            "not_comparable",
            f"They speak of different places: {figure_text(left)} of {places[0]}, {figure_text(right)} of {places[1]}.",
        )
    return relate_windows(left, right)


def relate_reports(left, right, story, reading):
    """(relation, reason) of two reports of the same fact."""
    low, high = difference([left], [right], reading)
    ours, theirs, what = figure_text(left), figure_text(right), what_text(left, right)
    if (left["value"], left["qualifier"]) == (right["value"], right["qualifier"]):
        names = left["noun"].lower(), right["noun"].lower()
        apart = (
            f"; what one calls {names[0]} the other calls {names[1]}"
            if all(names) and names[0] != names[1]
            else ""
        )
        return "same_figure", f"Both give {ours} {what}{apart}."
    if (low is None or low <= 0) and (high is None or high >= 0):
        if (
            reading == "newsroom"
            and left["qualifier"] == "exact" != right["qualifier"]
            and left["value"] == right["value"]
        ):
            return (
                "rounding",
                f"Both count {what}; a bare {ours} may itself be rounded, so that {theirs} can be the same number.",
            )
        return "rounding", f"{theirs} is the rounded form of {ours}: both count {what}."
    if left["value"] == right["value"]:
        return (
            "conflict",
            f"Both count {what}; only read to the letter does {ours} leave no room for {theirs}.",
        )
    hour = " unless one is of an earlier hour" if moves_by_the_hour(left, right, story) else ""
    return "conflict", f"Both count {what}, so that {ours} and {theirs} cannot both be right{hour}."


def moves_by_the_hour(left, right, story):
    """Whether two reports are tolls of an event, or counts that can fall, of one known day in different texts: Headcount knows days only."""
    quick = story.facts.get("event") or left["action"] in (story.facts.get("falls") or [])
    of_one_day = left["to_earliest"] == left["to_latest"] == right["to_earliest"] == right["to_latest"]
    return bool(
        quick and of_one_day and left["scope"] == "campaign" and left["source_id"] != right["source_id"]
    )


def relate_operations(left, right, reading):
    """(relation, reason) of two figures of one operation in different texts."""
    low, high = difference([left], [right], reading)
    what = f"{counted_text(left)} {deed_text(left)} in the operation that both texts tell of"
    if (low is not None and low > 0) or (high is not None and high < 0):
        return (
            "conflict",
            f"{figure_text(left)} and {figure_text(right)} both count {what} and cannot both be right.",
        )
    return (
        "rounding",
        f"{figure_text(left)} and {figure_text(right)} both count {what}, and as hedged they can be one number.",
    )


def exceeds(inner, outer, story, reading):
    """The reason why `inner` cannot be true beside `outer`: so many in a window within that of fewer; "" if there is none."""
    least, most = inner[EDGES[reading][0]], outer[EDGES[reading][1]]
    if (
        outer["scope"] not in TOTALS
        or partial(outer, story)
        or pd.isna(least)
        or pd.isna(most)
        or least <= most
    ):
        return ""
    if not within(inner, outer):
        return ""
    return (
        f"{figure_text(inner)} counts {window_phrase(inner)}, which lies within the time that {figure_text(outer)} "
        f"counts, {window_phrase(outer)}: at least {least:,} cannot be part of at most {most:,}."
    )


def relate_windows(left, right):
    """(relation, reason) of two figures of one count whose windows tell them apart; `left` is a total."""
    if same_start(left, right) and left["to_latest"] < right["to_earliest"]:
        left, right = right, left
    ours, theirs = figure_text(left), figure_text(right)
    if same_start(left, right) and right["to_latest"] < left["to_earliest"]:
        return (
            "later_total",
            f"{ours} counts {window_phrase(left)}; {theirs} stops earlier: it counts {window_phrase(right)}.",
        )
    if within(right, left):
        return (
            "part_of",
            f"{theirs} counts {window_phrase(right)}, which lies within the time that {ours} counts, {window_phrase(left)}.",
        )
    if (
        right["scope"] == "annual"
        and left["from_latest"] <= right["from_earliest"] <= left["to_earliest"] <= right["to_earliest"]
    ):
        before = difference([left], [right], "literal")[0]
        rest = (
            f", so that at least {before:,} of the larger figure must have come before {month_text(right['from_earliest'])}"
            if before and before > 0 and settled(left)
            else ""
        )
        if settled(left):
            return (
                "part_of",
                f"{theirs} counts {window_phrase(right)}, {ours} {window_phrase(left)}: all of the smaller figure up to "
                f"{day_text(left['to_latest'])} is part of the larger{rest}.",
            )
    if right["scope"] == "operation":
        return "not_comparable", outside(left, right)
    if right["to_earliest"] < left["to_latest"] and "annual" not in (left["scope"], right["scope"]):
        return (
            "later_total",
            f"{ours} counts {window_phrase(left)}; {theirs} counts {window_phrase(right)}: it can have stopped before the other did.",
        )
    return (
        "not_comparable",
        f"{ours} counts {window_phrase(left)}, {theirs} {window_phrase(right)}: {overlap_text(left, right)}.",
    )


def overlap_text(left, right):
    """How the windows of two claims, both whole and neither within the other, overlap."""
    starts = {max(left[name], right[name]) for name in ("from_earliest", "from_latest")}
    ends = {min(left[name], right[name]) for name in ("to_earliest", "to_latest")}
    if max(ends) < min(starts):
        return "they share no day"
    if len(starts) == len(ends) == 1:
        return f"they share the time from {day_text(*starts)} to {day_text(*ends)} only"
    return "the two windows overlap by an unknown time"


def position(total, operation):
    """Where an operation lies in the window of a total: within, before, after, partly in it, unclear (the total can have stopped
    before), undated."""
    if open_window(operation):
        return "undated"
    if within(operation, total):
        return "within"
    if operation["from_earliest"] > total["to_latest"]:
        return "after"
    if operation["to_latest"] < total["from_earliest"]:
        return "before"
    begins_sooner = operation["from_latest"] < total["from_earliest"] and total["scope"] == "annual"
    return "partly" if begins_sooner or operation["to_earliest"] > total["to_latest"] else "unclear"


def outside(total, operation):
    """Why an operation is not known to be part of a total."""
    ours, theirs = figure_text(total), figure_text(operation)
    where = position(total, operation)
    if where == "undated":
        return f"{undated_text(operation)}; {ours} counts {window_phrase(total)}."
    if where == "partly":
        return f"{theirs} counts {window_phrase(operation)}, only a part of it in the time that {ours} counts, {window_phrase(total)}."
    if where == "unclear":
        return f"{theirs} counts {window_phrase(operation)}; {ours} counts {window_phrase(total)}, which can have stopped before."
    return f"{theirs} counts {window_phrase(operation)}, {where} the time that {ours} counts, {window_phrase(total)}."


def what_text(left, right):
    """What two reports of one fact both count, in words."""
    claim = right if open_window(left) else left
    window = "" if open_window(claim) else f", {window_phrase(claim)}"
    return f"{counted_text(claim)} {deed_text(claim)}".strip() + window


def same_start(one, other):
    """Whether two totals of the campaign count from the same beginning."""
    same = all(one[name] == other[name] for name in ("scope", "from_earliest", "from_latest"))
    return same and one["scope"] == "campaign"


def within(inner, outer):
    """Whether the window of one claim certainly lies within that of another."""
    if open_window(inner) or open_window(outer):
        return False
    starts = outer["from_latest"] <= inner["from_earliest"] or same_start(inner, outer)
    return starts and inner["to_latest"] <= outer["to_earliest"]


def settled(claim):
    """Whether the day up to which a claim counts is known to within a month."""
    return claim["to_earliest"][:7] == claim["to_latest"][:7]
