"""Stage 3, reconciliation: facts and verdicts from the claims. How two figures stand to each other is told by relations.py, what all of
them allow together by totals.py."""

from collections import Counter
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from headcount.operations import dated
from headcount.relations import difference, relate
from headcount.story import Story
from headcount.tables import checked, columns
from headcount.totals import EDGES, TOTALS, contradictions, partial, total_table, withdrawn
from headcount.voices import voices
from headcount.wording import (
    arithmetic,
    correction_text,
    counted_text,
    deed_text,
    figure_text,
    open_window,
    sentence_case,
    when_text,
)


class Reconciled(NamedTuple):
    """What claims come to: the tables facts, verdicts and totals, as in facts.csv, verdicts.csv and totals.csv."""

    facts: pd.DataFrame
    verdicts: pd.DataFrame
    totals: pd.DataFrame


def reconcile(claims: pd.DataFrame, story: Story, as_of: str = "") -> Reconciled:
    """The facts, verdicts and totals of claims (a table as of claims.csv) under a story's sums, voices and beginning. `as_of` is an ISO day for
    which totals are told beside those on which claims end, "" for the one in story.yml.

    >>> from headcount.claims import claims_of
    >>> from headcount.story import ROOT, Story
    >>> story = Story.at(ROOT)
    >>> found = reconcile(claims_of(story), story)
    >>> sums = found.verdicts.query("relation == 'sums_to' and reading == 'newsroom'")
    >>> sums["because"].iloc[0]
    '15,458 women and 8,660 children rescued in all of 2011 make 24,118: more than 24,000 women and children is that sum.'
    >>> totals = found.totals.query("counted == 'children' and date == '2010-12-31' and reading == 'literal'")
    >>> int(totals["low"].iloc[0])
    9858
    """
    made = {
        "facts": fact_table(claims, story),
        "verdicts": verdict_table(claims, story),
        "totals": total_table(claims, story, as_of or str(story.facts.get("as_of", ""))),
    }
    return Reconciled(**{name: checked(table, name, name) for name, table in made.items()})


# --- facts --------------------------------------------------------------------------------------------------------------


def fact_table(claims, story):
    """One row a fact: its claims, how many reports and voices, the bounds they agree on, and how they agree (facts.csv)."""
    spokesmen = story.facts.get("voices") or {}
    rows = []
    for fact_id, group in sorted(grouped(claims.to_dict("records"), "fact_id").items()):
        first = group[0]
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
                "voices": len(voices({claim["said_by"] for claim in group}, spokesmen)),
                "low": low,
                "high": high,
                "agreement": agreement(group, spokesmen),
                "claims": " ".join(claim["claim_id"] for claim in group),
            }
        )
    return pd.DataFrame(rows, columns=columns("facts"))


def grouped(records, key):
    """{value: the claims (dicts) that have it}, in the order of the claims."""
    groups = {}
    for claim in records:
        groups.setdefault(claim[key], []).append(claim)
    return groups


def meet(claims, reading):
    """(low, high) that all claims (dicts) allow together under a reading; None where none of them sets a bound."""
    lows, highs = (
        [int(claim[edge]) for claim in claims if not pd.isna(claim[edge])] for edge in EDGES[reading]
    )
    return max(lows, default=None), min(highs, default=None)


def agreement(claims, spokesmen):
    """How the reports of one fact stand to each other: single, echo, agree, rounded or conflict."""
    if len(claims) == 1:
        return "single"
    if len({(claim["value"], claim["qualifier"]) for claim in claims}) == 1:
        return "agree" if len(voices({claim["said_by"] for claim in claims}, spokesmen)) > 1 else "echo"
    low, high = meet(claims, "newsroom")
    return "conflict" if low is not None and high is not None and low > high else "rounded"


def window_text(claims):
    """The window the claims of a fact can all share, as from/to; an end known as an interval is written early..late."""

    def end(name):
        early = max(claim[f"{name}_earliest"] for claim in claims)
        late = min((claim[f"{name}_latest"] for claim in claims if claim[f"{name}_latest"]), default="")
        return early if early == late else f"{early}..{late}"

    text = f"{end('from')}/{end('to')}"
    return "" if text == "/" else text


# --- verdicts -----------------------------------------------------------------------------------------------------------


