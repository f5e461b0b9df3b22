"""Another story: laid out, its texts taken in, its tolls told apart from counts that fall, its notebooks run; and the tutorial, run."""

import ast
import csv
import doctest
import glob
import hashlib
import importlib
import json
import re
import shlex
import shutil
import sys
from datetime import date
from types import SimpleNamespace

import pytest
import yaml
from conftest import ROOT, inputs
from hardship import SCALE

from headcount import HeadcountError, answers, grammar, pipeline, reports, stages, standings
from headcount.__main__ import main
from headcount.claims import claims_of
from headcount.extract import claims_in_file
from headcount.intake import TEMPLATES, add_texts, dated_lines, datelines, headline, new_story
from headcount.notebook import settings
from headcount.reconcile import reconcile
from headcount.running_total import running_total
from headcount.sources import read_sources
from headcount.speech import reporters
from headcount.story import KEYS, Story
from headcount.tables import write_table
from headcount.totals import contradictions, withdrawn

EXAMPLE = ROOT / "examples/ferry"
FERRY = yaml.safe_load((EXAMPLE / "story.yml").read_text(encoding="utf-8"))
WIRE = "Ferry sinks, 23 dead\n11 March 2025\n\nThe ferry sank, killing 23 people, the coast guard said.\n"


def story_of(folder, texts, **facts):
    """A story in a folder: `texts` are (publisher, day, text), `facts` what its story.yml says otherwise than the ferry's."""
    story = new_story(folder)
    told = {key: value for key, value in (FERRY | facts).items() if value is not None}
    (story.folder / "story.yml").write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    for number, (publisher, day, text) in enumerate(texts):
        path = folder.parent / f"t{number}.txt"
        path.write_text(text, encoding="utf-8")
        add_texts(story, [path], publisher, published=day)
    return Story.at(folder)


PLAIN = {"sums": None, "voices": None, "suppose": None}  # the ferry without what hangs on its own texts


@pytest.fixture
def told(tmp_path):
    """Makes a plain story of the ferry from (day of March, text), one outlet each: (story, its claims)."""

    def tell(*texts, **facts):
        texts = [(f"Paper {number}", f"2025-03-{day}", text) for number, (day, text) in enumerate(texts)]
        story = story_of(tmp_path / "story", texts, **PLAIN | facts)
        return story, claims_of(story)

    return tell


# --- new ----------------------------------------------------------------------------------------------------------------------


def test_new(tmp_path, capsys):
    assert main(["new", str(tmp_path / "deep/ferry")]) == 0
    said = capsys.readouterr()
    assert "Fill in story.yml" in said.out and said.err == ""
    made = {path.name for path in (tmp_path / "deep/ferry").rglob("*") if path.is_file()}
    assert made == {"story.yml", "sources.yml"}
    with pytest.raises(
        HeadcountError, match=r"story\.yml: `title` is empty, missing or no text\. Fill it in"
    ):
        Story.at(tmp_path / "deep/ferry").facts  # noqa: B018


@pytest.mark.parametrize("there", ["story.yml", "raw/sources.yml", "data/raw/x.txt"])
def test_new_overwrites_nothing(tmp_path, there):
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).write_text("mine")
    with pytest.raises(HeadcountError, match="is there already"):
        new_story(tmp_path)
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["mine"]


def test_new_where_a_file_stands(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HeadcountError, match="cannot be made"):
        new_story(tmp_path / "file" / "story")


def test_the_template_explains_every_key_and_is_valid_once_filled(tmp_path):
    text = (TEMPLATES / "story.yml").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 40
    assert set(re.findall(r"^(?:# )?(\w+):", text, re.MULTILINE)) == KEYS - {"campaign"}
    assert "`campaign`" in text
    for blank, value in (
        ("title", "A"),
        ("question", "B?"),
        ("  name", "the wreck"),
        ("  start", "2025-03-11"),
    ):
        text = re.sub(rf"^{blank}:\s+#", f"{blank}: {value}  #", text, flags=re.MULTILINE)
    path = new_story(tmp_path / "s").folder / "story.yml"
    path.write_text(text, encoding="utf-8")
    assert Story.at(path.parent).series == {"people": {"counted": "people", "action": "killed"}}
    path.write_text(
        re.sub(r"^# (?=\w+:|  )", "", text, flags=re.MULTILINE).replace(
            "  people:", "  crew: [crew]\n  passengers: [a]\n  people:"
        )
    )
    assert Story.at(path.parent).facts.keys() == KEYS - {"campaign"}


