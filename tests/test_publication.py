"""What is published beside the figures: the data package, how to cite, the log of numbers."""

import json
import re
import tomllib

import pandas as pd
import pytest
import yaml
from conftest import ROOT
from frictionless import system, validate

from headcount.datapackage import data_package, edition
from headcount.stages import TABLES
from headcount.story import Story
from headcount.tables import read_table, schemas

STORY = Story.at(ROOT)
FOLDERS = (STORY.processed, STORY.figures / "data")
FILES = {name: (STORY.processed / f"{name}.csv").read_bytes() for name in schemas()}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


# --- the data package ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", FOLDERS, ids=["processed", "figures"])
def test_the_data_package_is_valid(folder):
    """Its description, and every row against it: types, constraints, keys, checksums."""
    with system.use_context(trusted=True):
        report = validate(str(folder / "datapackage.json"), type="package")
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "message"])
    assert report.stats["tasks"] == len(TABLES)


def test_a_damaged_table_is_seen(tmp_path):
    for path in STORY.processed.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    claims = (tmp_path / "claims.csv").read_text(encoding="utf-8")
    (tmp_path / "claims.csv").write_text(claims.replace("exact", "precise", 1), encoding="utf-8")
    with system.use_context(trusted=True):
        assert not validate(str(tmp_path / "datapackage.json"), type="package").valid


def test_every_table_and_field_is_described():
    package = json.loads((STORY.processed / "datapackage.json").read_text(encoding="utf-8"))
    assert [resource["name"] for resource in package["resources"]] == list(TABLES) == list(schemas())
    for resource in package["resources"]:
        header = FILES[resource["name"]].decode().split("\n")[0].split(",")
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == header and resource["description"]
        assert all(field["description"] and field["type"] for field in fields)
    assert {path.stem for path in STORY.processed.glob("*.csv")} == set(TABLES)


def test_it_is_made_of_the_tables_alone():
    package = json.dumps(data_package(STORY, FILES), indent=1, ensure_ascii=False) + "\n"
    for folder in FOLDERS:
        assert (folder / "datapackage.json").read_text(encoding="utf-8") == package
    assert edition(FILES) in (STORY.figures / "index.html").read_text(encoding="utf-8")
    assert edition(FILES | {"claims": b""}) != edition(FILES)


def test_the_tables_beside_the_page_are_the_tables():
    for name, data in FILES.items():
        assert (STORY.figures / "data" / f"{name}.csv").read_bytes() == data


# --- how to cite --------------------------------------------------------------------------------------------------------------


def test_the_citation():
    """The Citation File Format 1.2.0 asks for these, and knows no others of those used."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "software"
    assert {"message", "title", "authors"} <= set(citation)
    assert set(citation) <= {
        *("cff-version", "message", "title", "abstract", "type", "version", "license", "authors", "keywords")
    }
    assert all(set(author) == {"name"} and author["name"] for author in citation["authors"])
    assert citation["version"] == VERSION
    assert citation["license"] == STORY.facts["licence"] == "MIT"
    assert len(set(citation["keywords"])) == len(citation["keywords"])


# --- the log of numbers -------------------------------------------------------------------------------------------------------

LOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def newest():
    """The newest release of the log: its name, and the rows of its tables."""
    name, text = re.search(r"^## (\S+)\n(.*?)(?=^## |\Z)", LOG, re.MULTILINE | re.DOTALL).groups()
    return name, [
        tuple(cell.strip() for cell in row.split("|")[1:-1])
        for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)
    ]


def test_the_log_tells_what_the_figures_say():
    name, rows = newest()
    assert name == VERSION
    cards = (json.loads(path.read_text(encoding="utf-8")) for path in STORY.figures.glob("*.json"))
    said = {(card["name"], card["title"]) for card in cards}
    assert {row for row in rows if len(row) == 2} - {("figure", "says"), ("---", "---")} == said


def test_the_log_tells_the_totals():
    totals = read_table("totals", STORY.processed / "totals.csv")
    rows = [row for row in newest()[1] if len(row) == 4][2:]
    told = totals[(totals["reading"] == "literal") & totals["date"].isin({day for _, day, *_ in rows})]
    assert rows == [
        (
            f"{one.counted} {one.action}".replace("_", " "),
            one.date,
            f"{one.low:,}",
            "open" if pd.isna(one.high) else f"{one.high:,}",
        )
        for one in told.itertuples()
    ]
