"""Running totals: what claims together allow for counts that never fall, and which claims cannot all be true."""

from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

import pandas as pd

from headcount import grammar
from headcount.tables import columns

TOTALS = ("campaign", "annual")
ENDS = ["from_earliest", "from_latest", "to_earliest", "to_latest"]
EDGES = {"literal": ("low", "high"), "newsroom": ("newsroom_low", "newsroom_high")}
MOST = 200  # smallest sets of contradicting claims that are listed of one group of counts


class Tied(NamedTuple):
    """Counts of one act that sums tie together, and the bounds that claims put on them: `counts` are what the sums are made of."""

    action: str
    counts: tuple
    bounds: list


def tied_counts(claims, story, reading):
    """The claims (a frame) of a story as Tied groups, in order of act and counts.

    A total of the campaign or of a year bounds the rise of its count over its window, and a total of one operation, which is a part,
    from below only; so does a total of one place. Where an end of a window is an interval, a lower bound is put on the widest window
    and an upper bound on the narrowest: within the days of the interval the count may stand anywhere between.
    """
    groups = []
    for action, rows in bounding(claims).sort_values("claim_id").groupby("action", sort=True):
        bounds = [bound for claim in rows.to_dict("records") for bound in bounds_of(claim, story, reading)]
        loose = {bound.parts for bound in bounds}
        while loose:
            counts = set(min(loose))
            while grown := {part for parts in loose if counts & set(parts) for part in parts} - counts:
                counts |= grown
            loose = {parts for parts in loose if not counts & set(parts)}
            groups.append(
                Tied(action, tuple(sorted(counts)), [bound for bound in bounds if counts & set(bound.parts)])
            )
    return groups


def bounding(claims):
    """The claims that bound a running total: those of the campaign, a year or an operation with a whole window and a thing counted."""
    whole = (claims[ENDS] != "").all(axis="columns")
    scoped = claims["scope"].isin((*TOTALS, "operation"))
    return claims[whole & scoped & (claims["counted"] != "") & (claims["action"] != "")]


def bounds_of(claim, story, reading):
    """The Bounds that a claim (a dict) with a whole window sets under a reading: none, one or two."""
    from headcount.constraints import Bound  # here, since it needs scipy: the figures import this module too

    widest, narrow, until, latest = window(claim, story.campaign_start)
    low, high = (claim[name] for name in EDGES[reading])
    parts = parts_of(claim["counted"], story.facts.get("sums") or {})
    bounds = []
    if not pd.isna(low) and low > 0 and widest < latest:
        bounds.append(Bound(claim["claim_id"], parts, widest, latest, True, int(low)))
    if not pd.isna(high) and narrow < until and claim["scope"] in TOTALS and not partial(claim, story):
        bounds.append(Bound(claim["claim_id"], parts, narrow, until, False, int(high)))
    return bounds


def window(claim, campaign_start):
    """(widest start, narrowest start, narrowest end, widest end) of a claim: days at whose close the count stands before and after."""
    day = {name: date.fromisoformat(claim[name]) for name in ENDS}
    eve = eve_of(campaign_start)
    first, last = campaign_start
    if claim["scope"] == "campaign" and first <= day["from_earliest"] and day["from_latest"] <= last:
        return (
            eve,
            eve,
            day["to_earliest"],
            day["to_latest"],
        )  # "since April 2009" is since the campaign began
    before = timedelta(days=1)
    return day["from_earliest"] - before, day["from_latest"] - before, day["to_earliest"], day["to_latest"]


def eve_of(campaign_start):
    """The day before the campaign can have begun, from whose close running totals are counted."""
    return campaign_start[0] - timedelta(days=1)


def parts_of(counted, sums):
    """What a thing counted is made of by story.yml's `sums`, itself if it is no sum; a sorted tuple."""
    if counted not in sums:
        return (counted,)
    return tuple(sorted({part for name in sums[counted] for part in parts_of(name, sums)}))


def partial(claim, story):
    """Whether a claim names a place other than the whole that the story is about."""
    whole = grammar.compiled(grammar.load()["countrywide"]).fullmatch(claim["place"])
    return (
        bool(claim["place"]) and not whole and claim["place"] not in story.facts["campaign"].get("place", [])
    )


def series_claims(claims, counted, action):
    """The claims that a running total is drawn from: campaign and annual totals of one thing counted and act, with a whole window."""
    rows = bounding(claims)
    return rows[(rows["counted"] == counted) & (rows["action"] == action) & rows["scope"].isin(TOTALS)]


def series_totals(claims, counted, action):
    """All campaign and annual totals of one thing counted and act: (those with a whole window, the others)."""
    dated = series_claims(claims, counted, action)
    same = (claims["counted"] == counted) & (claims["action"] == action) & claims["scope"].isin(TOTALS)
    return dated, claims[same & ~claims["claim_id"].isin(dated["claim_id"])]


def total_table(claims, story, as_of=""):
    """Lowest and highest total of each series, and of each sum of series, on each day that matters (totals.csv), both readings."""
    from headcount.constraints import system

    eve = eve_of(story.campaign_start)
    days = {eve, date.fromisoformat(as_of)} if as_of else {eve}
    wanted = {(one["counted"], one["action"]) for one in story.facts["series"]}
    acts = {action for _, action in wanted}
    wanted |= {(total, action) for total in story.facts.get("sums") or {} for action in acts}
    rows = []
    for reading in EDGES:
        for group in tied_counts(claims, story, reading):
            named = {bound.claim_id for bound in group.bounds}
            counted = {*claims.loc[claims["claim_id"].isin(named), "counted"], *group.counts}
            counted = sorted(name for name in counted if (name, group.action) in wanted)
            bounds = system(group.bounds, days) if counted else None
            if not bounds or not bounds.possible():
                continue
            for name in counted:
                parts = parts_of(name, story.facts.get("sums") or {})
                for day, rise in bounds.rises(parts, eve).items():
                    ids = sorted({*rise.low_claims, *rise.high_claims})
                    rows.append(
                        (name, group.action, day.isoformat(), reading, rise.low, rise.high, " ".join(ids))
                    )
    frame = pd.DataFrame(rows, columns=columns("totals"))
    return frame.sort_values(["counted", "action", "date", "reading"], ignore_index=True)


class Contradiction(NamedTuple):
    """A smallest set of claims that cannot all be true, sorted ids, with the Proof, the Tied counts they are claims of, and whether
    all such sets of these counts have been found."""

    claims: tuple
    proof: object
    group: Tied
    complete: bool


def contradictions(claims, story, reading):
    """The Contradictions among a story's claims, at most MOST of each group of counts, the smallest first."""
    from headcount.conflicts import conflicts, proof

    found = []
    for group in tied_counts(claims, story, reading):
        sets = list(islice(conflicts(group.bounds), MOST))
        complete = len(sets) < MOST and None not in sets
        sets = [ids for ids in sets if ids]
        by_claim = {}
        for bound in group.bounds:
            by_claim.setdefault(bound.claim_id, []).append(bound)
        for ids in sets:
            bounds = [bound for name in sorted(ids) for bound in by_claim[name]]
            found.append(Contradiction(tuple(sorted(ids)), proof(bounds), group, complete))
    return sorted(found, key=lambda one: (one.group.action, one.group.counts, len(one.claims), one.claims))
