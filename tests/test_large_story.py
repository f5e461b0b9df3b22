"""A story of 1,500 claims, in `make torture` of 3,000: the busiest facts are judged in pairs, drawn and told, the rest is counted and said to be."""

import random
import re
import sys

import pytest
from conftest import ROOT
from hardship import SCALE

sys.path.insert(0, str(ROOT / "bench"))

import long_story

from headcount import answers, comparisons, facts, notebook, page, reports
from headcount.claims import claim_table
from headcount.conflicts import conflicts
from headcount.constraints import Bound
from headcount.figures import LeftOut, write_bundle
from headcount.reconcile import MOST_FIGURES, fact_table, verdict_table
from headcount.running_total import running_total
from headcount.sources import read_sources
from headcount.story import Story
from headcount.tables import write_table
from headcount.totals import total_table

TEXTS = 60 if SCALE else 30


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """(story, tables) of TEXTS texts with 50 claims each, written as the notebooks write them."""
    folder = tmp_path_factory.mktemp("long")
    long_story.write(folder, texts=TEXTS)
    story = Story.at(folder)
    sources = read_sources(story)
    mentions, claims = claim_table(story, sources)
    made = {"sources": sources, "mentions": mentions, "claims": claims}
    for name in list(made):
        made[name] = write_table(made[name], name, story.processed / f"{name}.csv")
    makers = {"facts": fact_table, "verdicts": verdict_table, "totals": total_table}
    for name, make in makers.items():
        write_table(make(made["claims"], story), name, story.processed / f"{name}.csv")
    return story, notebook.tables(story, *made, *makers)


def test_pairs_are_judged_of_the_busiest_and_that_is_said(told):
    story, tables = told
    assert len(tables.claims) == 50 * TEXTS
    paired = tables.verdicts[tables.verdicts["relation"] != "conflict"]
    figures = tables.claims.set_index("claim_id").loc[sorted({*paired["left"], *paired["right"]})]
    assert 50 < len(figures) <= MOST_FIGURES
    reports = tables.facts.set_index("fact_id")["reports"]
    assert reports.idxmax() in set(figures["fact_id"])
    short = answers.in_short(tables.claims, tables.verdicts, story, "literal")
    assert re.search(rf"Of {50 * TEXTS:,} claims, \d+ are held against each other pair by pair", short)


def test_charts_draw_the_busiest_and_count_the_rest(told, tmp_path):
    story, tables = told
    draw = [comparisons.windows, reports.outlets, reports.operations]
    charts = [one(tables, story.facts, "literal") for one in draw]
    charts += [running_total(tables, story.facts, one, "literal") for one in story.facts["series"]]
    for chart in charts:
        if isinstance(chart, LeftOut):
            continue
        assert re.search(r"\d+ more (total|figure)s of fewer reports are not drawn\.", chart.subtitle), (
            chart.name
        )
        assert len(chart.caption) < 4000 and len(chart.alt) < 4000
        marks = (
            chart.data[~chart.data["mark"].isin(["band", "floor"])] if "mark" in chart.data else chart.data
        )
        groups = marks["fact_id"] if "fact_id" in marks else marks["claims"]
        assert 5 < groups.nunique() <= 20
    write_bundle(charts[0], tmp_path)
    assert (tmp_path / "windows.png").stat().st_size < 500_000


def test_the_page_is_bounded_and_its_links_lead_somewhere(told):
    story, tables = told
    chart = comparisons.windows(tables, story.facts, "literal")
    card = page.read_card(write_bundle(chart, story.figures))
    contents = page.page_contents(story, vars(tables), [card], "literal", "")
    html = page.render(contents | {"edition": "x"})
    assert len(html) < 3_000_000
    anchors = set(re.findall(r'id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= anchors
    assert "claims more stand in claims.csv" in html and "held against each other pair by pair" in html


def test_notebooks_show_a_bounded_part(told, monkeypatch):
    story, tables = told
    shown = []
    monkeypatch.setattr(notebook, "show", shown.append)
    some = list(answers.answers(tables.claims, tables.verdicts, "literal", "totals"))
    notebook.show_all(some)
    notebook.show_all(some[:100])
    assert re.search(rf"\*and {len(some) - 100:,} questions more\*$", shown[0])
    assert shown[0].count("\n\n") == 100 and "questions more" not in shown[1]
    texts, each = list(notebook.excerpts(tables.mentions, tables.claims)), notebook.TOLD // TEXTS
    assert len(texts) == TEXTS and all(text.count("\n\n") <= each + 2 for text in texts)
    assert texts[0].endswith(f"*and {50 - each} more in `mentions.csv`*")


def test_facts_are_those_that_all_against_all_would_give(told, monkeypatch):
    _, tables = told
    chance = random.Random(4)
    claims = tables.claims.head(1500).to_dict("records")
    published = tables.sources.set_index("source_id")["published_latest"]
    for claim in claims:
        claim["told"] = published[claim["source_id"]] if chance.random() < 0.8 else ""
        claim["value_high"] = None
        if chance.random() < 0.2:
            claim["from_earliest"] = claim["from_latest"] = ""
        for name in ("low", "high", "newsroom_low", "newsroom_high"):
            claim[name] = None if claim[name] != claim[name] or str(claim[name]) == "<NA>" else claim[name]
    chance.shuffle(claims)
    found = facts.fact_ids(claims)
    monkeypatch.setattr(facts.Shelf, "candidates", lambda self, claim: self.all)
    assert facts.fact_ids(claims) == found


def test_many_independent_conflicts_end():
    bounds = []
    for number in range(1, 25, 2):
        window = long_story.START.replace(day=number), long_story.START.replace(day=number + 1)
        for at_least, limit in ((True, 10), (False, 9)):
            bounds.append(Bound(f"{number:02}-{at_least}", ("dead",), *window, at_least, limit))
    *found, last = conflicts(bounds)
    assert last is None
    assert set(found) == {frozenset((f"{n:02}-False", f"{n:02}-True")) for n in range(1, 25, 2)}