@pytest.mark.parametrize(
    "facts, said",
    [
        ({"campaign": {"name": "x", "start": "2025-03"}}, "`campaign` and `event` both stand there"),
        ({"event": {"name": "x"}}, "`event` needs a `start`"),
        ({"event": {"start": date(2025, 3, 11)}}, "`event` needs a `name`"),
        (
            {"event": {"name": "x", "start": date(2025, 3, 11), "place": "y"}},
            "`place` of `event` must be a list",
        ),
        ({"falls": "missing"}, "`falls` must be a list of actions, such as [missing]"),
        (
            {"series": [dict(FERRY["series"][0]) for _ in "ab"]},
            "two series are the same (people killed, people killed)",
        ),
        ({"series": [{"counted": "people"}]}, "must name an action"),
    ],
)
def test_a_wrong_story(tmp_path, facts, said):
    with pytest.raises(HeadcountError) as caught:
        story_of(tmp_path / "s", [], **facts).facts  # noqa: B018
    assert said in str(caught.value) and "story.yml" in str(caught.value)


# --- add ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ferry(tmp_path):
    return new_story(tmp_path / "ferry")


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_add_reads_what_the_text_says(ferry, tmp_path):
    path = put(tmp_path, "wire 1.html", "\ufeff" + WIRE.replace("\n", "\r\n", 2) + "\n(Reuters)\n")
    [added] = add_texts(ferry, [path], "Coastal Wire")
    assert added.path.name == "wire 1.txt" and added.path.read_bytes() == path.read_bytes()
    assert added.remarks == []
    entry = yaml.safe_load((ferry.raw / "sources.yml").read_text(encoding="utf-8"))["wire 1.txt"]
    assert (
        entry
        == added.entry
        == {
            "id": "wire-1",
            "publisher": "Coastal Wire",
            "title": "Ferry sinks, 23 dead",
            "published": date(2025, 3, 11),
            "basis": 'Dated in the text: "11 March 2025".',
            "relays": "Reuters",
            "note": "The title is the text's first line. Whom it relays is read off its credit lines.",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
    )
    assert list(read_sources(ferry)["published_latest"]) == ["2025-03-11"]


@pytest.mark.parametrize(
    "text, published, kept, remark",
    [
        (
            "The ferry sank. 23 died.",
            "",
            "unknown",
            "published is unknown: the text states no day on a line of its own",
        ),
        (
            "A\n1 May 2025\nUpdated: 2 May 2025\nB",
            "",
            "unknown",
            "published is unknown: the text states several days",
        ),
        ("A\n12-07-2011\nB", "", "unknown", "published is unknown: the text states no day"),
        (WIRE, "unknown", "unknown", "the text states another day: “11 March 2025”"),
        (WIRE, "2025-03-12", date(2025, 3, 12), "the text states another day: “11 March 2025”"),
        (
            WIRE,
            "2025-03-10..2025-03-12",
            [date(2025, 3, 10), date(2025, 3, 12)],
            "the text states another day",
        ),
    ],
)
def test_add_guesses_nothing(ferry, tmp_path, text, published, kept, remark):
    [added] = add_texts(ferry, [put(tmp_path, "a.txt", text)], "X", published=published)
    assert added.entry["published"] == kept and added.entry["basis"]
    assert any(one.startswith(remark) for one in added.remarks)
    assert len(read_sources(ferry)) == 1


def test_what_is_given_goes_before_what_is_read(ferry, tmp_path):
    given = {"title": "T", "relays": "R; S", "note": "N.", "basis": "B.", "published": "2025-03-11"}
    [added] = add_texts(ferry, [put(tmp_path, "a.txt", WIRE)], "X", **given)
    assert {key: str(added.entry[key]) for key in given} == given and added.remarks == []


def test_what_stands_in_sources_yml_stays(ferry, tmp_path):
    listing = ferry.raw / "sources.yml"
    listing.write_bytes(listing.read_bytes() + b"# mine\n")
    add_texts(ferry, [put(tmp_path, "a.txt", WIRE)], "X")
    before = listing.read_bytes()
    add_texts(ferry, [put(tmp_path, "b.txt", "Two\n\nmore lines.")], "Y: “Z”\n#", published="unknown")
    assert listing.read_bytes().startswith(before) and b"# mine\n" in before
    assert list(read_sources(ferry)["publisher"]) == ["X", "Y: “Z”\n#"]


def test_a_text_that_lies_there_is_listed_where_it_is(ferry):
    path = put(ferry.raw, "a.txt", WIRE)
    assert add_texts(ferry, [path], "X")[0].path == path
    assert len(read_sources(ferry)) == 1


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("again.txt", WIRE, "is there already: wire.txt holds the same text"),
        ("wire.txt", "another", "wire.txt is there already with another text. Give"),
        (
            "latin.txt",
            b"caf\xe9",
            "line 1 (byte 3) is not UTF-8. Convert it, if it is Windows-1252 so: iconv -f WINDOWS-1252",
        ),
        ("empty.txt", " \n", "is empty"),
        ("missing.txt", None, "cannot be read: No such file"),
    ],
)
def test_add_refuses(ferry, tmp_path, name, content, said):
    add_texts(ferry, [put(tmp_path, "wire.txt", WIRE)], "X")
    before = {path: path.read_bytes() for path in ferry.raw.iterdir()}
    (tmp_path / "new").mkdir()
    good, bad = put(tmp_path / "new", "good.txt", "Good."), tmp_path / "new" / name
    if content is not None:
        put(bad.parent, name, content)
    with pytest.raises(HeadcountError) as caught:
        add_texts(ferry, [good, bad], "X")
    assert said in str(caught.value) and name in str(caught.value)
    assert {path: path.read_bytes() for path in ferry.raw.iterdir()} == before


