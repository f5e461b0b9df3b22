"""Running totals: what claims together allow for counts that never fall, and which claims cannot all be true."""

from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

import pandas as pd

from headcount.facts import near
from headcount.story import whole_of
from headcount.tables import columns
from headcount.tolls import elsewhere

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
    and an upper bound on the narrowest: within the days of the interval the count may stand anywhere between. Counts that can fall
    are bounded by nothing, and figures that a text withdraws bound nothing.
    """
    groups, rows = [], bounding(claims)
    falling = rows["action"].isin(story.facts.get("falls") or [])
    standing = rows[~falling & ~rows["claim_id"].isin(withdrawn(claims))]
    for action, rows in standing.sort_values("claim_id").groupby("action", sort=True):
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


def withdrawn(claims):
    """{claim_id: claim that corrects it (a dict)} of the totals that a later text says do not stand: "revised to 104, not 112".

    The text must name the figure as denied or as superseded by a lower one, and give another in the same sentence. It withdraws the
    figure wherever it was told by then, unless it and they name different speakers: then it is a dispute, no correction. With the figure
    goes its rounded form in the same text ("more than 110"), if it does not fit the new one.
    """
    doubted = claims[claims["action"].str.match("(?:denied|superseded)_")]
    if doubted.empty:
        return {}
    totals = claims[claims["scope"].isin(TOTALS) & (claims["to_latest"] != "")]
    told = ["source_id", "sentence", "action", "counted", "value"]
    beside = doubted[told].merge(totals, on=["source_id", "sentence"], suffixes=("_old", ""))
    found = {}
    for new in beside.to_dict("records"):
        doubt, _, action = new["action_old"].partition("_")
        lower = doubt == "denied" or new["value"] < new["value_old"]
        if not lower or action != new["action"] or new["counted_old"] not in ("", new["counted"]):
            continue
        kind = (totals[["counted", "action"]] == [new["counted"], action]).all(axis="columns")
        voice = totals["said_by"].str.lower().isin(["", new["said_by"].lower()]) | (new["said_by"] == "")
        told = totals[kind & voice & (totals["to_latest"] <= new["to_latest"])]
        gone = told[told["value"] == new["value_old"]]
        there = told[told["source_id"].isin([new["source_id"], *gone["source_id"]])]
        gone = [*gone["claim_id"], *rounded_forms(there, new["value_old"], new["value"])]
        found |= dict.fromkeys(gone, new)
    return found


def rounded_forms(claims, old, new):
    """The ids of the hedged claims (a frame) that are a rounded form of the figure `old` and leave no room for `new`."""
    hedged = claims[claims["qualifier"] != "exact"].astype(object).where(claims.notna(), None)
    for claim in hedged.to_dict("records"):
        around = _holds(near(claim), old) and None not in near(claim)
        if around and not _holds((claim["low"], claim["high"]), new):
            yield claim["claim_id"]


def _holds(bounds, value):
    """Whether a value lies within bounds (low, high), None where open."""
    low, high = bounds
    return (low is None or low <= value) and (high is None or value <= high)


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
    first, last = campaign_start or (date.max, date.min)
    if claim["scope"] == "campaign" and first <= day["from_earliest"] and day["from_latest"] <= last:
        eve = eve_of(campaign_start)
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
    return elsewhere(claim["place"], whole_of(story.facts))


def of_whole(claims, facts):
    """The claims (a frame) that name no place other than the whole that story.yml, `facts`, is about."""
    whole = whole_of(facts)
    return claims.loc[[not elsewhere(place, whole) for place in claims["place"]]]


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
    """Lowest and highest total of each series, and of each sum of series, on each day that matters (totals.csv), both readings;
    none for a story without a `campaign` or `event` to count from."""
    from headcount.constraints import system

    if not story.campaign_start:
        return pd.DataFrame(columns=columns("totals"))
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
                    lowest, highest = sorted(rise.low_claims), sorted(rise.high_claims)
                    ids = (" ".join(each) for each in (sorted({*lowest, *highest}), lowest, highest))
                    rows.append((name, group.action, day.isoformat(), reading, rise.low, rise.high, *ids))
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
