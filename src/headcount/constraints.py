"""What bounds on rises say about counts that never fall: shortest paths for one count, an integer program for counts tied by sums.

The unknowns are whole numbers, the count of each thing at the end of each day; a Bound limits their rise over a window. Whether the
bounds can hold together, and how little or how much a count can have risen, follows without any rate being assumed.
"""

from functools import cached_property
from math import isfinite
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds as Limits
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import NegativeCycleError, bellman_ford


class Bound(NamedTuple):
    """A claim's limit on a rise: the counts `parts` together rise by at least or at most `limit` from the close of day `start`
    to the close of day `end` (dates)."""

    claim_id: str
    parts: tuple
    start: object
    end: object
    at_least: bool
    limit: int


class Rise(NamedTuple):
    """How little and how much counts can rise over a window (`high` None if nothing bounds it), and the claims that say so."""

    low: int
    high: int | None
    low_claims: tuple
    high_claims: tuple


def system(bounds, days):
    """The Paths of bounds on a single count, else their Program. `days` are further days that matter."""
    days = sorted({*days, *(day for bound in bounds for day in (bound.start, bound.end))})
    counts = sorted({part for bound in bounds for part in bound.parts})
    return (Paths if len(counts) == 1 else Program)(bounds, days, counts)


class Paths:
    """Bounds on one count: differences of two days' counts, whose tightest bounds are shortest paths between the days
    (Cormen et al., Introduction to Algorithms, ch. 24.4)."""

    def __init__(self, bounds, days, counts):
        self.days, self.counts = days, counts
        self.index = {day: number for number, day in enumerate(days)}
        self.edges = {(later, later - 1): (0, None) for later in range(1, len(days))}
        for bound in bounds:
            start, end = self.index[bound.start], self.index[bound.end]
            edge, weight = ((end, start), -bound.limit) if bound.at_least else ((start, end), bound.limit)
            if edge not in self.edges or weight < self.edges[edge][0]:
                self.edges[edge] = weight, bound.claim_id

    def possible(self):
        """Whether all bounds can hold together."""
        try:
            self._distances(len(self.days) - 1, False)  # every day is reached from the last one
        except NegativeCycleError:
            return False
        return True

    def rises(self, parts, start):
        """{day: Rise} from the close of `start` to the close of each later day; `parts` is the one count. Needs possible()."""
        source = self.index[start]
        high, above = self._distances(source, False)
        low, below = self._distances(source, True)
        return {
            day: Rise(
                max(0, -int(low[number])) if isfinite(low[number]) else 0,
                int(high[number]) if isfinite(high[number]) else None,
                self._claims(below, number, True) if low[number] < 0 else (),
                self._claims(above, number, False) if isfinite(high[number]) else (),
            )
            for number, day in enumerate(self.days)
            if number >= source
        }

    def _distances(self, source, reverse):
        """(distances, predecessors) of the days from `source`, along the edges or against them."""
        weights, ends = self._weights
        rows, columns = ends[::-1] if reverse else ends
        size, step = len(self.days), len(self.days) + 1
        graph = csr_array((weights, (rows, columns)), shape=(size, size))
        distances, came_from = bellman_ford(graph, indices=source, return_predecessors=True)
        reached = np.isfinite(distances)
        return np.floor_divide(distances, step, out=distances, where=reached), came_from

    @cached_property
    def _weights(self):
        # csgraph takes a weight of 0 for no edge: all weights times `step`, and 1 for 0, keep every comparison exact.
        step = len(self.days) + 1
        weights = np.array([step * weight or 1 for weight, _ in self.edges.values()], dtype=float)
        rows, columns = zip(*self.edges, strict=True)
        return weights, (np.array(rows), np.array(columns))

    def _claims(self, came_from, number, reverse):
        """The claims on the path that sets a bound."""
        ids = set()
        while (before := came_from[number]) >= 0:
            ids.add(self.edges[(number, before) if reverse else (before, number)][1])
            number = before
        return tuple(sorted(ids - {None}))