def test_add_refuses_a_listing_it_cannot_append_to(ferry, tmp_path):
    (ferry.raw / "sources.yml").write_text("{}\n")
    with pytest.raises(HeadcountError, match=r"sources\.yml.*(cannot be put behind|entry)"):
        add_texts(ferry, [put(tmp_path, "a.txt", WIRE)], "X")
    assert not (ferry.raw / "a.txt").exists()


def test_the_command_add(ferry, tmp_path, capsys):
    path = put(tmp_path, "a.txt", "The ferry sank. 23 died.")
    assert main(["add", str(ferry.folder), str(path), "--publisher", "X"]) == 0
    said = capsys.readouterr().out
    assert "published unknown" in said and "look: no headline" in said and "Still to do: " in said
    assert main(["add", str(ferry.folder), str(path), "--publisher", "X"]) == 1
    assert capsys.readouterr().err.startswith("headcount: ")
    assert main(["add", str(ferry.folder), str(path), "--publisher", " "]) == 1
    assert main(["add", str(ferry.folder), str(path), "--publisher", "X", "--published", "1 May"]) == 1
    assert "must be a day (2025-03-11)" in capsys.readouterr().err
    for wrong in (["add", str(ferry.folder)], ["nonsense"], []):
        with pytest.raises(SystemExit) as caught:
            main(wrong)
        assert caught.value.code == 2


def test_what_the_five_texts_say_of_themselves():
    """As the person who listed them saw it, where they say it plainly."""
    listed = yaml.safe_load((ROOT / "data/raw/sources.yml").read_text(encoding="utf-8"))
    for name, entry in listed.items():
        text = (ROOT / "data/raw" / name).read_bytes().decode()
        assert headline(text) == entry["title"].replace("\n", " ")
        assert [day for day, _ in dated_lines(text)] in ([], [entry["published"]])
        assert datelines(text) == []


@pytest.mark.parametrize("name, read", [("dated_line", dated_lines), ("dateline", datelines)])
def test_days_that_texts_state_of_themselves(name, read):
    examples = grammar.load()[name]
    assert [len(read(text)) for text in examples["fits"]] == [1] * len(examples["fits"])
    assert [read(text) for text in examples["leaves"]] == [[]] * len(examples["leaves"])


def test_an_agency_in_the_dateline_is_whose_words_they_are():
    text = "Ferry sinks\n\nHOLM, March 11, 2025 (AP) -- Police said 12 people drowned.\nNine (AP) readers died - he said."
    assert {outlet for *_, outlet in reporters(text, "The Courier")} == {"AP"}
    assert {outlet for *_, outlet in reporters(text.replace(" --", ":"), "The Courier")} == {"The Courier"}


# --- tolls, counts that fall, corrections -----------------------------------------------------------------------------------------


def totals_of(claims):
    """{(value, action): (from, to)} of the claims that are totals."""
    rows = claims[claims["scope"] == "campaign"].to_dict("records")
    return {(row["value"], row["action"]): (row["from_earliest"], row["to_latest"]) for row in rows}


