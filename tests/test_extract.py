"""`headcount extract`: the claims of any texts, and clear errors for what cannot be read."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from headcount.__main__ import main
from headcount.story import ROOT
from headcount.tables import columns

TEXT = "Police rescued 40 miners on Friday, the company said. More than 300 families and 20 teachers had fled since 2003.\n"


@pytest.fixture
def extract(tmp_path, monkeypatch, capsys):
    """`headcount extract` in this process, its working directory `tmp_path`: exit status, what it printed, what it complained of."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return SimpleNamespace(returncode=main(["extract", *arguments]), **capsys.readouterr()._asdict())

    return run


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_csv_on_standard_output(text, tmp_path):
    command = [sys.executable, "-m", "headcount", "extract", "mine.txt", "--published", "2015-07-06"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == columns("claims")
    assert [(row["value"], row["qualifier"], row["noun"]) for row in rows] == [
        ("40", "exact", "miners"),
        ("300", "more_than", "families"),
        ("20", "more_than", "teachers"),
    ]
    assert rows[0]["from_earliest"] == rows[0]["to_latest"] == "2015-07-03"
    assert [TEXT[int(row["start"]) : int(row["end"])] for row in rows] == ["40", "300", "20"]


def test_an_unknown_date_leaves_windows_open(text, tmp_path, extract):
    rows = list(csv.DictReader(io.StringIO(extract("mine.txt").out)))
    assert rows[0]["window_basis"] == "open" and rows[0]["to_latest"] == ""
    assert rows[1]["from_earliest"] == "2003-01-01" and rows[1]["to_latest"] == ""
    assert rows[0]["reported_by"] == "unknown"


def test_json_lines(text, tmp_path, extract):
    done = extract("mine.txt", "--format", "jsonl")
    claims = [json.loads(line) for line in done.out.splitlines()]
    assert [claim["value"] for claim in claims] == [40, 300, 20]


def test_parquet_to_a_file(text, tmp_path, extract):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert extract("mine.txt", "--output", "claims.parquet").returncode == 0
    table = parquet.read_table(tmp_path / "claims.parquet")
    assert table.column_names == columns("claims") and table["value"].to_pylist() == [40, 300, 20]


def test_a_story_s_own_texts_have_what_its_sources_say(extract):
    paths = sorted(str(path) for path in (ROOT / "data" / "raw").glob("*.txt"))
    made = (ROOT / "data" / "processed" / "claims.csv").read_text(encoding="utf-8")
    assert extract(*paths).out == made
    [other, *_] = csv.DictReader(io.StringIO(extract(paths[1], "--published", "2015-07-06").out))
    assert (other["source_id"], other["to_latest"]) == (Path(paths[1]).stem, "2015-07-06")


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        ("caf\xe9".encode("latin-1"), "is not UTF-8"),
        (None, "is missing"),
    ],
)
def test_a_bad_text_is_named_and_nothing_is_printed(text, tmp_path, content, message, extract):
    if content is not None:
        (tmp_path / "bad.txt").write_bytes(content)
    done = extract("mine.txt", "bad.txt", "--output", "claims.csv")
    assert done.returncode == 1 and "bad.txt" in done.err and message in done.err
    assert done.err.count("\n") == 1 and done.out == ""
    assert sorted(path.name for path in tmp_path.glob("*claims*")) == []


def test_duplicates_are_named(text, tmp_path, extract):
    (tmp_path / "copy.txt").write_text(TEXT, encoding="utf-8")
    done = extract("mine.txt", "copy.txt")
    assert done.returncode == 1 and "copy.txt is the same text as mine.txt" in done.err and done.out == ""


def test_a_bad_date_is_refused(text, tmp_path, extract):
    done = extract("mine.txt", "--published", "last week")
    assert done.returncode == 1 and "must be a day such as" in done.err


def test_neither_a_text_nor_a_device_is_written_over(text, tmp_path, extract):
    (tmp_path / "link.csv").symlink_to("mine.txt")
    for name in ("mine.txt", "link.csv"):
        done = extract("mine.txt", "--format", "csv", "--output", name)
        assert done.returncode == 1 and "is one of the texts" in done.err
    os.mkfifo(tmp_path / "pipe.csv")
    done = extract("mine.txt", "--output", "pipe.csv")
    assert done.returncode == 1 and "pipe.csv is no plain file" in done.err
    assert (tmp_path / "mine.txt").read_text() == TEXT


def test_a_link_is_followed(text, tmp_path, extract):
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert extract("mine.txt", "--output", "link.csv").returncode == 0
    assert (tmp_path / "link.csv").is_symlink() and "miners" in (tmp_path / "real.csv").read_text()


def test_a_closed_standard_output_is_told(text, tmp_path, extract, monkeypatch):
    with monkeypatch.context() as patched:  # undone before capsys gives standard output back
        patched.setattr("sys.stdout", None)
        done = extract("mine.txt")
    assert done.returncode == 1 and "Standard output is closed" in done.err


def test_parquet_needs_a_file(text, tmp_path, extract):
    assert "needs a file" in extract("mine.txt", "--format", "parquet").err


def test_a_text_without_counts_gives_the_header_alone(tmp_path, extract):
    (tmp_path / "calm.txt").write_text("Nothing happened.\n", encoding="utf-8")
    assert extract("calm.txt").out.splitlines() == [",".join(columns("claims"))]
