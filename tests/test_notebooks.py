"""The committed notebooks: they say what a fresh run says, and they are fit to be read and run."""

import ast
import base64
import copy
import json
import re

import pytest
from conftest import PYTHON, ROOT
from hardship import long

from headcount.notebook import READINGS
from headcount.stages import COMPARISONS
from headcount.story import Story

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def faults(notebook):
    """What a notebook that ran through, from top to bottom and without a hitch, does not have."""
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts {counts}"
    if not any(cell["outputs"] for cell in code_cells(notebook)):
        yield "no outputs"
    for cell in code_cells(notebook):
        for output in cell["outputs"]:
            if output["output_type"] == "error" or output.get("name") == "stderr":
                yield f"an error in {cell['id']}"


def pictures(notebook):
    outputs = [output for cell in code_cells(notebook) for output in cell["outputs"]]
    return [base64.b64decode(o["data"]["image/png"]) for o in outputs if "image/png" in o.get("data", {})]


def test_the_notebooks():
    assert [path.stem for path in NOTEBOOKS] == [
        "01-sources",
        "02-claims",
        "03-reconciliation",
        "04-running-total",
        "05-comparisons",
    ]


@long
def test_nbval(finished):
    """Every code cell, run again, gives the outputs that stand in the notebook. nbval does not look at pictures."""
    status, said, complained = finished.do(
        *PYTHON, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "notebooks"
    )
    cells = sum(len(code_cells(read(path))) for path in NOTEBOOKS)
    assert status == 0, said + complained
    assert re.search(rf"\b{cells} passed\b", said) and not re.search(r"skipped|warning", said)


def test_nbval_sees_a_changed_number(finished):
    """Every other cell of the notebook gives what stands there; that all five do, `make verify` shows in test_same_bytes.py."""
    finished.edit("notebooks/01-sources.ipynb", "**5 texts**", "**6 texts**")
    command = ("pytest", "--nbval", "-p", "no:cacheprovider", "notebooks/01-sources.ipynb")
    status, said, _ = finished.do(*PYTHON, "-m", *command)
    assert status == 1 and "1 failed, 5 passed" in said


@each_notebook
def test_ran_from_top_to_bottom(path):
    assert list(faults(read(path))) == []


@pytest.mark.parametrize("damage", ["stripped", "uncounted", "out of order", "error", "stderr"])
def test_damage_is_seen(damage):
    notebook = copy.deepcopy(read(NOTEBOOKS[0]))
    cells = code_cells(notebook)
    if damage == "stripped":
        for cell in cells:
            cell["outputs"], cell["execution_count"] = [], None
    elif damage == "uncounted":
        cells[-1]["execution_count"] = None
    elif damage == "out of order":
        cells[-1]["execution_count"], cells[-2]["execution_count"] = len(cells) - 1, len(cells)
    elif damage == "error":
        cells[0]["outputs"] = [{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}]
    else:
        cells[0]["outputs"] = [{"output_type": "stream", "name": "stderr", "text": ["x"]}]
    assert list(faults(notebook))


@each_notebook
def test_form(path):
    notebook = read(path)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert notebook["cells"][0]["cell_type"] == "markdown"
    assert "".join(notebook["cells"][0]["source"]).startswith("# ")


@each_notebook
def test_few_short_cells(path):
    lines = [len("".join(cell["source"]).splitlines()) for cell in code_cells(read(path))[1:]]
    assert len(lines) <= 15
    assert sum(1 <= count <= 3 for count in lines) * 2 > len(lines)


@each_notebook
def test_parameters_are_literals(path):
    cells = [cell for cell in read(path)["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    assert len(cells) == 1
    for node in ast.parse("".join(cells[0]["source"])).body:
        assert isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    assert not [
        cell for cell in read(path)["cells"] if "injected-parameters" in cell["metadata"].get("tags", [])
    ]


@each_notebook
def test_parameters_say_what_they_may_be(path):
    """A comment line above each parameter names what is allowed, as the package and story.yml have it."""
    [cell] = [cell for cell in read(path)["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    lines = "".join(cell["source"]).splitlines()
    allowed = {
        "reading": READINGS,
        "counted": [series["counted"] for series in Story.at(ROOT).facts["series"]],
    }
    for comment, line in zip(lines[::2], lines[1::2], strict=True):
        name = line.split(" = ")[0]
        assert comment.startswith("# ") and len(comment) < 110
        assert set(allowed.get(name, ())) == set(re.findall(r'"(\w+)"', comment)) or name not in allowed


@each_notebook
def test_an_article(path):
    """A question first; what is read and written; then headings that ask and cells that answer, each with its definition below."""
    cells = read(path)["cells"]
    texts = {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"}
    assert re.search(r"\*\*.*\?\*\*$", texts["title"])
    assert "*Reads* " in texts["about"] and "*Writes* " in texts["about"]
    headings = [text for text in texts.values() if text.startswith("## ")]
    assert headings and all(re.fullmatch(r"## .*\?", text) for text in headings)
    kinds = "".join({"markdown": "m", "code": "c"}[cell["cell_type"]] for cell in cells)
    assert re.fullmatch(r"mc{2,4}m(mc+m?)+", kinds)
    assert not [
        text for text in texts.values() if re.search(r"\d{2,}", re.sub(r"“[^”]*”|\(0\d.*?\)", "", text))
    ]


def test_the_picture_is_the_published_one():
    shown = {path.stem: pictures(read(path)) for path in NOTEBOOKS}
    published = {path.stem: path.read_bytes() for path in (ROOT / "figures").glob("*.png")}
    assert shown.pop("04-running-total") == [published["running-total-children"]]
    assert shown.pop("05-comparisons") == [published[name] for name in COMPARISONS]
    assert not any(shown.values())
