"""The reconciliation, on invented texts: verdicts, contradictions and totals."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from headcount import HeadcountError, reconcile, standings, totals, voices, wording
from headcount.claims import read_claims
from headcount.estimates import estimates
from headcount.facts import fact_ids
from headcount.nouns import Nouns
from headcount.story import ROOT, Story
from headcount.suppositions import suppositions
from headcount.tables import DTYPES, columns, fields, read_table

NOUNS = Nouns({"dead": ["people", "victims"], "homes": ["homes"]})
START = date(2019, 5, 1), date(2019, 5, 31)
STORY = SimpleNamespace(
    campaign_start=START,
    facts={"campaign": {}, "series": [{"counted": "dead", "action": "killed"}]},
    folder="story",
)


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
    verdicts = reconcile.verdict_table(claims, STORY)
    return list(verdicts[verdicts.reading == reading].relation)


@pytest.mark.parametrize(
    "texts, relation",
    [
        ([EARLY, LATE], "later_total"),
        (
            [("2019-05-14", SINCE.format("about 1,300")), ("2019-05-20", SINCE.format("at least 1,250"))],
            "later_total",
        ),
        ([LATE, ROUND], "rounding"),
        ([EARLY, TOO_LOW], "conflict"),
        ([ROUND, ("2019-12-31", "In 2019, 1,100 people were killed by earthquakes.")], "conflict"),
        ([ROUND, ("2019-05-20", SINCE.format("1,433"))], "same_figure"),
    ],
)
def test_relation(texts, relation):
    assert relations(claims_of(*texts)) == [relation]


@pytest.mark.parametrize(
    "text, words",
    [
        ("In 2020, 30 people were killed in aftershocks.", "they share no day"),
        ("In 2018, 12 people were killed.", "they share no day"),
    ],
)
def test_windows_that_do_not_meet_share_no_day(text, words):
    verdicts = reconcile.verdict_table(claims_of(ROUND, ("2020-12-31", text)), STORY)
    assert all(words in because for because in verdicts.because)


def test_a_part_is_held_against_the_whole_by_its_place():
    local = SINCE.replace("people", "people in the region")
    verdicts = reconcile.verdict_table(claims_of(ROUND, ("2019-05-22", local.format("1,100"))), STORY)
    assert set(verdicts.relation) == {"not_comparable"}
    assert set(verdicts.because) == {
        "They speak of different places: 1,433 of the whole, 1,100 of the region."
    }


def test_parts_of_another_place_make_no_sum():
    facts = {**STORY.facts, "sums": {"dead": ["homes"]}}
    text = "In 2018 police destroyed 40 homes and 30 people were destroyed. In Holm, 12 homes were destroyed in 2018."
    rows = claims_of(("2019-01-05", text)).to_dict("records")
    assert [row["place"] for row in rows] == ["", "", "Holm"]
    found = reconcile.sums(rows, SimpleNamespace(facts=facts))
    assert [[part["value"] for part in parts] for parts, _ in found] == [[40]]


def test_rival_totals_of_one_window_are_one_fact_in_conflict():
    rival = (ROUND[0], SINCE.format("1,133"))
    claims = claims_of(ROUND, rival)
    assert relations(claims) == ["conflict"]
    assert reconcile.fact_table(claims, STORY).agreement.tolist() == ["conflict"]
    [because] = set(reconcile.verdict_table(claims, STORY).because)
    assert because == (
        "Both count dead killed, from 12 May 2019 to 20 May 2019, so that 1,433 and 1,133 cannot both be right."
    )


def test_a_contradiction_stands_once_where_the_pair_alone_told_none():
    claims = claims_of(
        ("2021-01-16", "Since May 2019, 5,200 people have been killed, the ministry said."),
        ("2021-05-20", "In the past two years, almost 5,000 people were killed, the ministry said."),
    )
    assert relations(claims) == ["conflict"]


def test_a_contradiction_says_its_arithmetic():
    [because] = (
        reconcile.verdict_table(claims_of(EARLY, TOO_LOW), STORY).query("reading == 'literal'").because
    )
    assert "1,204 counts from 12 May 2019 to 14 May 2019" in because
    assert "at least 1,204 cannot be part of at most 1,150" in because


def test_totals_are_bounded_by_the_claims_before_and_after():
    table = totals.total_table(claims_of(EARLY, ROUND), STORY, as_of="2019-05-17")
    literal = table[table.reading == "literal"].set_index("date")
    assert (literal.low["2019-05-17"], literal.high["2019-05-17"]) == (1204, 1433)
    start = EARLY[1].index("1,204")
    assert literal.claims["2019-05-17"] == f"t0:{start} t1:{start}"
    assert (literal.low_claims["2019-05-17"], literal.high_claims["2019-05-17"]) == (
        f"t0:{start}",
        f"t1:{start}",
    )


def test_a_withdrawn_total_contradicts_nothing_however_often_it_is_corrected():
    later = ("2019-05-21", SINCE.format("1,333"))
    correction = ("2019-05-21", SINCE.format("1,333, not 1,433,") + " More to come.")
    claims = claims_of(ROUND, later, correction)
    assert totals.withdrawn(claims) and totals.contradictions(claims, STORY, "literal") == []
    assert set(reconcile.reconcile(claims, STORY).verdicts.relation) == {"not_comparable", "same_figure"}


def test_an_impossible_series_has_no_totals_and_a_smallest_set():
    claims = claims_of(EARLY, LATE, TOO_LOW)
    assert totals.total_table(claims, STORY).empty
    values = claims.set_index("claim_id")["value"]
    found = [sorted(values[list(one.claims)]) for one in totals.contradictions(claims, STORY, "literal")]
    assert found == [[1150, 1204], [1150, 1400]]
    [(question, answer, _)] = standings.consistency(claims, STORY, "literal")
    assert answer == (
        "No. 1,204 by 14 May 2019 is more than 1,150 by 14 June 2019 allows. "
        "“more than 1,400” by 20 May 2019 is more than 1,150 by 14 June 2019 allows."
    )


def test_possible_claims_name_no_contradiction():
    assert totals.contradictions(claims_of(EARLY, LATE), STORY, "literal") == []


def test_a_count_of_one_day_is_no_total():
    claims = claims_of(EARLY, ("2019-05-18", "Rescuers said 12 people were killed on 17 May 2019."))
    assert list(claims.scope) == ["campaign", "other"]
    assert len(totals.series_claims(claims, **STORY.facts["series"][0])) == 1


def test_no_totals_make_empty_tables():
    claims = claims_of(("2019-05-18", "Police found 12 boats."))
    assert totals.total_table(claims, STORY).empty
    assert reconcile.verdict_table(claims, STORY).empty
    assert len(reconcile.fact_table(claims, STORY)) == 1


def test_order_of_claims_changes_no_verdict():
    claims = claims_of(EARLY, LATE, ROUND, TOO_LOW)
    turned = claims.iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        reconcile.verdict_table(claims, STORY), reconcile.verdict_table(turned, STORY)
    )


def test_one_ministry_under_two_spellings_is_one_voice():
    assert voices.voice("public security ministry") == voices.voice("Ministry of Public Security")


def test_whoever_has_no_name_adds_no_voice_and_a_spokesman_is_his_ministry():
    names = ["Ministry of Health", "Official figures", "police", "", "Jane Roe"]
    assert len(voices.voices(names, {})) == 2
    assert len(voices.voices(names, {"Ministry of Health": ["Jane Roe"]})) == 1
    assert len(voices.voices(["police", ""], {})) == 1
    assert len(voices.voices(["Police and medics", "Jane Roe"], {})) == 1
    assert len(voices.voices(["official Xinhua news agency", "Jane Roe"], {})) == 1


# --- the five texts -----------------------------------------------------------------------------------------------------

FIVE = Story.at(ROOT)


@pytest.fixture(scope="module")
def five():
    claims = read_table("claims", FIVE.processed / "claims.csv")
    return claims, reconcile.verdict_table(claims, FIVE)


def ids(claims, figures):
    """Ids of the claims of these (value, counted) pairs, as sets."""
    return [
        set(claims[(claims.value == value) & (claims.counted == counted)].claim_id)
        for value, counted in figures
    ]


@pytest.mark.parametrize(
    "left, right, relation, newsroom, difference",
    [
        ([(18518, "children")], [(18000, "children")], "rounding", "rounding", None),
        ([(34813, "women")], [(35000, "women")], "rounding", "rounding", None),
        ([(18518, "children")], [(13000, "children")], "later_total", "later_total", (0, 5517)),
        ([(34813, "women")], [(23000, "women")], "later_total", "later_total", (0, 11812)),
        ([(15458, "women"), (8660, "children")], [(24000, "women_and_children")], "sums_to", "sums_to", None),
        ([(18518, "children")], [(8660, "children")], "part_of", "part_of", (9858, 9858)),
        ([(34813, "women")], [(15458, "women")], "part_of", "part_of", (19355, 19355)),
        ([(7025, "gangs")], [(3195, "gangs")], "part_of", "part_of", (3830, 3830)),
        ([(5000, "police_officers")], [(5000, "police_officers")], "conflict", "rounding", None),
        ([(178, "children")], [(26, "children")], "not_comparable", "not_comparable", None),
        ([(178, "children")], [(11, "children")], "not_comparable", "not_comparable", None),
        ([(18518, "children")], [(89, "children")], "part_of", "part_of", (18429, 18429)),
        ([(8660, "children")], [(89, "children")], "part_of", "part_of", (8571, 8571)),
        ([(18518, "children")], [(178, "children")], "part_of", "part_of", (18340, 18340)),
        ([(8660, "children")], [(178, "children")], "part_of", "part_of", (8482, 8482)),
        ([(18518, "children")], [(77, "children")], "not_comparable", "not_comparable", None),
        ([(8660, "children")], [(92, "children")], "not_comparable", "not_comparable", None),
        ([(50000, "suspects")], [(608, "suspects")], "part_of", "part_of", (None, 49391)),
        ([(10, "provinces")], [(10, "provinces")], "same_figure", "same_figure", (0, 0)),
    ],
)
def test_verdicts_on_the_five_texts(five, left, right, relation, newsroom, difference):
    claims, verdicts = five
    wanted = [ids(claims, side) for side in (left, right)]
    met = [
        row
        for row in verdicts.to_dict("records")
        if all(
            len(row[side].split()) == len(sets)
            and all(name in group for name, group in zip(row[side].split(), sets, strict=True))
            for side, sets in zip(("left", "right"), wanted, strict=True)
        )
    ]
    found = {
        reading: {row["relation"] for row in met if row["reading"] == reading}
        for reading in ("literal", "newsroom")
    }
    if left == right == [(5000, "police_officers")]:
        found = {reading: relations - {"same_figure"} for reading, relations in found.items()}
    assert found == {"literal": {relation}, "newsroom": {newsroom}}
    if difference:
        gaps = {(row["difference_low"], row["difference_high"]) for row in met if row["reading"] == "literal"}
        expected = tuple(0 if limit is None else limit for limit in difference)
        assert gaps and {tuple(0 if pd.isna(limit) else limit for limit in gap) for gap in gaps} == {expected}


def test_the_five_texts_do_not_contradict_each_other(five):
    for reading in ("literal", "newsroom"):
        assert totals.contradictions(five[0], FIVE, reading) == []


def test_178_and_608_are_many_reports_of_one_voice(five):
    facts = reconcile.fact_table(five[0], FIVE).set_index("fact_id")
    chosen = facts.loc[["children-rescued-178", "suspects-arrested-608"], ["reports", "voices", "agreement"]]
    assert chosen.to_numpy().tolist() == [[6, 1, "echo"], [6, 1, "echo"]]


def test_what_the_calendar_years_would_mean(five):
    for reading in ("literal", "newsroom"):
        [(question, answer, _), *_] = suppositions(five[0], FIVE, reading)
        assert "calendar years 2009 and 2010" in question and answer.startswith(
            "Nothing in the texts excludes it."
        )
        assert "at least 13,001 from 1 April 2009 to 31 December 2010" in answer
        assert (
            "at least 3,143 from 7 December 2011 to 31 December 2011" in answer
        )  # 8,660 - (18,518 - 13,001)
        assert (
            "at least 3,646 from 7 December 2011 to 31 December 2011" in answer
        )  # 15,458 - (34,813 - 23,001)


def test_a_supposition_that_cannot_be_is_refused_with_its_arithmetic(five):
    case = {
        "question": "?",
        "claims": ["xinhua-2011:2266"],
        "from": date(2011, 1, 1),
        "to": date(2011, 6, 30),
    }
    story = SimpleNamespace(
        campaign_start=FIVE.campaign_start, facts=FIVE.facts | {"suppose": [case]}, folder=FIVE.folder
    )
    [(_, answer, _)] = suppositions(five[0], story, "literal")
    assert answer.startswith("They cannot: 18,518 by 30 June 2011 is more than 8,660 in all of 2011 allows.")
    case["claims"] = ["nobody:1"]
    with pytest.raises(HeadcountError, match="nobody:1"):
        list(suppositions(five[0], story, "literal"))


def supposed(claims, name, start, end):
    """The answer to: what if the claim counted from `start` to `end`?"""
    case = {"question": "?", "claims": [name], "from": start, "to": end}
    story = SimpleNamespace(
        campaign_start=START, facts=STORY.facts | {"suppose": [case]}, folder=STORY.folder
    )
    [(_, answer, _)] = suppositions(claims, story, "literal")
    return answer


def test_a_supposition_can_resolve_a_contradiction_or_have_nothing_to_do_with_it():
    claims = claims_of(EARLY, TOO_LOW, ("2019-05-20", "In 2018, 12 people were killed in earthquakes."))
    early, low, other = claims["claim_id"]
    assert supposed(claims, low, date(2019, 5, 12), date(2019, 5, 13)).startswith("Yes, and then all")
    assert "contradict each other even without it: 1,204" in supposed(
        claims, other, date(2019, 1, 1), date(2019, 5, 1)
    )


def test_figures_of_two_places_or_far_apart_are_not_one_fact():
    texts = [
        ("2019-05-14", "At least 131 people were killed in Velm province, the ministry said."),
        ("2019-05-15", "The governor said 160 people were killed in Karsa province."),
        ("2019-05-15", "At least 160 people were killed, police said."),
    ]
    assert claims_of(*texts)["fact_id"].nunique() == 2
    assert claims_of(*texts[:2], ("2019-05-15", "Some 131 people were killed."))["fact_id"].nunique() == 2


def test_whoever_speaks_for_a_body_is_named_with_it():
    names = ["Jane Roe", "Ministry of Health", "police"]
    assert voices.voice_names(names, {"Ministry of Health": ["Jane Roe"]}) == [
        "Ministry of Health (Jane Roe for it)"
    ]


def test_the_estimates_are_ranges_for_children_and_women_apart_that_do_not_meet(five):
    rows = estimates(five[0], FIVE)
    ranges = rows.set_index("counted")[["earliest", "latest"]].to_numpy().tolist()
    # (18,518 - 13,001) / (8,660 / 365) is 232.5 days before 6 December 2011, (18,518 - 13,999) / … is 190.5.
    assert ranges == [["2011-04-17", "2011-05-30"], ["2011-03-02", "2011-03-26"]]
    assert list(standings.guesses(rows))[-1][1].startswith("No, the ranges do not meet")


@pytest.mark.parametrize(
    "sentence, figures",
    [
        ("Police rescued more than 1,300 people.", ["“more than 1,300”"]),
        ("More than 1,300 people died.", ["“more than 1,300”"]),
        ("Police rescued over 1,300 people.", ["more than 1,300"]),
        ("Police rescued more than 1,300 people and 400 dogs.", ["“more than 1,300”", "more than 400"]),
        ("Police rescued 1,300 people.", ["1,300"]),
        ("Thousands of people died.", ["1,000 or more"]),
    ],
)
def test_quotation_marks_hold_the_words_of_the_text(sentence, figures):
    claims = claims_of(("2019-05-20", sentence)).to_dict("records")
    assert list(map(wording.figure_text, claims)) == figures


def test_a_figure_is_quoted_if_one_text_has_its_words():
    texts = [f"Police rescued {words} 1,300 people." for words in ("over", "more than", "over")]
    claims = claims_of(*(("2019-05-20", text) for text in texts))
    assert wording.figure_texts(claims.to_dict("records")) == ["“more than 1,300”"]
