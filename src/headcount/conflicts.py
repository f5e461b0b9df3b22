"""Claims that cannot all be true: every smallest set of them, and the arithmetic that proves it."""

from typing import NamedTuple

import numpy as np

from headcount.constraints import Program, system

SEARCHES, SEARCHED = 300, 500_000  # for further conflicts at most, and bounds looked through in all of them
CELLS = 4_000_000  # pairs of a lower and an upper bound looked at at once


class Proof(NamedTuple):
    """Bounds that contradict each other, each with how often it counts: `at_least` rises of `least` in all must fit where `at_most`
    allow `most` in all. Both empty where only whole numbers fail."""

    at_least: list
    least: int
    at_most: list
    most: int


def conflicts(bounds):
    """Yield every smallest set of claims (a frozenset of ids) whose bounds cannot all hold: without any one member they can.

    Pairs come first, in order of their ids. Each further set is found in what remains when some members of the known ones are left out;
    to meet each set once, the set that lacks its n-th member is looked for among those that hold the members before it. As many
    independent conflicts make very many such cases, the search ends after SEARCHES, or SEARCHED bounds; the last that is yielded is then None.
    """
    if not bounds or system(bounds, []).possible():
        return
    found = sorted(pairs(bounds), key=sorted)
    yield from found
    open_cases, searches = [(frozenset(), frozenset())], max(1, min(SEARCHES, SEARCHED // len(bounds)))
    while open_cases:
        left_out, held = open_cases.pop()
        conflict = next((known for known in found if not known & left_out), None)
        if conflict is None:
            if not searches:
                yield None
                return
            searches -= 1
            conflict = smallest([bound for bound in bounds if bound.claim_id not in left_out])
            if conflict is None:
                continue
            found.append(conflict)
            yield conflict
        free = sorted(conflict - held)
        for number, member in enumerate(free):
            open_cases.append((left_out | {member}, held | set(free[:number])))


def pairs(bounds):
    """The pairs of claims that cannot both hold: at least so many in a window that lies in one of at most fewer; and each claim that
    cannot hold alone."""
    lower = [bound for bound in bounds if bound.at_least]
    upper = [bound for bound in bounds if not bound.at_least]
    found = set()
    for parts in {bound.parts for bound in lower}:
        inner = [bound for bound in lower if bound.parts == parts]
        outer = [bound for bound in upper if set(parts) <= set(bound.parts)]
        columns = [_numbers(outer, name) for name in ("start", "end", "limit")]
        step = max(1, CELLS // max(1, len(outer)))
        for first in range(0, len(inner), step):
            block = inner[first : first + step]
            start, end, limit = (_numbers(block, name)[:, None] for name in ("start", "end", "limit"))
            clash = (columns[0] <= start) & (end <= columns[1]) & (limit > columns[2])
            found |= {
                frozenset((block[row].claim_id, outer[column].claim_id)) for row, column in np.argwhere(clash)
            }
    alone = {pair for pair in found if len(pair) == 1} | at_odds_with_themselves(bounds)
    return alone | {pair for pair in found if not any(one <= pair for one in alone)}


def at_odds_with_themselves(bounds):
    """The claims, each as a set of one, that say three things or more which cannot all hold; two that clash are a pair."""
    said = {}
    for bound in bounds:
        said.setdefault(bound.claim_id, []).append(bound)
    return {
        frozenset((claim,)) for claim, own in said.items() if len(own) > 2 and not system(own, []).possible()
    }


def _numbers(bounds, name):
    values = [getattr(bound, name) for bound in bounds]
    return np.array([value if name == "limit" else value.toordinal() for value in values], dtype=np.int64)


def smallest(bounds):
    """The claims of one smallest set that cannot all hold; None if all bounds can."""
    claims = system(bounds, []).conflict() if bounds else None
    for claim in sorted(claims or ()):
        rest = [bound for bound in bounds if bound.claim_id in claims and bound.claim_id != claim]
        if rest and not system(rest, []).possible():
            claims = claims - {claim}
    return frozenset(claims) if claims else None


def _program(bounds):
    days = sorted({day for bound in bounds for day in (bound.start, bound.end)})
    return bounds, days, sorted({part for bound in bounds for part in bound.parts})


def proof(bounds):
    """The Proof that these bounds, of a smallest set of claims, cannot all hold."""
    times = Program(*_program(bounds)).proof() or {}
    least = [(bounds[number], count) for number, count in times.items() if bounds[number].at_least]
    most = [(bounds[number], count) for number, count in times.items() if not bounds[number].at_least]
    return Proof(
        least,
        sum(bound.limit * count for bound, count in least),
        most,
        sum(bound.limit * count for bound, count in most),
    )
