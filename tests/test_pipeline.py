"""The pipeline: what runs again and what does not, and what is left behind when something goes wrong."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import time

import pytest
from conftest import PYTHON, ROOT, STAGES
from hardship import SCALE

from headcount import HeadcountError, pipeline, stages
from headcount.__main__ import main
from headcount.story import Story

FIGURES = STAGES[3:]
TEXT = "data/raw/003_edff54d2aead951a.txt"


OUTPUTS = ("data/processed", "figures", "build")


def kept(tree, before):
    """Whether all outputs are what they were before a run that failed; what it left of itself aside."""
    now = tree.contents(*OUTPUTS)
    return before == {path: data for path, data in now.items() if not re.search(r"failed|/\.running", path)}


def seal(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def seal_anew(tree, text, content):
    """Change a raw text, and its seal with it."""
    before = seal(tree / text)
    (tree / text).write_text(content, encoding="utf-8")
    tree.edit("data/raw/sources.yml", before, seal(tree / text))


# --- what runs again --------------------------------------------------------------------------------------------------


def test_nothing_changed(finished):
    status, said, complained = finished.headcount("run")
    assert (status, said, complained) == (0, "Nothing to do: everything is up to date.\n", "")


def test_touched_files(finished):
    for path in finished.folder.rglob("*"):
        os.utime(path)
    assert finished.run() == []


def test_saved_outputs_are_no_change(built, finished):
    changed = finished / "notebooks/01-sources.ipynb"
    changed.write_text(changed.read_text(encoding="utf-8").replace("Xinhua", "Nobody"), encoding="utf-8")
    cells = json.loads(changed.read_text(encoding="utf-8"))["cells"]
    assert "Nobody" in str(cells) and finished.run() == []
    status, said, complained = finished.headcount("save")
    assert (status, complained) == (0, "") and re.fullmatch(
        r"  01-sources\.ipynb: \d outputs replaced\n", said
    )
    assert finished.contents("notebooks") == built.contents("notebooks")
    assert finished.headcount("save")[1].startswith("Nothing to save") and finished.run() == []


def test_save_refuses_to_lose_edits(finished):
    """A tag that somebody gave a cell in JupyterLab is no output: it goes only if git has it."""
    path = finished / "notebooks/01-sources.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["metadata"]["tags"] = ["for-print"]
    notebook["cells"][0]["metadata"]["slideshow"] = {"slide_type": "slide"}
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    edited = path.read_bytes()
    status, said, complained = finished.headcount("save")
    assert (status, said) == (1, "") and path.read_bytes() == edited
    assert complained.startswith(f"headcount: {path} holds edits") and "Commit it first" in complained
    git = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-C", finished.folder)
    for command in (("init", "-q"), ("add", path), ("commit", "-qm", "x")):
        assert finished.do(*git, *command)[0] == 0
    assert finished.headcount("save") == (0, "  01-sources.ipynb: counts and metadata\n", "")


def test_changed_text_that_leaves_the_claims(finished):
    """The claims are read anew in `make torture` only, and below."""
    seal_anew(finished, TEXT, (finished / TEXT).read_text(encoding="utf-8") + " ")
    assert finished.stale() == STAGES[:2]
    # The figures read sources.csv, which holds the seals; the reconciliation reads the claims alone.
    assert finished.stale(STAGES[0]) == [STAGES[1], *FIGURES]
    if SCALE:
        assert finished.stale(STAGES[1]) == FIGURES
        assert finished.run() == FIGURES


def test_changed_text_that_changes_a_claim(finished):
    before = finished.contents("data/processed")
    content = (finished / TEXT).read_text(encoding="utf-8")
    seal_anew(finished, TEXT, content.replace("92 abducted", "93 abducted"))
    assert finished.stale(*STAGES[:2]) == STAGES[2:]
    assert (
        finished.contents("data/processed")["data/processed/claims.csv"]
        != before["data/processed/claims.csv"]
    )
    if SCALE:
        assert finished.run()[0] == STAGES[2]


def test_changed_module(finished):
    (finished / "src/headcount/figures.py").open("a").write("\n# changed\n")
    assert finished.stale() == FIGURES
    if SCALE:
        assert finished.run("--jobs", 2) == FIGURES


@pytest.mark.parametrize("name", ["page.html", "page.py", "datapackage.py"])
def test_changed_page(finished, name):
    (finished / "src/headcount" / name).open("a").write("\n")
    assert finished.stale() == ["page"]


def test_damaged_page(built, finished):
    (finished / "figures/data/claims.csv").unlink()
    (finished / "figures/index.html").open("a").write("x")
    assert finished.run() == ["page"]
    assert finished.contents("figures") == built.contents("figures")


def test_changed_prose(finished):
    """That a notebook so changed is run: in short, with one that depends on a notebook that failed, below."""
    finished.edit("notebooks/01-sources.ipynb", "## How do we know?", "## How?")
    assert finished.stale() == ["01-sources"]
    if SCALE:
        assert finished.run() == ["01-sources"]


def test_damaged_outputs(built, finished):
    (finished / "build/02-claims.ipynb").unlink()
    (finished / "build/stamps/03-reconciliation.json").write_text("{")
    assert finished.stale() == STAGES[1:3]
    (finished / "data/processed/sources.csv").open("a").write("x")
    if not SCALE:
        for path in ("build/02-claims.ipynb", "build/stamps/03-reconciliation.json"):
            (finished / path).write_bytes((built / path).read_bytes())
    assert finished.run() == (STAGES[:3] if SCALE else STAGES[:1])
    for folder in ("data/processed", "build"):
        assert finished.contents(folder) == built.contents(folder)


def test_modules_of():
    def names(code):
        return {path.stem for path in stages.modules_of(code)}

    assert names("import pandas") == set()
    assert names("from headcount.story import Story") == {"documents", "story"}
    assert names("from headcount import story as place, tables") == {
        "documents",
        "story",
        "tables",
        "writing",
    }
    assert names("from headcount import (\n    story,\n    tables,\n)") == {
        "documents",
        "story",
        "tables",
        "writing",
    }
    assert {"figures", "tables", "story"} <= names("import headcount.figures")
    assert "figures" not in names("from headcount.claims import claim_table")


def test_every_table_a_notebook_names_is_in_the_plan():
    tables = {"sources", "mentions", "claims", "facts", "verdicts", "totals"}
    *notebooks, page = stages.stages(Story.at(ROOT))
    assert tables <= {path.stem for path in page.reads}
    for stage in notebooks:
        cells = json.loads(stage.notebook.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        planned = {path.stem for path in (*stage.reads, *stage.writes) if path.suffix == ".csv"}
        assert planned == {table for table in tables if f'"{table}"' in code}, stage.name


# --- from elsewhere: see also torture/test_same_bytes.py ----------------------------------------------------------------


def make(tree, *arguments, **environment):
    return tree.do("make", "--no-print-directory", "-C", tree.folder, *arguments, cwd="/", **environment)


def test_make_from_elsewhere(finished):
    assert make(finished) == (0, "Nothing to do: everything is up to date.\n", "")


def test_the_process_stays_where_it_is(finished, monkeypatch):
    """Threads share one working directory: a stage that changed it would move the kernels of the others."""
    moves = []
    monkeypatch.setattr(os, "chdir", moves.append)
    stage = stages.stages(Story.at(finished.folder), finished / "notebooks")[0]
    pipeline.execute(stage, Story.at(finished.folder))
    assert set(moves) <= {os.getcwd()}


# --- when something goes wrong ----------------------------------------------------------------------------------------


def test_failing_notebook(built, finished):
    name, dependent = STAGES[1:3]
    whole, before = (finished / f"notebooks/{name}.ipynb").read_bytes(), finished.contents(*OUTPUTS)
    finished.edit(
        f"notebooks/{dependent}.ipynb", "## Can all dated counts be true together?", "## The answer?"
    )
    finished.add_cell(name, "raise ValueError('out of ink')")
    status, said, complained = finished.headcount("run")
    first, second = complained.splitlines()
    assert (status, said.split()) == (1, [name])
    assert first == f"headcount: {name}, cell 2: ValueError: out of ink"
    assert (
        second.endswith(f"build/{name}.failed.ipynb") and (finished / f"build/{name}.failed.ipynb").is_file()
    )
    assert kept(finished, before)

    (finished / f"notebooks/{name}.ipynb").write_bytes(whole)
    assert finished.run() == [dependent]
    assert finished.contents("build").keys() - built.contents("build").keys() == {
        f"build/{name}.failed.ipynb"
    }


def test_an_error_of_ours_is_one_line(finished):
    (finished / TEXT).unlink()
    status, _, complained = finished.headcount("run")
    assert status == 1 and complained.startswith("headcount: 01-sources, cell 2: ")
    assert f"{TEXT} is missing, with the sha256 c189" in complained and "Traceback" not in complained


def test_dead_kernel(finished):
    before = finished.contents(*OUTPUTS)
    spoil = "given.story.processed.joinpath('sources.csv').unlink()"
    finished.add_cell("01-sources", f"{spoil}; import os; os._exit(1)", 4)
    status, _, complained = finished.headcount("run")
    assert status == 1 and complained.count("\n") == 1
    assert complained.startswith("headcount: 01-sources: ") and "died" in complained
    assert "Run make again" in complained and kept(finished, before)


def test_broken_notebook(finished):
    (finished / "notebooks/02-claims.ipynb").write_text("<<<<<<< HEAD\n")
    status, _, complained = finished.headcount("run")
    assert status == 1 and "02-claims.ipynb cannot be read as a notebook." in complained


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_interrupted(built, finished, number, status):
    name = "01-sources"
    whole, before = (finished / f"notebooks/{name}.ipynb").read_bytes(), finished.contents(*OUTPUTS)
    finished.add_cell(
        name, "import os, time; open('kernel', 'w').write(str(os.getpid())); time.sleep(300)", 4
    )
    process = finished.start(*PYTHON, "-m", "headcount", "run")
    marker = finished / "notebooks/kernel"
    # a slow machine starts a kernel slowly
    wait_for(lambda: marker.is_file() and marker.read_text(), seconds=100)
    process.send_signal(number)
    assert process.wait(20) == status
    complained = process.communicate()[1]
    assert number == signal.SIGKILL or complained.startswith("headcount: interrupted")
    wait_for(lambda: gone(int(marker.read_text())))
    assert kept(finished, before)
    assert not list((finished / "build").glob("*.failed.ipynb"))

    (finished / f"notebooks/{name}.ipynb").write_bytes(whole)
    assert finished.run() == []


def wait_for(condition, seconds=20):
    for _ in range(seconds * 20):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("waited too long")


def gone(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    with open(f"/proc/{process}/stat") as file:
        return ") Z " in file.read()


def test_what_a_killed_run_left_goes_though_nothing_is_to_do(finished):
    (finished / "build/.running-killed").mkdir()
    for name in ("build/.running-killed/0", "build/.02-claims.ipynb.partial"):
        (finished / name).write_text("half")
    assert finished.run() == []
    assert not list((finished / "build").glob(".*"))


# --- parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, said",
    [
        ("raeding=newsroom", "unknown parameter raeding; the notebooks take as_of, reading."),
        ("counted=whales", "unknown parameter counted; the notebooks take as_of, reading."),
        ("story=elsewhere", "unknown parameter story; the notebooks take as_of, reading."),
        ("reading", "'reading' is no parameter. Write NAME=VALUE, such as reading=newsroom."),
        ("x;y=1", "'x;y=1' is no parameter. Write NAME=VALUE, such as reading=newsroom."),
    ],
)
def test_unknown_parameter(finished, given, said):
    assert finished.headcount("run", given) == (1, "", f"headcount: {said}\n")


@pytest.mark.parametrize(
    "given, said",
    [
        ("reading=3", "reading = '3': it must be one of literal, newsroom."),
        ("as_of=20101231", "as_of = '20101231': it must be a day such as \"2010-12-31\""),
    ],
)
def test_ill_typed_parameter(finished, given, said):
    """Refused before anything runs."""
    status, ran, complained = finished.headcount("run", given)
    assert (status, ran) == (1, "") and complained.startswith(f"headcount: {said}")


def test_parameter_of_one_notebook(finished):
    assert finished.stale("reading=literal") == []  # as it is by default
    # The day of story.yml: no total changes, and no figure is drawn anew.
    assert finished.stale("as_of=2010-12-31") == ["03-reconciliation", "page"]
    if SCALE:
        assert finished.run("as_of=2010-12-31") == ["03-reconciliation", "page"]
        assert finished.run("as_of=2010-12-31") == []
        assert finished.run("as_of=2010-06-30")[0] == STAGES[2]


def papermill(tree, runs, *options):
    """Run notebooks through papermill's own command, all at once: (status, what it complained) of each (notebook, name, value)."""
    started = []
    for place, (notebook, name, value) in enumerate(runs):
        command = [*PYTHON, "-m", "papermill", f"notebooks/{notebook}.ipynb", f"build/pm-{place}.ipynb"]
        started.append(tree.start(*command, *options, "-p", name, value))
    return [(process.communicate()[1].rstrip(), process.returncode)[::-1] for process in started]


