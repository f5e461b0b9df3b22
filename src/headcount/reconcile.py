"""Stage 3, reconciliation: facts, verdicts and totals from the claims."""

from datetime import date, timedelta
from math import isfinite

import pandas as pd

from headcount.tables import columns
from headcount.wording import WORDS, between_text, day_text, figure_text, window_phrase

TOTALS = ("campaign", "annual")
DAY = timedelta(days=1)
EDGES = {"literal": ("low", "high"), "newsroom": ("newsroom_low", "newsroom_high")}


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


# --- totals -------------------------------------------------------------------------------------------------------------


class Series:
    """The unknown running total of one thing counted since the campaign began: a count at the end of each day that never falls.

    Every claim bounds its rise over a window, so that all bounds are differences of two days' totals: a system of difference
    constraints, whose tightest bounds are shortest paths (Cormen et al., Introduction to Algorithms, ch. 24.4). Where an end of
    a window is an interval, a lower bound is put on the widest window and an upper bound on the narrowest.
    """

    def __init__(self, claims, campaign_start, reading, dates=()):
        self.claims = claims
        self.campaign_start = campaign_start
        self.origin = campaign_start[0] - timedelta(days=1)
        self.reading = reading
        windows = [self.window(claim) for claim in claims.to_dict("records")]
        self.days = sorted({self.origin, *dates, *(day for window in windows for day in window)})
        self.index = {day: number for number, day in enumerate(self.days)}
        self.bounds = self._bounds(windows)

    def window(self, claim):
        """(widest start, narrowest start, narrowest end, widest end): the days at whose close the count stands before and after."""

        def day(name, before=0):
            return date.fromisoformat(claim[name]) - timedelta(days=before)

        start = day("from_earliest", 1), day("from_latest", 1)
        first, last = self.campaign_start
        if claim["scope"] == "campaign" and first <= start[0] + DAY and start[1] + DAY <= last:
            start = (self.origin, self.origin)  # "since April 2009" is since the campaign began
        return start[0], start[1], day("to_earliest"), day("to_latest")

    def _bounds(self, windows):
        """Edges u -> v of weight w for total(v) <= total(u) + w; of parallel ones the tightest, with the claim that set it."""
        edges = {
            (later, earlier): (0, None)
            for earlier, later in zip(range(len(self.days)), range(1, len(self.days)), strict=False)
        }
        low, high = EDGES[self.reading]

        def tighten(edge, weight, claim_id):
            if edge[0] != edge[1] and (edge not in edges or weight < edges[edge][0]):
                edges[edge] = weight, claim_id

        for claim, (widest, narrow, until, latest) in zip(
            self.claims.to_dict("records"), windows, strict=True
        ):
            if not pd.isna(claim[low]):
                tighten((self.index[latest], self.index[widest]), -int(claim[low]), claim["claim_id"])
            if not pd.isna(claim[high]) and narrow <= until:
                tighten((self.index[narrow], self.index[until]), int(claim[high]), claim["claim_id"])
        return edges

    def paths(self, reverse=False):
        """(distances, predecessors) from the campaign's eve along the bounds, or against them."""
        import numpy as np  # here, since only this needs scipy: the figures import this module too
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import bellman_ford

        size = len(self.days)
        edges = {(v, u): w for (u, v), w in self.bounds.items()} if reverse else self.bounds
        rows, ends = zip(*edges, strict=True)
        # csgraph takes a weight of 0 for no edge: all weights times `step`, and 1 for 0, keep every comparison exact.
        step = size + 1
        weights = np.array([step * weight or 1 for weight, _ in edges.values()], dtype=float)
        graph = csr_array((weights, (rows, ends)), shape=(size, size))
        distances, came_from = bellman_ford(graph, indices=self.index[self.origin], return_predecessors=True)
        return [distance // step if isfinite(distance) else distance for distance in distances], came_from

    def totals(self):
        """[(day, low, high, claim ids that bind)] for every day from the campaign's eve; None if the claims cannot all hold."""
        from scipy.sparse.csgraph import NegativeCycleError

        try:
            above, above_from = self.paths()
            below, below_from = self.paths(reverse=True)
        except NegativeCycleError:
            return None
        rows = []
        for day in self.days[self.index[self.origin] :]:
            number = self.index[day]
            low = max(0, -int(below[number])) if isfinite(below[number]) else 0
            high = int(above[number]) if isfinite(above[number]) else None
            binding = self._binding(below_from, number, True) if low else set()
            binding |= self._binding(above_from, number, False) if high is not None else set()
            rows.append((day, low, high, sorted(binding)))
        return rows

    def _binding(self, came_from, number, reverse):
        """Ids of the claims on the path that sets a bound."""
        ids = set()
        while (before := came_from[number]) >= 0:
            edge = (number, before) if reverse else (before, number)
            ids.add(self.bounds[edge][1])
            number = before
        return ids - {None}


def series_claims(claims, counted, action):
    """The claims that bound a running total: campaign and annual totals of one thing counted and act, with a whole window."""
    ends = ["from_earliest", "from_latest", "to_earliest", "to_latest"]
    whole = (claims[ends] != "").all(axis="columns")
    return claims[
        (claims["counted"] == counted) & (claims["action"] == action) & claims["scope"].isin(TOTALS) & whole
    ]


def total_table(claims, series, campaign_start, as_of=""):
    """Lowest and highest total of each series on each day that matters, and on `as_of`, under both readings (totals.csv)."""
    dates = [date.fromisoformat(as_of)] if as_of else []
    rows = []
    for one in series:
        chosen = series_claims(claims, one["counted"], one["action"])
        for reading in EDGES:
            totals = Series(chosen, campaign_start, reading, dates).totals() if len(chosen) else None
            for day, low, high, ids in totals or []:
                rows.append(
                    {
                        "counted": one["counted"],
                        "action": one["action"],
                        "date": day.isoformat(),
                        "reading": reading,
                        "low": low,
                        "high": high,
                        "claims": " ".join(ids),
                    }
                )
    frame = pd.DataFrame(rows, columns=columns("totals"))
    return frame.sort_values(["counted", "action", "date", "reading"], ignore_index=True)


def impossible(claims, series, campaign_start, reading):
    """Yield (series, claims) for each series whose claims cannot all hold: a smallest set, no member of which can be spared."""
    for one in series:
        chosen = series_claims(claims, one["counted"], one["action"])
        if chosen.empty or Series(chosen, campaign_start, reading).totals():
            continue
        for claim_id in list(chosen["claim_id"]):
            rest = chosen[chosen["claim_id"] != claim_id]
            if not rest.empty and not Series(rest, campaign_start, reading).totals():
                chosen = rest
        yield one, chosen


def consistency(claims, series, campaign_start, reading):
    """Yield sentences of Markdown that tell whether the totals of each series can all hold together under a reading."""
    broken = {one["counted"]: chosen for one, chosen in impossible(claims, series, campaign_start, reading)}
    for one in series:
        name = f"{one['counted']} {one['action']}".replace("_", " ")
        if one["counted"] in broken:
            figures = " and ".join(map(figure_text, broken[one["counted"]].to_dict("records")))
            yield f"**{name}: no.** {figures} cannot all be true."
        else:
            yield f"**{name}: yes.**"


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