def test_tolls(told):
    story, claims = told(
        (11, "The ferry sank on Tuesday, killing 23 people, the coast guard said."),
        (12, "The death toll has risen to 57. Another 5 people died in hospital. 12 of them were children."),
        (
            13,
            "The wreck killed 99 people, the coast guard said. 31 people died in Norrvik. In 2011, 44 people died.",
        ),
        (14, "71 people are missing. Some 100 people may have died. 9 people were arrested."),
    )
    start = "2025-03-11"
    assert totals_of(claims) == {
        (23, "killed"): (start, "2025-03-11"),
        (57, "killed"): (start, "2025-03-12"),
        (99, "killed"): (start, "2025-03-13"),
        (71, "missing"): ("2025-03-14", "2025-03-14"),
    }
    assert contradictions(claims, story, "literal") == []


def test_the_region_is_a_part_where_a_whole_is_told(told):
    texts = [(12, "18 people have died in the region."), (13, "24 people have died in the region.")]
    story, claims = told(*texts)
    assert set(claims["place"]) == {""} and len(totals_of(claims)) == 2
    whole = (13, "53 people have died in all.")
    shutil.rmtree(story.folder)
    story, claims = told(*texts, whole)
    assert set(claims["place"]) == {"the region", ""} and len(totals_of(claims)) == 3
    found = reconcile(claims, story)
    assert set(found.verdicts["relation"]) == {"later_total", "not_comparable"}
    last = found.totals[(found.totals["reading"] == "literal") & (found.totals["date"] == "2025-03-13")]
    assert last[["low", "high"]].to_numpy().tolist() == [[53, 53]]
    killed = {"counted": "people", "action": "killed"}
    assert set(chart_of(story, claims, killed).data["value"].dropna()) == {53}
    shutil.rmtree(story.folder)
    here = FERRY["event"] | {"place": ["Selwick Region"]}
    story, claims = told(*texts, whole, event=here)
    assert set(claims["place"]) == {"the region", ""} and contradictions(claims, story, "literal")


def test_further_to_the_dead(told):
    _, claims = told(
        (12, "The wreck killed 57 people. A further 92 people were missing and 30 more were injured."),
        (13, "Another 5 people died. A further 9 people are missing."),
        (14, "40 people were injured and 61 are missing. Another 8 people were injured."),
    )
    assert totals_of(claims).keys() == {
        (57, "killed"), (92, "missing"), (30, "injured"), (9, "missing"), (40, "injured"), (61, "missing")
    }  # fmt: skip


def test_a_campaign_has_no_tolls(told):
    _, claims = told(
        (12, "The war has killed 57 people."), event=None, campaign={"name": "the war", "start": "2025-03"}
    )
    assert totals_of(claims) == {}


@pytest.mark.parametrize("published", ["unknown", "2025-03-12..2025-03-20"])
def test_a_toll_of_an_unknown_day_stays_open(tmp_path, published):
    story = story_of(tmp_path / "s", [("X", published, "57 people have died.")], **PLAIN)
    assert totals_of(claims_of(story)) == {}


def test_a_count_that_falls_is_never_bounded(told):
    texts = [(11, "180 people are missing."), (12, "140 people are missing."), (13, "24 people are missing.")]
    story, claims = told(*texts)
    found = reconcile(claims, story)
    assert found.totals.empty and found.verdicts.empty and len(totals_of(claims)) == 3
    [standing] = [
        one
        for one in standings.standings(claims, found.totals, story, "literal")
        if "missing" in one.question
    ]
    assert "24 on 13 March 2025. This count can fall" in standing.answer
    assert answers.in_short(claims, found.verdicts, story, "literal").startswith("No figure has a window")


def test_a_noun_of_two_things_is_refused(tmp_path):
    story = story_of(
        tmp_path / "s", [], **PLAIN | {"counted": {"people": ["people"], "dead": ["People", "dead"]}}
    )
    with pytest.raises(HeadcountError, match="the noun people stands for dead and for people"):
        story.facts  # noqa: B018


def test_what_is_wrong_is_told_at_no_endless_length(tmp_path):
    for number, wrong in enumerate(({"sums": {"people": ["[" * 5000, "x"]}}, {"[" * 5000: 1})):
        with pytest.raises(HeadcountError) as told:
            story_of(tmp_path / str(number), [], **PLAIN | wrong).facts  # noqa: B018
        assert len(str(told.value)) < 1000