def test_papermill_itself(finished):
    """From the repository root, without a word about the notebooks' folder."""
    kept = finished.contents("figures", "data/processed")
    runs = [("03-reconciliation", "as_of", "2010-06-30")]
    if SCALE:
        runs += [("04-running-total", "counted", "women")]
        runs += [("01-sources", "story", ".."), ("05-comparisons", "reading", "literal")]
    assert [status for status, _ in papermill(finished, runs)] == [0] * len(runs)
    changed = finished.contents("figures", "data/processed")
    assert {path for path in kept if kept[path] != changed[path]} == {"data/processed/totals.csv"}


def refusal(tree, notebook, name, value):
    """What a notebook whose first cells are run in this process, from the notebooks' folder, says to a parameter."""
    setting, beginning = (
        "".join(cell["source"])
        for cell in stages.cells_of(tree / f"notebooks/{notebook}.ipynb")[:3]
        if cell["cell_type"] == "code"
    )
    space = {}
    exec(setting, space)
    with contextlib.chdir(tree / "notebooks"), pytest.raises(HeadcountError) as caught:
        exec(beginning, space | {name: value})
    return str(caught.value)


def test_wrong_parameters_for_papermill_itself(finished):
    kept = finished.contents("figures", "data/processed")
    wrong = {
        (
            "01-sources",
            "stroy",
            "..",
        ): "parameter stroy; this notebook takes story.",
        ("04-running-total", "counted", "whales"): "counted = 'whales': it must be one of children, women.",
        ("05-comparisons", "reading", "wild"): "reading = 'wild': it must be one of literal, newsroom.",
        ("03-reconciliation", "as_of", "2011-13-01"): 'or "" for the one in story.yml.',
        (
            "01-sources",
            "story",
            "../nowhere",
        ): "it has no story.yml. Lay one out: headcount new FOLDER.",
    }
    runs = list(wrong)[: None if SCALE else 1]  # a name that is unknown is seen under papermill only
    for (status, complained), said in zip(
        papermill(finished, runs, "--cwd", "notebooks"), wrong.values(), strict=False
    ):
        assert status == 1 and complained.endswith(said)
    for run in list(wrong)[1:]:
        assert refusal(finished, *run).endswith(wrong[run])
    assert finished.contents("figures", "data/processed") == kept


