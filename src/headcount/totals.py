"""Running totals: what the claims together allow for a count that never falls, and which claims cannot all be true."""

from datetime import date, timedelta
from math import isfinite

import pandas as pd

from headcount.tables import columns
from headcount.wording import figure_text

TOTALS = ("campaign", "annual")
DAY = timedelta(days=1)
EDGES = {"literal": ("low", "high"), "newsroom": ("newsroom_low", "newsroom_high")}


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