def test_figures_that_set_no_bounds_contradict_nothing(told):
    story, claims = told((11, "Some 180 people are missing."), falls=[])
    claims["scope"] = "campaign"
    found = reconcile(claims, story)
    [standing] = [
        one
        for one in standings.standings(claims, found.totals, story, "literal")
        if "missing" in one.question
    ]
    assert standing.answer == "The figures set no bounds to the total."


@pytest.mark.parametrize(
    "column, value, problem",
    [
        ("value", "170", "low, high, newsroom_low, newsroom_high are not those of 170 (exact)"),
        ("value", "9" * 40, "is not the table claims"),
        ("from_earliest", "2099-01-01", "its window ends before it begins"),
        ("counted", "persons", "counted is 'persons', which story.yml does not list"),
    ],
)
def test_claims_that_somebody_edited_are_checked(told, tmp_path, column, value, problem):
    story, claims = told((11, "180 people were killed on 11 March 2025."))
    path = tmp_path / "claims.csv"
    write_table(claims, "claims", path)
    assert claims_in_file(path, story).equals(claims)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    rows[0][column] = value
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(HeadcountError, match=re.escape(problem)):
        claims_in_file(path, story)


def test_without_falls_they_contradict(told):
    story, claims = told((11, "180 people are missing."), (13, "24 people are missing."), falls=[])
    found = reconcile(claims, story)
    assert set(found.verdicts["relation"]) == {"conflict"}
    [series] = [one for one in story.facts["series"] if one["action"] == "missing"]
    assert "They cannot all be true" in chart_of(story, claims, series).subtitle


def test_two_figures_of_one_day_conflict_even_if_they_can_fall(told):
    story, claims = told((12, "140 people are missing."), (12, "131 people are missing."))
    verdicts = reconcile(claims, story).verdicts
    assert set(verdicts["relation"]) == {"conflict"}
    assert answers.in_short(claims, verdicts, story, "literal").startswith("No: one set of figures")


FIRST = (13, "The wreck has killed 112 people, the coast guard said.")


@pytest.mark.parametrize(
    "later, corrected",
    [
        ("The coast guard said the death toll was 104, not 112.", True),
        ("The death toll was 104, not 112.", True),
        ("The health ministry said the death toll was 104, not 112.", False),
        ("The coast guard said the death toll was 104.", False),
    ],
)
def test_a_correction_is_said_to_be_one(told, later, corrected):
    story, claims = told(FIRST, (14, later))
    [row] = reconcile(claims, story).verdicts.query("reading == 'literal'").to_dict("records")
    assert bool(withdrawn(claims)) == corrected
    assert row["relation"] == ("not_comparable" if corrected else "conflict")
    assert ("112 was withdrawn: Paper 1 says that it is 104" in row["because"]) == corrected
    assert bool(contradictions(claims, story, "literal")) != corrected


def test_what_is_withdrawn_goes_with_its_rounded_form(told):
    headline = "More than 110 people killed\n\n" + FIRST[1]
    for texts in (
        [(13, headline), (14, "The correct figure is 104, not 112, the coast guard said.")],
        [(13, "More than 110 people killed\n\nThe death toll was 104, not 112, the coast guard said.")],
    ):
        story, claims = told(*texts)
        gone = set(claims.set_index("claim_id").loc[[*withdrawn(claims)], "value"])
        assert gone == ({110, 112} if len(texts) == 2 else {110})
        assert contradictions(claims, story, "literal") == []
        found = reconcile(claims, story)
        assert "conflict" not in set(found.verdicts["relation"])
        shutil.rmtree(story.folder)


@pytest.mark.parametrize(
    "texts, acts",
    [
        (["A fire killed 330 people. The ministry said the figure was 321."], ["killed", "killed"]),
        (["The union said 340 people were hurt. Its rivals put the number at 40."], ["injured", "injured"]),
        (["9 people died, 12 are missing. The mayor put the number at 40."], ["killed", "missing", ""]),
        (["Another 12 people died. The mayor put the number at 40."], ["killed", ""]),
        (["Some 12 people know it. The mayor put the number at 40."], ["", ""]),
        (["The number rose to 40."], [""]),
        (["In Upper Bruck 9 people died. The total stands at 57."], ["killed", "killed"]),
        (["57 people died. 3 people were hurt. The mayor stood by his total of 60 people."], ["killed", "injured", "injured"]),
        (["236 people died.", "The correct figure is 229, not 236."], ["killed", "killed", "denied_killed"]),
        (["236 people died. 5 people were hurt.", "Not 236 but 229."], ["killed", "injured", "denied_killed", "killed"]),
        (["236 people died.", "The coast guard cut its figure to 229 people from 236."], ["killed", "killed", "superseded_killed"]),
        (["236 people died.", "The coast guard cut its figure from 236 people to 229."], ["killed", "superseded_killed", "killed"]),
        (["236 people died.", "236 people were hurt.", "The figure is 229, not 236."], ["killed", "injured", "", "denied"]),
    ],
)  # fmt: skip
def test_a_figure_without_an_act_stands_for_another(told, texts, acts):
    _, claims = told(*((12, text) for text in texts))
    assert list(claims["action"]) == acts
    stated = claims[claims["action"].isin(["killed", "injured"])]
    assert set(stated["counted"]) <= {"people"}


