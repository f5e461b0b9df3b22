"""Stage 3, reconciliation: facts and verdicts from the claims, and from totals.py the running totals."""

from datetime import date

import pandas as pd

from headcount.tables import columns
from headcount.totals import EDGES, series_claims
from headcount.wording import WORDS, between_text, day_text, figure_text, window_phrase

# --- facts --------------------------------------------------------------------------------------------------------------


def fact_table(claims):
    """One row a fact: its claims, how many reports and voices, the bounds they agree on, and how they agree (facts.csv)."""
    rows = []
    for fact_id, group in claims.groupby("fact_id", sort=True):
        first = group.iloc[0]
        low, high = meet(group, "literal")
        if low is not None and high is not None and low > high:
            low = high = None  # read literally they do not agree
        rows.append(
            {
                "fact_id": fact_id,
                "counted": first["counted"],
                "action": first["action"],
                "scope": first["scope"],
                "window": window_text(group),
                "reports": len(group),
                "voices": len(voices(group)),
                "low": low,
                "high": high,
                "agreement": agreement(group),
                "claims": " ".join(group["claim_id"]),
            }
        )
    return pd.DataFrame(rows, columns=columns("facts"))


def meet(claims, reading):
    """(low, high) that all claims allow together under a reading; None where none of them sets a bound."""
    low, high = EDGES[reading]
    lows, highs = claims[low].dropna(), claims[high].dropna()
    return (int(lows.max()) if len(lows) else None), (int(highs.min()) if len(highs) else None)


def voices(claims):
    """The independent speakers behind claims: one ministry is one voice under any spelling. Claims that name no speaker add
    none, as they may repeat the others; together they are one voice if nobody is named."""
    return {voice(name) for name in claims["said_by"] if name} or {""}


def voice(name):
    """A speaker's name in one spelling: "public security ministry" is "ministry of public security"."""
    words = name.lower().removeprefix("the ").split()
    return (
        f"ministry of {' '.join(words[:-1])}"
        if words[-1] == "ministry" and len(words) > 1
        else " ".join(words)
    )


def agreement(claims):
    """How the reports of one fact stand to each other: single, echo, agree, rounded or conflict."""
    if len(claims) == 1:
        return "single"
    if len(set(zip(claims["value"], claims["qualifier"], strict=True))) == 1:
        return "agree" if len(voices(claims)) > 1 else "echo"
    low, high = meet(claims, "newsroom")
    return "conflict" if low is not None and high is not None and low > high else "rounded"


def window_text(claims):
    """The window the claims of a fact can all share, as from/to; an end known as an interval is written early..late."""

    def end(name):
        early, late = max(claims[f"{name}_earliest"]), min(filter(None, claims[f"{name}_latest"]), default="")
        return early if early == late else f"{early}..{late}"

    text = f"{end('from')}/{end('to')}"
    return "" if text == "/" else text


# --- verdicts -----------------------------------------------------------------------------------------------------------


def verdict_table(claims, series):
    """A verdict for each pair of campaign or annual totals of the same thing, under both readings (verdicts.csv)."""
    rows = []
    for one in series:
        chosen = series_claims(claims, one["counted"], one["action"])
        chosen = chosen.sort_values(["to_latest", "from_earliest", "claim_id"], ascending=[False, True, True])
        records = chosen.to_dict("records")
        for number, left in enumerate(records):
            for right in records[number + 1 :]:
                rows += [verdict(*_ordered(left, right), reading) for reading in EDGES]
    return pd.DataFrame(rows, columns=columns("verdicts")).sort_values("verdict_id", ignore_index=True)


def _ordered(left, right):
    """The pair with the larger figure first; of two that tell the same fact, the exact one."""

    def rank(claim):
        return (claim["qualifier"] == "exact" and left["fact_id"] == right["fact_id"], claim["value"])

    return (left, right) if rank(left) >= rank(right) else (right, left)


def verdict(left, right, reading):
    """How two totals of the same thing stand to each other under a reading: one row of verdicts.csv."""
    relation, because = relate(left, right, reading)
    low, high = difference(left, right, reading)
    if relation in ("part_of", "later_total") and low is not None and low < 0:
        low = 0
    return {
        "verdict_id": f"{left['claim_id']}~{right['claim_id']}~{reading}",
        "left": left["claim_id"],
        "right": right["claim_id"],
        "relation": relation,
        "reading": reading,
        "difference_low": low,
        "difference_high": high,
        "because": because,
        "claims": f"{left['claim_id']} {right['claim_id']}",
    }