def verdict_table(claims, story):
    """A verdict for each pair, sum or larger set of claims that a reader could hold against each other, under both readings
    (verdicts.csv).

    In a story of very many figures those told most often are held against each other (see `busiest`); which of all claims cannot be
    true together is asked of all.
    """
    records, gone = dated(claims.sort_values("claim_id")), withdrawn(claims)
    chosen = busiest(records)
    standing = [claim for claim in chosen if claim["claim_id"] not in gone]
    falls, rows = story.facts.get("falls") or [], []
    for reading in EDGES:
        judged = [verdict(left, right, story, reading, gone) for left, right in pairs(chosen, falls, gone)]
        judged += [sum_verdict(parts, total, reading) for parts, total in sums(standing, story)]
        known = {frozenset(row["claims"].split()) for row in judged if row["relation"] == "conflict"}
        binding = [claim for claim in records if claim["claim_id"] not in gone]
        figures = {claim["claim_id"]: claim for claim in distinct(binding, *FIGURE)}
        proven = [
            conflict_verdict(one, figures, reading)
            for one in contradictions(claims[claims["claim_id"].isin(figures)], story, reading)
            if frozenset(one.claims) not in known
        ]
        told = {_sides(row) for row in proven}  # what is proven stands before what a pair alone told
        rows += [row for row in judged if _sides(row) not in told] + proven
    return pd.DataFrame(rows, columns=columns("verdicts")).sort_values("verdict_id", ignore_index=True)


def _sides(row):
    """The claims that a verdict holds against each other."""
    return frozenset(f"{row['left']} {row['right']}".split())


FIGURE = ("fact_id", "value", "value_high", "qualifier")


MOST_FIGURES, OF_A_FACT = 200, 12  # held against each other, in all and of one fact: 20,000 pairs at most


def busiest(records):
    """The claims (dicts) whose figures are held against each other pair by pair: up to MOST_FIGURES figures by outlet, of the facts
    with the most reports first, up to OF_A_FACT of each. All claims where there are no more figures."""
    figures = {}
    for claim in records:
        figures.setdefault(tuple(str(claim[key]) for key in (*FIGURE, "reported_by")), []).append(claim)
    if len(figures) <= MOST_FIGURES:
        return records
    reports = Counter(claim["fact_id"] for claim in records)
    ranked = sorted(
        figures, key=lambda figure: (-reports[figure[0]], figure[0], -len(figures[figure]), figure)
    )
    taken, names = Counter(), set()
    for figure in ranked:
        if taken[figure[0]] < OF_A_FACT and taken.total() < MOST_FIGURES:
            taken[figure[0]] += 1
            names |= {claim["claim_id"] for claim in figures[figure]}
    return [claim for claim in records if claim["claim_id"] in names]


def distinct(records, *keys):
    """The first of the claims that are alike in `keys`, those with a whole window before others."""
    first = {}
    for claim in sorted(records, key=open_window):
        first.setdefault(tuple(str(claim[key]) for key in keys), claim)
    return sorted(first.values(), key=lambda claim: claim["claim_id"])


def pairs(records, falls=(), gone=None):
    """Yield the pairs (larger, smaller) that a reader could hold against each other.

    Of one fact: what different outlets print, or one outlet in different figures. Of one count and act: totals among each other, and
    operations against totals. Of one operation: figures of different texts. Of different acts: what a text tells of a gang's deeds
    and of a police operation. A count that `falls`, an act in story.yml, may be another on another day: only reports of one fact are
    held against each other. Of the figures `gone`, withdrawn by what they are mapped to: with what corrects them.
    """
    for group in grouped(distinct(records, *FIGURE, "reported_by"), "fact_id").values():
        for left, right in combinations(group, 2):
            yield ordered(left, right)
    for left, right in combinations(distinct(records, *FIGURE), 2):
        if left["fact_id"] == right["fact_id"] or not left["counted"] or left["counted"] != right["counted"]:
            continue
        scopes, one_text = {left["scope"], right["scope"]}, left["source_id"] == right["source_id"]
        if left["action"] == right["action"] != "":
            if left["action"] in falls or not current(left, right, gone or {}):
                continue
            with_total = scopes & set(TOTALS) and scopes <= {*TOTALS, "operation"}
            same = left["operation"] and left["operation"] == right["operation"]
            if with_total or (same and not one_text):
                yield ordered(left, right)
        elif scopes == {"group", "operation"} and one_text and left["value"] != right["value"]:
            yield ordered(left, right)


def current(left, right, gone):
    """Whether neither of two figures is withdrawn, or one corrects the other."""
    both = (left, right), (right, left)
    return all(
        old["claim_id"] not in gone or gone[old["claim_id"]]["fact_id"] == new["fact_id"] for old, new in both
    )