def test_what_nobody_says_the_count_of_is_told_beside_an_exact_total(told):
    def total():
        found = reconcile(claims, story).totals
        [one] = [
            one for one in standings.standings(claims, found, story, "literal") if "killed" in one.question
        ]
        return one.answer, one.claims

    story, claims = told((12, "340 people died."))
    assert total()[0] == "Exactly 340."
    shutil.rmtree(story.folder)
    story, claims = told((12, "340 people died."), (12, "The ministry put the number at 40."))
    assert total() == (
        "340 by the figures that say what they count; no text says what 40 counts, which may be of them too.",
        tuple(claims["claim_id"]),
    )


@pytest.mark.parametrize(
    "said, window",
    [
        ("The mayor put the number at 40.", ("2025-03-02", "2025-03-09")),
        ("On Monday the figure was 40.", ("2025-03-10", "2025-03-10")),
        ("The number has since risen to 40.", ("2025-03-11", "2025-03-12")),  # a toll of the event
    ],
)
def test_a_figure_that_stands_for_another_has_its_time(told, said, window):
    _, claims = told((12, f"From 2 March to 9 March 30 people were killed. {said}"))
    assert tuple(claims.iloc[-1][["action", "from_earliest", "to_latest"]]) == ("killed", *window)


def test_a_rise_withdraws_nothing(told):
    _, claims = told(FIRST, (14, "The death toll rose to 121 from 112, the coast guard said."))
    assert withdrawn(claims) == {}


# --- the command reconcile ------------------------------------------------------------------------------------------------------------


def test_the_command_reconcile(tmp_path, capsys):
    story = shutil.copytree(
        EXAMPLE, tmp_path / "ferry", ignore=shutil.ignore_patterns("build", "processed", "figures")
    )
    assert main(["reconcile", str(story), "--format", "jsonl"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"conflict", "later_total", "not_comparable", "rounding", "sums_to"} <= {
        row["relation"] for row in rows
    }
    assert (
        main(
            [
                "extract",
                str(story / "raw/02-coastal-wire.txt"),
                "--story",
                str(story),
                "--output",
                str(tmp_path / "c.csv"),
            ]
        )
        == 0
    )
    assert main(["reconcile", str(story), "--claims", str(tmp_path / "c.csv"), "--table", "facts"]) == 0
    assert capsys.readouterr().out.startswith("fact_id,counted,")
    assert sorted(path.name for path in story.iterdir()) == [
        "README.md",
        "raw",
        "story.yml",
    ]  # it writes nothing
    (tmp_path / "c.csv").write_text("claim_id\n")
    assert main(["reconcile", str(story), "--claims", str(tmp_path / "c.csv")]) == 1
    assert "must have the columns claim_id, mention_id" in capsys.readouterr().err
    assert main(["reconcile", str(story), "--as-of", "May"]) == 1
    assert main(["reconcile", str(tmp_path)]) == 1 and "headcount new FOLDER" in capsys.readouterr().err


# --- stories that lack this or that -------------------------------------------------------------------------------------------------------


def run_here(story):
    """Run the notebooks of a story, and its page, in this process: what they displayed last, by stage."""
    for stage in stages.stages(story):
        if stage.notebook == stages.PAGE:
            pipeline.make_page(stage, story)
            continue
        space = {}
        for cell in stages.cells_of(stage.notebook):
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), space)
            if "parameters" in cell["metadata"].get("tags", []):
                space |= stage.parameters | {"story": str(story.folder)}
        assert [path for path in stage.writes if not path.is_file()] == []


