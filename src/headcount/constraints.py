"""What bounds on rises say about counts that never fall: shortest paths for one count, an integer program for counts tied by sums.

The unknowns are whole numbers, the count of each thing at the end of each day; a Bound limits their rise over a window. Whether the
bounds can hold together, and how little or how much a count can have risen, follows without any rate being assumed.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds as Limits
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack


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
    """Bounds on one count: differences of two days' counts, whose tightest bounds are shortest paths between the days; bounds that
    cannot hold together are a cycle of negative length (Cormen et al., Introduction to Algorithms, ch. 24.4). Exact integers."""

    def __init__(self, bounds, days, counts):
        self.days, self.counts = days, counts
        self.index = {day: number for number, day in enumerate(days)}
        self.claims = [bound.claim_id for bound in bounds]
        ends = [(self.index[bound.start], self.index[bound.end]) for bound in bounds]
        edges = [
            (end, start, -bound.limit) if bound.at_least else (start, end, bound.limit)
            for bound, (start, end) in zip(bounds, ends, strict=True)
        ]
        self.source, self.target, self.length = np.array(edges, dtype=np.int64).reshape(-1, 3).T

    def possible(self):
        """Whether all bounds can hold together."""
        return not self.conflict()

    def conflict(self):
        """Claims that cannot all hold, as a set of ids; empty if all can."""
        *_, cycle = shortest_paths(np.zeros(len(self.days), np.int64), self.source, self.target, self.length)
        return {self.claims[edge] for edge in cycle}

    def rises(self, parts, start):
        """{day: Rise} from the close of `start` to the close of each later day; `parts` is the one count. Needs possible()."""
        first, last = self.index[start], len(self.days) - 1
        high, above, _ = shortest_paths(self._from(first), self.source, self.target, self.length)
        # Against the edges, with the days mirrored, so that here, too, a step that costs nothing leads to a lesser number.
        low, below, _ = shortest_paths(
            self._from(last - first), last - self.target, last - self.source, self.length
        )
        return {
            day: Rise(
                max(0, -int(low[last - number])),
                int(high[number]) if high[number] < FAR else None,
                self._on_path(below, last - number) if low[last - number] < 0 else (),
                self._on_path(above, number) if high[number] < FAR else (),
            )
            for number, day in enumerate(self.days)
            if number >= first
        }

    def rise(self, parts, start, end):
        """The Rise from the close of `start` to the close of `end`."""
        return self.rises(parts, start)[end]

    def _from(self, number):
        distance = np.full(len(self.days), FAR)
        distance[number] = 0
        return distance

    def _on_path(self, came, number):
        """The claims on the shortest path to a day."""
        ids, (before, edge) = set(), came
        while before[number] != number:
            if edge[number] >= 0:
                ids.add(self.claims[edge[number]])
            number = before[number]
        return tuple(sorted(ids))


FAR = np.int64(2**62)


def shortest_paths(distance, source, target, length):
    """(distances, (node before, edge to it), edges of a negative cycle) by the method of Bellman and Ford.

    The nodes are days in order; besides the edges `source` -> `target` of integer `length`, a step of length 0 leads from each day to
    any earlier one, since counts never fall. `distance` holds 0 at the nodes to start from, FAR elsewhere. The cycle is empty if there
    is none; else the distances mean nothing.
    """
    size = len(distance)
    order = np.lexsort((length, target))
    source, target, length = source[order], target[order], length[order]
    heads, first, counts = np.unique(target, return_index=True, return_counts=True)
    before, edge = np.arange(size), np.full(size, -1)
    for _ in range(size + 1):
        changed = False
        if len(heads):
            reached = np.where(distance[source] < FAR, distance[source] + length, FAR)
            best = np.minimum.reduceat(reached, first)
            better = best < distance[heads]
            if changed := bool(better.any()):
                ties = np.flatnonzero(reached == np.repeat(best, counts))
                chosen = np.empty(size, np.int64)
                chosen[target[ties][::-1]] = ties[::-1]
                nodes = heads[better]
                distance[nodes], edge[nodes] = best[better], order[chosen[nodes]]
                before[nodes] = source[chosen[nodes]]
        least = np.minimum.accumulate(distance[::-1])[::-1]
        lower = least < distance
        if lower.any():
            changed = True
            holds = np.where(lower, size, np.arange(size))
            before[lower] = np.minimum.accumulate(holds[::-1])[::-1][lower]
            edge[lower], distance = -1, least
        cycle = _cycle(before, edge)
        if cycle or not changed:
            return distance, (before, edge), cycle
    raise AssertionError("no end of shorter paths, and yet no cycle")


def _cycle(before, edge):
    """The edges of a cycle among the nodes before one another; empty if each leads to a node before which there is none."""
    ahead = before
    for _ in range(len(before).bit_length()):
        ahead = ahead[ahead]
    astray = np.flatnonzero(before[ahead] != ahead)
    if not len(astray):
        return []
    begin = node = int(ahead[astray[0]])
    edges = [int(edge[node])]
    while (node := int(before[node])) != begin:
        edges.append(int(edge[node]))
    return [number for number in edges if number >= 0]


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

    def conflict(self):
        """Claims that cannot all hold, as a set of ids; empty if all can."""
        if self.possible():
            return set()
        proof = self.proof() or range(len(self.bounds))
        return {self.bounds[number].claim_id for number in proof}

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