class Program:
    """Bounds on counts and on sums of counts, as an integer linear program (solved by HiGHS, through scipy).

    A relaxed optimum is taken when rounding it gives whole numbers that keep every bound, checked in exact integers, and lose
    nothing; else the program is solved over the integers.
    """

    def __init__(self, bounds, days, counts):
        self.bounds, self.days, self.counts = bounds, days, counts
        self.index = {
            (part, day): len(days) * row + column
            for row, part in enumerate(counts)
            for column, day in enumerate(days)
        }
        size = len(self.index)
        rows = [self._row(bound.parts, bound.start, bound.end) for bound in bounds]
        signs = [-1 if bound.at_least else 1 for bound in bounds]
        later = [number for number in range(size) if number % len(days)]
        entries = [
            (number, place, sign * side)
            for number, (row, sign) in enumerate(zip(rows, signs, strict=True))
            for place, side in row
        ]
        for number, place in enumerate(later, start=len(bounds)):
            entries += [(number, place - 1, 1), (number, place, -1)]
        heights, places, values = zip(*entries, strict=True)
        self.matrix = csr_array(
            (values, (heights, places)), shape=(len(bounds) + len(later), size), dtype=np.int64
        )
        self.limits = np.array(
            [sign * bound.limit for bound, sign in zip(bounds, signs, strict=True)] + [0] * len(later),
            dtype=np.int64,
        )
        self.first = np.arange(size) % len(days) == 0  # counts are measured from the first day
        self.limited = {cell for bound in bounds if not bound.at_least for cell in self._cells(*bound[1:4])}

    def _cells(self, parts, start, end):
        """The (count, day) pairs over which `parts` rise from `start` to `end`."""
        return {(part, day) for part in parts for day in self.days if start < day <= end}

    def _row(self, parts, start, end):
        """[(place, 1 or -1)] of the rise of `parts` from `start` to `end`."""
        ends = ((end, 1), (start, -1)) if start != end else ()
        return [(self.index[part, day], side) for part in parts for day, side in ends]

    def possible(self):
        """Whether all bounds can hold together, in whole numbers."""
        return self._least(np.zeros(len(self.index)))[0] is not None

    def rises(self, parts, start):
        """{day: Rise} of the counts `parts` together from the close of `start` to the close of each later day. Needs possible()."""
        return {day: self.rise(parts, start, day) for day in self.days if day >= start}

    def rise(self, parts, start, end):
        """The Rise of the counts `parts` together from the close of `start` to the close of `end`."""
        cost = np.zeros(len(self.index))
        for place, side in self._row(parts, start, end):
            cost[place] += side
        low, low_claims = self._least(cost)
        # Any rise that no upper bound covers can be as large as you like; the solver is not asked.
        bounded = self._cells(parts, start, end) <= self.limited
        high, high_claims = self._least(-cost) if bounded else (None, ())
        return Rise(low, -high if bounded else None, low_claims if low else (), high_claims)

    def _least(self, cost):
        """(least value of `cost`, claims that bind it), both None if the bounds cannot hold."""
        relaxed = linprog(cost, self.matrix, self.limits, bounds=self._room, method="highs-ds")
        if relaxed.status == 2:
            return None, None
        solution = np.rint(relaxed.x).astype(np.int64)
        claims = self._claims(relaxed.ineqlin.marginals)
        if self._holds(solution) and abs(cost @ solution - relaxed.fun) < 0.5:
            return int(cost @ solution), claims
        whole = milp(
            cost,
            constraints=LinearConstraint(self.matrix, ub=self.limits),
            integrality=np.ones(len(cost)),
            bounds=Limits(0, np.where(self.first, 0, np.inf)),
            options={"mip_rel_gap": 0},
        )
        if whole.status == 2:
            return None, None
        solution = np.rint(whole.x).astype(np.int64)
        assert self._holds(solution), "the solver's solution breaks a bound"
        return int(cost @ solution), tuple(sorted({bound.claim_id for bound in self.bounds}))

    @property
    def _room(self):
        return np.column_stack([np.zeros(len(self.first)), np.where(self.first, 0, np.inf)])

    def _holds(self, solution):
        return bool((self.matrix @ solution <= self.limits).all()) and not solution[self.first].any()

    def _claims(self, marginals):
        """The claims whose bounds have a price at an optimum."""
        priced = np.abs(marginals[: len(self.bounds)]) > 1e-9
        return tuple(sorted({self.bounds[number].claim_id for number in np.flatnonzero(priced)}))

    # --- when the bounds cannot hold together -----------------------------------------------------------------------

    def proof(self):
        """{number of bound: how often it counts} of bounds that add up to something impossible; None if only whole numbers fail.

        By Farkas' lemma such multipliers exist whenever no fractions fit either: the prices of the program that breaks the bounds
        by as little as possible in sum. They are checked in exact integers.
        """
        claimed, size = len(self.bounds), self.matrix.shape[0]
        slack = csr_array((-np.ones(claimed), (range(claimed), range(claimed))), shape=(size, claimed))
        cost = np.concatenate([np.zeros(len(self.index)), np.ones(claimed)])
        room = np.vstack([self._room, np.column_stack([np.zeros(claimed), np.full(claimed, np.inf)])])
        matrix = hstack([self.matrix, slack], format="csr")
        broken = linprog(cost, matrix, self.limits, bounds=room, method="highs-ds")
        if broken.fun < 1e-6:
            return None
        prices = -broken.ineqlin.marginals
        unit = prices[prices > 1e-6].min()
        times = np.rint(prices / unit).astype(np.int64)
        assert times @ self.limits < 0 and ((times @ self.matrix) >= 0)[~self.first].all(), (
            "no proof of the contradiction"
        )
        return {number: int(times[number]) for number in range(claimed) if times[number]}
