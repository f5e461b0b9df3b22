"""The reconciliation on generated worlds: claims derived from a true history never conflict, planted contradictions are found."""

from datetime import date, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest
from hardship import SCALE, rounds
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.counts import bounds
from headcount.reconcile import verdict_table
from headcount.standings import consistency
from headcount.tables import DTYPES, columns, fields
from headcount.totals import contradictions, total_table

FIRST = date(2019, 5, 1)
STORY = SimpleNamespace(
    campaign_start=(FIRST, FIRST),
    facts={
        "campaign": {},
        "sums": {"women_and_children": ["women", "children"]},
        "series": [{"counted": "children", "action": "rescued"}, {"counted": "women", "action": "rescued"}],
    },
)
EXAMPLES = settings(max_examples=rounds(20, 400), deadline=None, derandomize=not SCALE, database=None)
FEWER = settings(EXAMPLES, max_examples=rounds(8, 120))
QUALIFIERS = ["exact", "more_than", "at_least", "almost", "about", "at_most", "less_than", "indefinite"]


def claim(value, qualifier="exact", counted="children", scope="campaign", start=None, end=None, **others):
    """A claim as a dict, its windows from `start` to `end`, (earliest, latest) pairs of days."""
    start, end = start or (FIRST, FIRST), end or (FIRST, FIRST)
    (low, high), (newsroom_low, newsroom_high) = bounds(value, None, qualifier)
    row = dict.fromkeys(columns("claims"), "") | {
        "value": value, "value_high": None, "qualifier": qualifier, "qualifier_shared": False, "start": 0, "end": 1,
        "low": low, "high": high, "newsroom_low": newsroom_low, "newsroom_high": newsroom_high,
        "counted": counted, "noun": counted, "action": "rescued", "scope": scope, "source_id": "t", "sentence": "s",
        "from_earliest": start[0].isoformat(), "from_latest": start[1].isoformat(),
        "to_earliest": end[0].isoformat(), "to_latest": end[1].isoformat(), "reported_by": "Paper",
    }  # fmt: skip
    return row | others


def frame_of(claims):
    """Claims as read from claims.csv, each with an id and a fact of its own unless they give one."""
    rows = [
        row | {"claim_id": row["claim_id"] or f"t:{number:03}", "fact_id": row["fact_id"] or f"f{number:03}"}
        for number, row in enumerate(claims)
    ]
    frame = pd.DataFrame(rows, columns=columns("claims"))
    return frame.astype({field["name"]: DTYPES[field["type"]] for field in fields("claims")})


@st.composite
def worlds(draw):
    """(claims, daily rises of women and of children) of a true history of up to twelve days."""
    days = draw(st.integers(2, 12))
    rise = st.integers(0, draw(st.sampled_from([3, 400])))
    history = {count: [draw(rise) for _ in range(days)] for count in ("women", "children")}
    claims = [true_claim(draw, history, days) for _ in range(draw(st.integers(1, 9)))]
    return frame_of([one for one in claims if one]), history


