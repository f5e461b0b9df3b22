"""The README: its commands exist, its numbers are those of the tables, its links lead somewhere."""

import re
import subprocess

import corpus
import fields
import pytest
from test_gold import AIM, NOUNS, measured, source_of

from headcount.__main__ import main
from headcount.story import ROOT, Story
from headcount.tables import read_table
from headcount.wording import day_text, figure_text

README = (ROOT / "README.md").read_text(encoding="utf-8")
STORY = Story.at(ROOT)


def table(name):
    return read_table(name, STORY.processed / f"{name}.csv")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))))
def test_make_targets_exist(target):
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)]+)\)", README))
def test_links_lead_to_files(target):
    assert (ROOT / target.partition("#")[0]).is_file()


ROWS = re.findall(r"^\| (“?[\w ,]+”?) \| .* \| ([\w ]+) \| `(\S+)` (\d+)–(\d+) \|$", README, re.MULTILINE)


def test_the_table_of_numbers_is_read():
    assert len(ROWS) == 4


@pytest.mark.parametrize("number, outlet, file, start, end", ROWS)
def test_each_number_stands_where_the_readme_says(number, outlet, file, start, end):
    claims = table("claims")
    claim = claims[(claims.file == file) & (claims.start == int(start)) & (claims.end == int(end))].iloc[0]
    assert figure_text(claim) == number
    assert claim["reported_by"] == outlet
    text = (STORY.raw / file).read_bytes().decode()
    assert f"{claim['value']:,}" == text[int(start) : int(end)]


def test_the_finding_is_computed():
    claims = table("claims").set_index("claim_id")
    verdicts, totals = table("verdicts"), table("totals")
    verdict = verdicts[
        (verdicts.left == "xinhua-2011:2266")
        & (verdicts.right == "al-jazeera-2013:1835")
        & (verdicts.reading == "literal")
    ].iloc[0]
    assert verdict.relation == "later_total"
    assert f"at most {verdict.difference_high:,} below" in README
    total = totals[
        (totals.counted == "children") & (totals.date == "2010-12-31") & (totals.reading == "literal")
    ].iloc[0]
    assert f"at least {total.low:,} had been rescued by the end of 2010" in README
    assert (
        f"{claims.loc['xinhua-2011:2266', 'value']:,} counts the children rescued from April 2009" in README
    )
    assert day_text(claims.loc["xinhua-2011:2266", "to_latest"]) in README


def test_every_figure_of_the_finding_is_in_the_table():
    finding = README[README.index("**The finding.**") : README.index("## Two commands")]
    for number in re.findall(r"\d{1,3},\d{3}", finding):
        assert re.search(rf"^\| (?:“more than )?{number}”? \|", README, re.MULTILINE), number


def test_the_accuracy_told_is_the_accuracy_measured():
    shares = {name: f"{right / of:.1%}" for name, (right, of) in measured(corpus.held_out).items()}
    text = " ".join(README.split())
    assert (
        f"finds {shares['recall']} of the counts; {shares['precision']} of what it calls a count is one"
        in text
    )
    assert f"In {len(corpus.held_out())} articles of 2016 and 2017" in text
    assert f"{shares['hedge']} of the hedges are right" in text
    met = {
        name: "reaches" if right / of >= AIM[name] else "misses"
        for name, (right, of) in measured(corpus.held_out).items()
    }
    assert (
        f"Recall {met['recall']} our aim of {AIM['recall']:.0%}, precision {met['precision']} that of {AIM['precision']:.0%}."
        in text
    )
    said, _ = fields.compare(source_of, NOUNS)
    share = {field: f"{right / of:.1%}" for field, (right, of) in said.items()}
    rows = fields.labels()
    assert f"In {len({one['row'] for one, _ in rows})} other articles" in text
    assert f"two readers labelled {len(rows)} counts" in text
    assert (
        f"the noun is right in {share['noun']}, the deed in {share['action']}, the place in {share['place']}, "
        f"the speaker in {share['said_by']}, the window in {share['window']}."
    ) in text


def test_the_charts_are_as_wide_as_told():
    from headcount.canvas import WIDTH

    text = " ".join(README.split())
    assert f"The charts are {WIDTH / 72 * 25.4:.0f} mm wide, which is {WIDTH / 72 * 96:.0f} pixels" in text


def test_the_extract_command_runs(tmp_path, monkeypatch, capsys):
    """In this process; in one of its own: test_extract.py."""
    command = re.search(r"headcount (extract .*?) --published", README)[1].split()
    for name in command[1:]:
        (tmp_path / name).write_text(f"Police found {len(name)} boats.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(command) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
