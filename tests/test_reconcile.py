"""The reconciliation, on invented texts: verdicts, contradictions and totals."""

from datetime import date

import pandas as pd
import pytest

from headcount import reconcile, totals
from headcount.claims import read_claims
from headcount.counts import Nouns
from headcount.facts import fact_ids
from headcount.tables import DTYPES, columns, fields

NOUNS = Nouns({"dead": ["people", "victims"], "homes": ["homes"]})
START = date(2019, 5, 1), date(2019, 5, 31)
SERIES = [{"counted": "dead", "action": "killed"}]


def claims_of(*texts):
    """The claims of [(day of publication, text)] as read from claims.csv."""
    claims = []
    for number, (day, text) in enumerate(texts):
        source = {"source_id": f"t{number}", "file": "x", "publisher": f"Paper {number}"}
        source |= {"published_earliest": day, "published_latest": day}
        claims += read_claims(text, source, NOUNS, START)[1]
    for claim, name in zip(claims, fact_ids(claims), strict=True):
        claim["fact_id"] = name
    frame = pd.DataFrame(claims, columns=columns("claims"))
    return frame.astype({field["name"]: DTYPES[field["type"]] for field in fields("claims")})


SINCE = "Since the earthquake struck on 12 May 2019, {} people have been killed, the ministry said."
EARLY = ("2019-05-14", SINCE.format("1,204"))
LATE = ("2019-05-20", SINCE.format("more than 1,400"))
ROUND = ("2019-05-20", SINCE.format("1,433"))
TOO_LOW = ("2019-06-14", SINCE.format("1,150"))


def relations(claims, reading="literal"):
    verdicts = reconcile.verdict_table(claims, SERIES)
    return list(verdicts[verdicts.reading == reading].relation)


@pytest.mark.parametrize(
    "texts, relation",
    [
        ([EARLY, LATE], "later_total"),
        ([LATE, ROUND], "rounding"),
        ([EARLY, TOO_LOW], "conflict"),
        ([ROUND, ("2019-12-31", "In 2019, 1,100 people were killed by earthquakes.")], "conflict"),
        ([ROUND, ("2019-05-20", SINCE.format("1,433"))], "same_figure"),
    ],
)
def test_relation(texts, relation):
    assert relations(claims_of(*texts)) == [relation]


def test_a_contradiction_says_its_arithmetic():
    [because] = (
        reconcile.verdict_table(claims_of(EARLY, TOO_LOW), SERIES).query("reading == 'literal'").because
    )
    assert "1,204 counts from 12 May 2019 to 14 May 2019" in because
    assert "at least 1,204 cannot be part of at most 1,150" in because


def test_totals_are_bounded_by_the_claims_before_and_after():
    table = totals.total_table(claims_of(EARLY, ROUND), SERIES, START, as_of="2019-05-17")
    literal = table[table.reading == "literal"].set_index("date")
    assert (literal.low["2019-05-17"], literal.high["2019-05-17"]) == (1204, 1433)
    start = EARLY[1].index("1,204")
    assert literal.claims["2019-05-17"] == f"t0:{start} t1:{start}"


def test_an_impossible_series_has_no_totals_and_a_smallest_set():
    claims = claims_of(EARLY, LATE, TOO_LOW)
    assert totals.total_table(claims, SERIES, START).empty
    [(series, contradiction)] = totals.impossible(claims, SERIES, START, "literal")
    assert (
        series == SERIES[0]
        and len(contradiction) == 2
        and "1150" in contradiction["value"].astype(str).tolist()
    )
    for claim_id in contradiction["claim_id"]:
        assert (
            list(
                totals.impossible(contradiction[contradiction.claim_id != claim_id], SERIES, START, "literal")
            )
            == []
        )


def test_possible_claims_name_no_contradiction():
    assert list(totals.impossible(claims_of(EARLY, LATE), SERIES, START, "literal")) == []


def test_a_count_of_one_day_is_no_total():
    claims = claims_of(EARLY, ("2019-05-18", "Rescuers said 12 people were killed on 17 May 2019."))
    assert list(claims.scope) == ["campaign", "other"]
    assert len(totals.series_claims(claims, **SERIES[0])) == 1


def test_no_totals_make_empty_tables():
    claims = claims_of(("2019-05-18", "Police found 12 boats."))
    assert totals.total_table(claims, SERIES, START).empty
    assert reconcile.verdict_table(claims, SERIES).empty
    assert len(reconcile.fact_table(claims)) == 1


def test_order_of_claims_changes_no_verdict():
    claims = claims_of(EARLY, LATE, ROUND, TOO_LOW)
    turned = claims.iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        reconcile.verdict_table(claims, SERIES), reconcile.verdict_table(turned, SERIES)
    )


def test_one_ministry_under_two_spellings_is_one_voice():
    assert reconcile.voice("public security ministry") == reconcile.voice("Ministry of Public Security")
