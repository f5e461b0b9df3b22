"""The solver against brute force: every history of small counts tried, on bounds drawn by Hypothesis."""

from datetime import date, timedelta
from itertools import combinations, product

import pytest
from hardship import SCALE, rounds
from hypothesis import example, given, settings
from hypothesis import strategies as st

from headcount.conflicts import conflicts, proof, smallest
from headcount.constraints import Bound, Paths, Program, system

DAYS = [date(2020, 1, 1) + timedelta(days=number) for number in range(4)]
MOST = 2  # the largest limit drawn
COUNTS = ("a", "b")
EXAMPLES = settings(max_examples=rounds(60, 1000), deadline=None, derandomize=not SCALE, database=None)
FEWER = settings(EXAMPLES, max_examples=rounds(20, 400))  # where programs are solved


def bounds_of(counts):
    """Up to six bounds of up to four claims on these counts and their sum."""
    parts = [(count,) for count in counts] + ([tuple(counts)] if len(counts) > 1 else [])
    window = st.tuples(st.integers(0, 2), st.integers(1, 3)).filter(lambda ends: ends[0] < ends[1])
    bound = st.builds(
        lambda claim, part, ends, at_least, limit: Bound(
            claim, part, DAYS[ends[0]], DAYS[ends[1]], at_least, limit
        ),
        st.sampled_from("wxyz"),
        st.sampled_from(parts),
        window,
        st.booleans(),
        st.integers(0, MOST),
    )
    return st.lists(bound, min_size=1, max_size=6)


def histories(counts, top):
    """Every history of these counts whose daily rises are at most `top`: {count: rises of each day}."""
    daily = list(product(range(top + 1), repeat=len(DAYS) - 1))
    return [dict(zip(counts, rises, strict=True)) for rises in product(daily, repeat=len(counts))]


def rise(history, parts, start, end):
    return sum(sum(history[part][DAYS.index(start) : DAYS.index(end)]) for part in parts)


def true(history, bounds):
    return all(
        (rise(history, b.parts, b.start, b.end) >= b.limit)
        if b.at_least
        else (rise(history, b.parts, b.start, b.end) <= b.limit)
        for b in bounds
    )


ONE = histories(("a",), 2 * MOST + 1)
TWO = histories(COUNTS, MOST)


@EXAMPLES
@given(bounds_of(("a",)))
def test_paths_give_the_bounds_of_all_histories(bounds):
    paths = Paths(bounds, DAYS, ["a"])
    held = [history for history in ONE if true(history, bounds)]
    assert paths.possible() == bool(held)
    for start in DAYS if held else []:
        for day, found in paths.rises(("a",), start).items():
            rises = [rise(history, ("a",), start, day) for history in held]
            assert found.low == min(rises)
            assert found.high == max(rises) if found.high is not None else max(rises) > MOST


@FEWER
@given(bounds_of(("a",)))
def test_program_and_paths_agree(bounds):
    paths, program = Paths(bounds, DAYS, ["a"]), Program(bounds, DAYS, ["a"])
    assert paths.possible() == program.possible()
    if paths.possible():
        both = [
            {day: found[:2] for day, found in one.rises(("a",), DAYS[0]).items()} for one in (paths, program)
        ]
        assert both[0] == both[1]


def capped(bounds):
    """The bounds with the daily rise of each count limited to MOST, so that TWO holds every history."""
    caps = [
        Bound(f"cap {count} {day}", (count,), day, day + timedelta(days=1), False, MOST)
        for count in COUNTS
        for day in DAYS[:-1]
    ]
    return bounds + caps


@FEWER
@given(bounds_of(COUNTS))
def test_programs_of_sums_give_the_bounds_of_all_histories(bounds):
    program = Program(capped(bounds), DAYS, list(COUNTS))
    held = [history for history in TWO if true(history, bounds)]
    assert program.possible() == bool(held)
    for parts in [("a",), ("b",), COUNTS] if held else []:
        for day, found in program.rises(parts, DAYS[0]).items():
            rises = [rise(history, parts, DAYS[0], day) for history in held]
            assert (found.low, found.high) == (min(rises), max(rises))


def binding(bounds, ids):
    return [bound for bound in bounds if bound.claim_id in ids]


@EXAMPLES
@given(bounds_of(("a",)))
def test_the_claims_that_bind_a_bound_suffice_for_it(bounds):
    paths = Paths(bounds, DAYS, ["a"])
    for found in paths.rises(("a",), DAYS[0]).values() if paths.possible() else []:
        for value, ids, side in (
            (found.low, found.low_claims, "low"),
            (found.high, found.high_claims, "high"),
        ):
            if value:
                alone = Paths(binding(bounds, ids), DAYS, ["a"]).rises(("a",), DAYS[0])
                assert value in {getattr(one, side) for one in alone.values()}