def difference(left, right, reading):
    """(least, most) that left's count can exceed right's by, from their bounds under a reading; None if unbounded."""
    low, high = EDGES[reading]

    def minus(one, other):
        return None if pd.isna(one) or pd.isna(other) else int(one) - int(other)

    return minus(left[low], right[high]), minus(left[high], right[low])


def relate(left, right, reading):
    """(relation, reason in one sentence) of two totals of the same thing."""
    low, high = difference(left, right, reading)
    can_be_equal = (low is None or low <= 0) and (high is None or high >= 0)
    ours, theirs = figure_text(left), figure_text(right)
    if left["fact_id"] == right["fact_id"]:
        if left["value"] == right["value"] and left["qualifier"] == right["qualifier"]:
            return "same_figure", f"Both give {ours} {window_phrase(left)}."
        if can_be_equal:
            return "rounding", f"{theirs} is the rounded form of {ours}: both count {window_phrase(left)}."
        return "conflict", f"{ours} and {theirs} both count {window_phrase(left)} and cannot both be right."
    for outer, inner in ((left, right), (right, left)):
        least, most = inner[EDGES[reading][0]], outer[EDGES[reading][1]]
        if within(inner, outer) and not pd.isna(least) and not pd.isna(most) and least > most:
            return "conflict", (
                f"{figure_text(inner)} counts {window_phrase(inner)}, which lies within the time that {figure_text(outer)} "
                f"counts, {window_phrase(outer)}: at least {least:,} cannot be part of at most {most:,}."
            )
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
        and left["from_latest"] <= right["from_earliest"] <= left["to_earliest"]
        and settled(left)
    ):
        return "part_of", (
            f"{theirs} counts {window_phrase(right)}, {ours} {window_phrase(left)}: all of the smaller figure up to "
            f"{day_text(left['to_latest'])} is part of the larger; what it counts after that day is not."
        )
    if right["to_earliest"] < left["to_latest"] and "annual" not in (left["scope"], right["scope"]):
        return "later_total", (
            f"{ours} counts {window_phrase(left)}; {theirs} counts {window_phrase(right)}: it can "
            "have stopped before the other did."
        )
    return "not_comparable", (
        f"{ours} counts {window_phrase(left)}, {theirs} {window_phrase(right)}: the two windows overlap by an unknown time."
    )


def same_start(one, other):
    """Whether two totals of the campaign count from the same beginning."""
    same = all(one[name] == other[name] for name in ("scope", "from_earliest", "from_latest"))
    return same and one["scope"] == "campaign"


def within(inner, outer):
    """Whether the window of one claim certainly lies within that of another."""
    starts = outer["from_latest"] <= inner["from_earliest"] or same_start(inner, outer)
    return starts and inner["to_latest"] <= outer["to_earliest"]


def settled(claim):
    """Whether the day up to which a claim counts is known to within a month."""
    return (date.fromisoformat(claim["to_latest"]) - date.fromisoformat(claim["to_earliest"])).days < 31


def answers(claims, verdicts, reading):
    """The verdicts under a reading as questions and answers, each a paragraph of Markdown."""
    by_id = {claim["claim_id"]: claim for claim in claims.to_dict("records")}
    rows = verdicts[verdicts["reading"] == reading].to_dict("records")

    def rank(row):
        left, right = by_id[row["left"]], by_id[row["right"]]
        return left["counted"], left["qualifier"] != "exact", -left["value"], -right["value"]

    for row in sorted(rows, key=rank):
        left, right = by_id[row["left"]], by_id[row["right"]]
        related = row["relation"] in ("later_total", "part_of")
        apart = between_text(row["difference_low"], row["difference_high"]) if related else ""
        thing = left["noun"] or left["counted"].replace("_", " ")
        yield (
            f"**{figure_text(left)} or {figure_text(right)} {thing} {left['action'].replace('_', ' ')}?** "
            f"{WORDS[row['relation']]} {row['because']} {apart}".strip()
        )
