"""Reconciliation measured: bounds on every date and every conflict of many claims, against OR-Tools and z3 in the same run.

Run it with `make bench` or `python bench/reconciliation.py`. The peers are fetched into an environment of their own for the run; each
gets the plain formulation: one whole number a date, one inequality a claim, and is asked for the lowest and the highest total on a few
of the dates, since to ask for all of them would take too long.
"""

import random
import time
import tracemalloc
from datetime import date, timedelta
from itertools import islice

import peers

from headcount.conflicts import conflicts
from headcount.constraints import Bound, system

START = date(2000, 1, 1)
SIZES = [(1_000, 200), (10_000, 2_000), (100_000, 2_000), (100_000, 20_000)]
ASKED = 10  # dates for which the peers are asked
MOST = 200  # conflict sets listed, as in the notebooks

PEERS = {
    "ortools": """
import json, sys, time
from ortools.sat.python import cp_model
days, bounds, asked = json.load(open(sys.argv[1]))
top = 2 * max(limit for *_, limit in bounds)
start, found = time.process_time(), []
for day in asked:
    for sign in (1, -1):
        model = cp_model.CpModel()
        total = [model.new_int_var(0, top, "") for _ in range(days)]
        model.add(total[0] == 0)
        for one, other in zip(total, total[1:]):
            model.add(one <= other)
        for begin, end, at_least, limit in bounds:
            rise = total[end] - total[begin]
            model.add(rise >= limit if at_least else rise <= limit)
        model.minimize(sign * total[day])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(model) == cp_model.OPTIMAL
        found.append(solver.value(total[day]))
print(json.dumps([time.process_time() - start, found]))
""",
    "z3-solver": """
import json, sys, time
import z3
days, bounds, asked = json.load(open(sys.argv[1]))
start, found = time.process_time(), []
for day in asked[:1]:
    for goal in ("minimize", "maximize"):
        solver = z3.Optimize()
        total = [z3.Int(f"t{number}") for number in range(days)]
        solver.add(total[0] == 0)
        for one, other in zip(total, total[1:]):
            solver.add(one <= other)
        for begin, end, at_least, limit in bounds:
            rise = total[end] - total[begin]
            solver.add(rise >= limit if at_least else rise <= limit)
        getattr(solver, goal)(total[day])
        assert solver.check() == z3.sat
        found.append(solver.model()[total[day]].as_long())
print(json.dumps([time.process_time() - start, found]))
""",
}


def world(claims, days, seed=1):
    """Bounds of true claims on a random history of as many days: totals since the beginning and counts of stretches, exact or hedged."""
    chance = random.Random(seed)
    totals = [0]
    for _ in range(days - 1):
        totals.append(totals[-1] + chance.randrange(60))
    bounds = []
    for number in range(claims):
        begin = 0 if chance.random() < 0.5 else chance.randrange(days - 1)
        end = chance.randrange(begin + 1, days)
        truth, slack = totals[end] - totals[begin], chance.choice([0, 0, 1, 10, 100])
        window = START + timedelta(days=begin), START + timedelta(days=end)
        name = f"c{number}"
        if chance.random() < 0.8:
            bounds.append(Bound(name, ("dead",), *window, True, max(0, truth - slack)))
        if chance.random() < 0.8:
            bounds.append(Bound(name, ("dead",), *window, False, truth + slack))
    return bounds


def spoiled(bounds, seed=2):
    """The bounds with the figure of one stretch of days told a digit too large."""
    chance = random.Random(seed)
    short = [b.claim_id for b in bounds if b.at_least and b.start > START and 0 < (b.end - b.start).days < 20]
    name = chance.choice(short)
    return [b._replace(limit=b.limit * 10) if b.claim_id == name else b for b in bounds]


def measured(work):
    """(result, CPU seconds, peak of memory in MB) of a function."""
    start = time.process_time()
    result = work()
    seconds = time.process_time() - start
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return result, seconds, peak


def all_bounds(bounds):
    """{day: Rise} for every day, from the first."""
    return system(bounds, [START]).rises(("dead",), START)


def peer(name, bounds, asked):
    """[CPU seconds, lows and highs] of a peer, or None if it cannot be had or takes over ten minutes."""
    days = sorted({day for bound in bounds for day in (bound.start, bound.end)})
    index = {day: number for number, day in enumerate(days)}
    rows = [[index[b.start], index[b.end], b.at_least, b.limit] for b in bounds]
    return peers.run(name, PEERS[name], [len(days), rows, [index[day] for day in asked]])


def main():
    for claims, days in SIZES:
        bounds = world(claims, days)
        found, seconds, peak = measured(lambda bounds=bounds: all_bounds(bounds))
        print(f"{claims:,} claims, {len(found):,} dates: all bounds in {seconds:.2f} s, {peak:.0f} MB")
        false = spoiled(bounds)
        sets, seconds, peak = measured(lambda false=false: list(islice(conflicts(false), MOST)))
        sizes = sorted({len(one) for one in sets})
        print(
            f"  a digit too many: {len(sets)} smallest conflicts of {sizes} claims in {seconds:.2f} s, {peak:.0f} MB"
        )
        if (claims, days) == (10_000, 2_000):
            asked = sorted(found)[100 :: len(found) // ASKED]
            for name in PEERS:
                answer = peer(name, bounds, asked)
                if answer:
                    theirs = answer[0] / len(answer[1]) * 2 * len(found)
                    ours = measured(lambda bounds=bounds: all_bounds(bounds))[1]
                    same = [[found[day].low, found[day].high] for day in asked[: len(answer[1]) // 2]]
                    assert sum(same, []) == answer[1], f"{name} finds other bounds"
                    print(
                        f"  {name}: {answer[0]:.1f} s for {len(answer[1])} bounds, {theirs:.0f} s for all: {theirs / ours:,.0f} times ours"
                    )


if __name__ == "__main__":
    main()