def brute_conflicts(bounds, worlds):
    """Every smallest set of claims that no history meets, by trying all sets."""
    ids = sorted({bound.claim_id for bound in bounds})
    found = []
    for size in range(1, len(ids) + 1):
        for chosen in map(frozenset, combinations(ids, size)):
            if any(known <= chosen for known in found):
                continue
            if not any(true(history, binding(bounds, chosen)) for history in worlds):
                found.append(chosen)
    return set(found)


WINDOWS_AT_ODDS = [
    Bound("w", ("a",), DAYS[0], DAYS[2], False, 1),
    Bound("w", ("a",), DAYS[0], DAYS[1], True, 1),
    Bound("w", ("a",), DAYS[1], DAYS[2], True, 1),
    Bound("x", ("a",), DAYS[0], DAYS[2], True, 2),
]


@EXAMPLES
@given(bounds_of(("a",)))
@example(WINDOWS_AT_ODDS)
def test_every_smallest_conflict_of_one_count(bounds):
    found = list(conflicts(bounds))
    assert len(found) == len(set(found)) and set(found) == brute_conflicts(bounds, ONE)


@FEWER
@given(bounds_of(COUNTS))
def test_every_smallest_conflict_of_sums(bounds):
    # No bound asks for more than MOST, so that a history with larger daily rises meets no more bounds than one of these.
    found = list(conflicts(bounds))
    assert len(found) == len(set(found)) and set(found) == brute_conflicts(bounds, TWO)


AT_ODDS_WITH_ITSELF = [
    Bound("w", ("a",), DAYS[0], DAYS[1], False, 0),
    Bound("w", ("b",), DAYS[0], DAYS[1], False, 0),
    Bound("w", ("a", "b"), DAYS[0], DAYS[1], True, 1),
    Bound("x", ("a",), DAYS[0], DAYS[1], True, 1),
]


@EXAMPLES
@given(bounds_of(COUNTS))
@example(AT_ODDS_WITH_ITSELF)
def test_a_conflict_stops_without_any_one_member_and_its_proof_adds_up(bounds):
    for conflict in conflicts(bounds):
        held = binding(bounds, conflict)
        assert not system(held, []).possible()
        for member in conflict:
            rest = binding(held, conflict - {member})
            assert not rest or system(rest, []).possible()
        sums = proof(held)
        assert sums.least > sums.most or not sums.at_least
        assert {bound.claim_id for bound, _ in sums.at_least + sums.at_most} in (conflict, set())


@FEWER
@given(bounds_of(COUNTS), bounds_of(COUNTS).map(lambda bounds: bounds[0]))
def test_a_further_bound_never_widens_any(bounds, further):
    fewer, more = (Program(given, DAYS, list(COUNTS)) for given in (bounds, [*bounds, further]))
    if not more.possible():
        return
    for parts in [("a",), ("b",), COUNTS]:
        for day, narrow in more.rises(parts, DAYS[0]).items():
            wide = fewer.rise(parts, DAYS[0], day)
            assert wide.low <= narrow.low
            assert wide.high is None or narrow.high <= wide.high


def test_what_only_fails_in_whole_numbers_is_found():
    one, two, three, four = DAYS
    halves = [
        Bound("w", ("a",), one, two, False, 0),
        Bound("w", ("a",), three, four, False, 0),
        Bound("w", ("b",), two, three, False, 0),
        *(Bound("x", COUNTS, one, three, at_least, 1) for at_least in (True, False)),
        *(Bound("y", COUNTS, two, four, at_least, 1) for at_least in (True, False)),
        *(Bound("z", ("b",), one, four, at_least, 1) for at_least in (True, False)),
    ]
    assert Program(halves, DAYS, list(COUNTS)).proof() is None
    assert smallest(halves) == frozenset("wxyz") and list(conflicts(halves)) == [frozenset("wxyz")]
    assert proof(halves).at_least == []


@pytest.mark.parametrize("limit", [10**9, 10**12])
def test_large_numbers_stay_exact(limit):
    start, end = DAYS[0], DAYS[1]
    exact = [Bound("x", ("a",), start, end, at_least, limit + 1) for at_least in (True, False)]
    assert Paths(exact, DAYS, ["a"]).rises(("a",), start)[end][:2] == (limit + 1, limit + 1)
    assert not system([*exact, Bound("y", ("a",), start, end, False, limit)], []).possible()