NOWHERE = {"event": None, "series": [{"counted": "people", "action": "killed"}], "falls": None, **PLAIN}
RAID = "In a raid, police freed 57 people and arrested 12 men."
SINCE = "Since the war began on 12 May 2019, 1,204 people have been killed, the ministry said. In 2019, 1,300 people were killed."


@pytest.mark.parametrize(
    "texts, facts, said",
    [
        (
            [("X", "2025-03-12", "It rained.")],
            PLAIN,
            ["The texts give no totals", "no running total is drawn"],
        ),
        ([("X", "unknown", "57 people have died.")], PLAIN, ["no running total is drawn"]),
        ([("X", "2025-03-12", "57 people have died.")], PLAIN, ["57 people killed by 12 March 2025"]),
        (
            [("X", "unknown", RAID), ("Y", "unknown", f"{RAID} It rained.")],
            PLAIN | {"event": None, "series": [{"counted": "people", "action": "rescued"}], "falls": None},
            ["No text counts people rescued in a single operation together with anything else"],
        ),
        (
            [("X", "2019-12-31", SINCE)],
            NOWHERE,
            ["names no beginning from which", "names no campaign or event to count from"],
        ),
    ],
    ids=["no claims", "no day", "one source", "operations of no day", "no campaign"],
)
def test_stories_that_lack_something(tmp_path, texts, facts, said):
    story = story_of(tmp_path / "s", texts, **facts)
    run_here(story)
    page = (story.figures / "index.html").read_text(encoding="utf-8")
    text = " ".join(re.sub(r"<style.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL).split())
    assert [one for one in said if one not in text] == []


# --- the worked example, and what is told of it ----------------------------------------------------------------------------------------------


README = (EXAMPLE / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|yaml|text)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def seals(*folders):
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def as_told(output):
    """What a command printed, as the tutorial shows it: an answer behind its question, paths seen from the project's folder."""
    return re.sub(r'(?m)^\w+,"?(.*?\?)"?,"?', r"\1 ", output).replace('"",', "").replace('""', '"')


def done_here(commands, capsys):
    """Commands done in this process: `make STORY=...` without kernels. (What make itself does: torture/test_same_bytes.py.)"""
    failed = 0
    for line in commands.splitlines():
        program, *words = shlex.split(line)
        words = [path for word in words for path in (sorted(glob.glob(word)) if "*" in word else [word])]
        if program == "make":
            [setting] = words
            run_here(Story.at(setting.removeprefix("STORY=")))
        else:
            assert program == ".venv/bin/headcount"
            failed |= main(words)
    return failed, *capsys.readouterr()


def test_the_tutorial(tmp_path, monkeypatch, capsys):
    """Every command runs, in `make torture` in a shell, what is shown is what comes, the story is the one shipped, and this project's own story is untouched."""
    tree = inputs(tmp_path / "tree")
    shutil.copytree(
        ROOT / "examples", tree / "examples", ignore=shutil.ignore_patterns("processed", "figures", "build")
    )
    for name in ("data/processed", "figures"):
        shutil.copytree(ROOT / name, tree / name)
    (tree / ".venv/bin/headcount").write_text('#!/bin/sh\nexec .venv/bin/python -m headcount "$@"\n')
    (tree / ".venv/bin/headcount").chmod(0o755)
    monkeypatch.chdir(tree.folder)
    own = seals(*(tree / name for name in ("data", "figures", "notebooks")))
    story, printed, shown = tree / "aurelia", "", 0
    for kind, text in BLOCKS:
        if kind == "sh":
            status, printed_now, complained = tree.do("sh", "-ec", text) if SCALE else done_here(text, capsys)
            assert (status, complained) == (0, ""), text
            printed = as_told(printed_now).replace(f"{tree.folder}/", "")
        elif kind == "yaml":
            path = story / "story.yml"
            whole = text if "title:" in text else path.read_text(encoding="utf-8") + text
            path.write_text(whole, encoding="utf-8")
        else:
            assert [line for line in text.splitlines() if line not in printed] == []
            shown += 1
    assert shown == 7
    assert seals(*(tree / name for name in ("data", "figures", "notebooks"))) == own
    ours, theirs = (yaml.safe_load((folder / "story.yml").read_text()) for folder in (story, EXAMPLE))
    assert ours == theirs
    assert {p.name: h for p, h in seals(story / "raw").items()} == {
        p.name: h for p, h in seals(EXAMPLE / "raw").items()
    }
    cards = {path.stem: json.loads(path.read_text()) for path in (story / "figures").glob("*.json")}
    drawn = {name for name, card in cards.items() if "title" in card}
    assert drawn == {
        *(f"running-total-people-{act}" for act in ("killed", "injured", "missing")),
        "windows",
        "outlets",
    }
    assert cards["running-total-people-killed"]["title"].startswith("121 people killed by 18 March 2025")
    assert "in the sinking of the Aurelia" in cards["running-total-people-killed"]["subtitle"]
    words = json.dumps(cards) + (story / "figures/index.html").read_text(encoding="utf-8")
    assert not re.search(r"traffick|rescue|China", words)
    status, said, _ = tree.headcount("save", "--story", "aurelia")
    assert status == 0 and said.endswith("they are in " + str(story / "build") + ".\n")


def test_the_example_is_small_enough():
    assert len((EXAMPLE / "story.yml").read_text(encoding="utf-8").splitlines()) < 40
    texts = list((EXAMPLE / "raw").glob("*.txt"))
    assert len(texts) >= 8 and len(read_sources(Story.at(EXAMPLE))) == len(texts)


# --- the reference ----------------------------------------------------------------------------------------------------------------------------


def test_the_reference_says_what_the_code_says():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        reference = importlib.import_module("reference")
    finally:
        sys.path.pop(0)
    assert reference.PATH.read_text(encoding="utf-8") == reference.reference(), "Run tools/reference.py."
    documented = {function.__module__ for function in reference.FUNCTIONS}
    tried = 0
    for name in sorted(documented):
        module = importlib.import_module(name)
        failed, attempted = doctest.testmod(module)
        assert failed == 0, name
        tried += attempted
    assert tried > 15


def test_public_functions_are_typed():
    for name in ("intake",):
        tree = ast.parse((ROOT / f"src/headcount/{name}.py").read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert node.returns and all(argument.annotation for argument in node.args.args), node.name


def chart_of(story, claims, series):
    """The running total of one series of a story, hedges read to the letter."""
    tables = reconcile(claims, story)._asdict() | {"claims": claims, "sources": read_sources(story)}
    return running_total(SimpleNamespace(**tables), story.facts, series, "literal")


def test_a_toll_of_one_place_is_no_toll_of_the_whole(told):
    killed = {"counted": "people", "action": "killed"}
    story, claims = told(
        (12, "57 people were killed."), (13, "60 people were killed. In Upper Bruck, 18 people were killed.")
    )
    claims.loc[claims["place"] == "Upper Bruck", ["scope", "from_earliest", "from_latest"]] = [
        "campaign",
        "2025-03-11",
        "2025-03-11",
    ]
    assert set(chart_of(story, claims, killed).data["value"].dropna()) == {57, 60}


def test_speakers_without_a_name_may_be_two(told):
    texts = [
        (12, "57 people were killed, police said."),
        (12, "57 people were killed, the Harbour Board said."),
    ]
    story, claims = told(*texts)
    tables = reconcile(claims, story)._asdict() | {"claims": claims, "sources": read_sources(story)}
    chart = reports.outlets(SimpleNamespace(**tables), story.facts, "literal")
    assert chart.title == "Two outlets report 57 people killed: no second voice is named"


@pytest.mark.parametrize(
    "texts, title",
    [
        (
            ["57 people were killed, the mayor said."] * 2,
            "Two outlets report 57 people killed: they are one voice",
        ),
        (
            ["57 people were killed, the mayor said.", "61 people were killed, the mayor said."],
            "The outlets disagree on people killed",
        ),
        (
            ["57 people were killed, the mayor said. 61 people were killed, the hospital said."] * 2,
            "Two outlets report 57 people killed: no second voice is named",
        ),
    ],
)
def test_outlets_disagree_where_the_chart_shows_it(told, texts, title):
    story, claims = told(*((12, f"{text} More tomorrow {number}.") for number, text in enumerate(texts)))
    tables = reconcile(claims, story)._asdict() | {"claims": claims, "sources": read_sources(story)}
    assert reports.outlets(SimpleNamespace(**tables), story.facts, "literal").title == title


def test_an_act_that_is_misspelt(told):
    story, _ = told((11, WIRE), series=[{"counted": "people", "action": "kiled"}])
    with pytest.raises(HeadcountError, match=r"story\.yml: kiled is no action\. Did you mean killed\?"):
        settings(str(story.folder))


def test_an_act_of_the_story_s_own(told):
    story, _ = told((11, WIRE), series=[{"counted": "people", "action": "baptised"}])
    assert settings(str(story.folder)).story == story