def true_claim(draw, history, days):
    """A claim that the history makes true, hedged and dated in any way; None where a number does not fit its hedge."""
    counted = draw(st.sampled_from(["women", "children", "women_and_children"]))
    scope = draw(st.sampled_from(["campaign", "annual", "operation"]))
    start = 0 if scope == "campaign" else draw(st.integers(0, days - 1))
    end = draw(st.integers(start, days - 1))
    early, late = draw(st.integers(0, start)), draw(st.integers(start, end))
    first, last = draw(st.integers(late, end)), draw(st.integers(end, days - 1))
    truth = risen(history, counted, start, end)
    if scope == "operation":
        truth = draw(st.integers(0, truth))
    if scope == "campaign":
        early = late = 0
    qualifier = draw(st.sampled_from(QUALIFIERS))
    place = draw(st.sampled_from([1, 10, 100]))
    value = {
        "exact": truth,
        "more_than": (truth - 1) // place * place,
        "at_least": truth // place * place,
        "almost": (truth // place + 1) * place,
        "about": (truth + place // 2) // place * place,
        "at_most": -(-truth // place) * place,
        "less_than": (truth // place + 1) * place,
        "indefinite": truth // 2,
    }[qualifier]
    if value <= 0 or not holds(value, qualifier, truth):
        return None
    day = [FIRST + timedelta(days=number) for number in range(days)]
    return claim(value, qualifier, counted, scope, (day[early], day[late]), (day[first], day[last]))


def risen(history, counted, start, end):
    parts = STORY.facts["sums"].get(counted, [counted])
    return sum(sum(history[part][start : end + 1]) for part in parts)


def holds(value, qualifier, truth):
    """Whether a number so hedged tells the truth under both readings."""
    return all(
        (low is None or low <= truth) and (high is None or truth <= high)
        for low, high in bounds(value, None, qualifier)
    )


@EXAMPLES
@given(worlds())
def test_true_claims_never_conflict_and_every_bound_holds_the_truth(world):
    claims, history = world
    for reading in ("literal", "newsroom"):
        assert contradictions(claims, STORY, reading) == []
    for row in total_table(claims, STORY).to_dict("records"):
        day = (date.fromisoformat(row["date"]) - FIRST).days
        truth = risen(history, row["counted"], 0, day)
        assert row["low"] <= truth and (pd.isna(row["high"]) or truth <= row["high"])


@EXAMPLES
@given(worlds())
def test_true_claims_get_no_verdict_of_conflict(world):
    # Each claim is a fact of its own here: only totals and parts are held against each other.
    verdicts = verdict_table(world[0], STORY)
    assert "conflict" not in set(verdicts["relation"])


@FEWER
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_claims_changes_nothing(world, random):
    claims = world[0]
    turned = claims.sample(frac=1, random_state=random.randrange(10**6)).reset_index(drop=True)
    for table in (verdict_table, total_table):
        pd.testing.assert_frame_equal(table(claims, STORY), table(turned, STORY))


@FEWER
@given(worlds())
def test_a_further_claim_never_widens_a_bound(world):
    claims, _ = world
    keys = ["counted", "action", "date", "reading"]
    all_of_them, fewer = (total_table(rows, STORY).set_index(keys) for rows in (claims, claims.iloc[:-1]))
    for key in all_of_them.index.intersection(fewer.index):
        narrow, wide = all_of_them.loc[key], fewer.loc[key]
        assert wide["low"] <= narrow["low"]
        assert pd.isna(wide["high"]) or narrow["high"] <= wide["high"]


def day(number):
    return (FIRST + timedelta(days=number),) * 2


YEAR = {"scope": "annual", "start": day(10), "end": day(20)}
TRUE = [
    claim(700, end=day(9), claim_id="early"),
    claim(1000, end=day(20), claim_id="late"),
    claim(300, claim_id="year", **YEAR),
    claim(2000, counted="women", end=day(20), claim_id="women"),
    claim(3000, "more_than", counted="women_and_children", end=day(25), claim_id="both"),
    claim(40, scope="operation", start=day(12), end=day(12), claim_id="raid"),
]


def planted(name, **changes):
    """The true claims with one of them falsified."""
    return frame_of(
        [row | (claim(**{**CALLS[name], **changes}) if row["claim_id"] == name else {}) for row in TRUE]
    )


CALLS = {
    row["claim_id"]: {
        "value": row["value"], "qualifier": row["qualifier"], "counted": row["counted"], "scope": row["scope"],
        "start": tuple(date.fromisoformat(row[end]) for end in ("from_earliest", "from_latest")),
        "end": tuple(date.fromisoformat(row[end]) for end in ("to_earliest", "to_latest")), "claim_id": row["claim_id"],
    }
    for row in TRUE
}  # fmt: skip


def found(claims):
    return {one.claims for one in contradictions(claims, STORY, "literal")}


def test_the_true_claims_are_possible():
    assert found(frame_of(TRUE)) == set()


@pytest.mark.parametrize(
    "name, changes, sets, words",
    [
        ("late", {"value": 10000}, {("early", "late", "year")}, "1,000 by 21 May 2019"),  # a digit slipped
        (
            "early",
            {"value": 1700},
            {("early", "late")},
            "1,700 by 10 May 2019 is more than",
        ),  # an impossible earlier total
        ("early", {"value": 600}, {("early", "late", "year")}, "make at most 900 by 21 May 2019, not 1,000"),
        ("raid", {"value": 400}, {("raid", "year")}, "400 on 13 May 2019 is more than 300"),
        (
            "women",
            {"counted": "children"},
            {("late", "women")},
            "2,000 by 21 May 2019 is more than 1,000",
        ),  # another population
        ("both", {"qualifier": "at_most", "value": 2900}, {("both", "late", "women")}, "make at least 3,000"),
    ],
)
def test_planted_contradictions_are_found_and_named(name, changes, sets, words):
    claims = planted(name, **changes)
    assert sets <= found(claims)
    told = " ".join(one.answer for one in consistency(claims, STORY, "literal"))
    assert told.startswith("No. ") and words in told
    verdicts = verdict_table(claims, STORY)
    conflicts = verdicts[(verdicts.relation == "conflict") & (verdicts.reading == "literal")]
    assert sets <= {tuple(sorted(ids.split())) for ids in conflicts.claims}


def test_figures_of_one_operation_in_two_texts_are_held_against_each_other():
    raid = {"scope": "operation", "start": day(12), "end": day(12)}
    first = [claim(178, **raid, fact_id="c1"), claim(608, counted="suspects", **raid, fact_id="s")]
    other = {"source_id": "u", "sentence": "other"}
    second = [
        claim(187, **raid, fact_id="c2") | other,
        claim(608, counted="suspects", **raid, fact_id="s") | other,
    ]
    verdicts = verdict_table(frame_of(first + second), STORY)
    conflicts = verdicts[verdicts.relation == "conflict"]
    assert (
        set(conflicts.reading) == {"literal", "newsroom"}
        and "187 and 178 both count" in conflicts.because.iloc[0]
    )


def test_a_total_of_one_place_bounds_the_whole_from_below_only():
    local = claim(300, end=day(20), place="Sichuan", claim_id="local")
    assert found(frame_of([*TRUE, local])) == set()
    assert found(frame_of([*TRUE, local | {"value": 1300, "low": 1300, "high": 1300}])) == {
        ("late", "local"),
        ("early", "local", "year"),
    }