def ordered(left, right):
    """The pair with the total first, then the larger figure; of two that tell the same fact, the exact one."""

    def rank(claim):
        same = left["fact_id"] == right["fact_id"]
        return claim["scope"] in TOTALS, same and claim["qualifier"] == "exact", claim["value"]

    return (left, right) if rank(left) >= rank(right) else (right, left)


def verdict(left, right, story, reading, gone):
    """How two figures stand to each other under a reading: one row of verdicts.csv. `gone` are the figures withdrawn, with what
    corrects them: they contradict nothing any more."""
    relation, because = relate(left, right, story, reading)
    corrected = [gone[claim["claim_id"]] for claim in (left, right) if claim["claim_id"] in gone]
    if corrected and (left["fact_id"] != right["fact_id"] or relation == "conflict"):
        old = left if left["claim_id"] in gone else right
        relation, because = "not_comparable", correction_text(old, corrected[0])
    low, high = difference([left], [right], reading)
    if relation == "not_comparable":
        low = high = None
    if relation in ("part_of", "later_total") and low is not None and low < 0:
        low = 0
    others = {claim["dated_by"] for claim in (left, right) if claim["dated_by"]}
    others |= {claim["claim_id"] for claim in corrected}
    return row_of([left], [right], relation, reading, (low, high), because, others)


def row_of(left, right, relation, reading, apart, because, others=()):
    """One row of verdicts.csv; `left` and `right` are lists of claims, `others` ids of further claims it stands on."""
    sides = [" ".join(claim["claim_id"] for claim in side) for side in (left, right)]
    return {
        "verdict_id": "~".join([*(side.replace(" ", "+") for side in sides), reading]),
        "left": sides[0],
        "right": sides[1],
        "relation": relation,
        "reading": reading,
        "difference_low": apart[0],
        "difference_high": apart[1],
        "because": sentence_case(because),
        "claims": " ".join([*sides, *sorted(set(others) - set(" ".join(sides).split()))]),
    }


# --- sums, and larger sets ----------------------------------------------------------------------------------------------


def sums(records, story):
    """Yield ([part, part …], total): claims whose counts story.yml says make up the total's, of the same act, window and place."""
    figures = distinct([claim for claim in records if not open_window(claim)], *FIGURE)
    for total in figures:
        rows = [
            [claim for claim in figures if claim["counted"] == name and same_whole(claim, total, story)]
            for name in (story.facts.get("sums") or {}).get(total["counted"], [])
        ]
        for parts in combine(rows):
            yield parts, total


def combine(rows):
    """Every way to take one of each row; none if there are no rows."""
    choices = [[]] if rows else []
    for row in rows:
        choices = [[*taken, one] for taken in choices for one in row]
    return choices


def same_whole(one, other, story):
    """Whether two claims count the same act over the same window, of the same place or of the whole that the story is about."""
    names = ("action", "scope", "from_earliest", "from_latest", "to_earliest", "to_latest")
    there = one["place"] == other["place"] or not (partial(one, story) or partial(other, story))
    return there and all(one[name] == other[name] for name in names)


def sum_verdict(parts, total, reading):
    """How claims that should add up stand to the claim of their sum: one row of verdicts.csv."""
    low, high = difference(parts, [total], reading)
    adds_up = (low is None or low <= 0) and (high is None or high >= 0)
    sides = " and ".join(f"{figure_text(part)} {counted_text(part)}" for part in parts)
    whole = f"{sum(part['value'] for part in parts):,}"
    because = f"{sides} {deed_text(total)} {when_text(total)} make {whole}" + (
        f": {figure_text(total)} {counted_text(total)} is that sum."
        if adds_up
        else f", not {figure_text(total)}."
    )
    return row_of(parts, [total], "sums_to" if adds_up else "conflict", reading, (low, high), because)


def conflict_verdict(contradiction, claims, reading):
    """The row of verdicts.csv for a smallest set of claims that cannot all be true; `claims` are the story's by id."""
    proof = contradiction.proof
    least = sorted({bound.claim_id for bound, _ in proof.at_least})
    most = sorted(set(contradiction.claims) - set(least))
    apart = (proof.least - proof.most, None) if most else (None, None)
    sides = [[claims[name] for name in side] for side in (least, most)]
    if not all(sides):  # only whole numbers fail
        sides = [
            [claims[name] for name in contradiction.claims[:1]],
            [claims[name] for name in contradiction.claims[1:]],
        ]
    return row_of(*sides, "conflict", reading, apart, arithmetic(contradiction, claims))