def test_each_says_what_to_run_first(finished):
    shutil.rmtree(finished / "data/processed")
    runs = [
        (name, "story", "..")
        for name in ("02-claims", "03-reconciliation", "04-running-total", "05-comparisons")
    ]
    firsts = ("01-sources", "02-claims", "01-sources", "01-sources")
    for run, first in zip(runs, firsts, strict=True):
        assert refusal(finished, *run).endswith(f"is missing. Run {first} first, or make.")
    if SCALE:
        assert {status for status, _ in papermill(finished, runs)} == {1}


def test_no_story(finished, tmp_path):
    status, _, complained = finished.headcount("run", "--story", tmp_path / "nowhere")
    assert status == 1 and "nowhere is no story: it has no story.yml." in complained


def test_a_notebook_without_parameters(tmp_path):
    (tmp_path / "x.ipynb").write_text('{"cells": []}')
    with pytest.raises(HeadcountError, match="x.ipynb has no cell tagged `parameters`"):
        stages.default_parameters(tmp_path / "x.ipynb")


# --- verify -----------------------------------------------------------------------------------------------------------


def test_verify_says_when_nothing_differs(monkeypatch, capsys):
    """What it says when something differs, and a whole rebuild without any damage: torture/test_same_bytes.py."""
    monkeypatch.setattr("headcount.pipeline.verify", lambda *_, **__: [])
    assert main(["verify"]) == 0
    assert capsys.readouterr().out == "Rebuilt, and every table, figure, page and notebook is the same.\n"
