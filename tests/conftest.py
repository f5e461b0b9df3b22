"""Copies of the project that the tests may run and break."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
INPUTS = (
    *("notebooks", "data/raw", "src", "tools"),
    *("story.yml", "Makefile", "requirements.lock", "pyproject.toml"),
)
PYTHON = [sys.executable]
ENVIRONMENT = {
    key: value
    for key, value in os.environ.items()
    if not key.startswith(("CONDA", "MAKE", "MFLAGS", "PYTEST", "PYTHONPATH"))
}

STALE = """
import sys
from headcount.pipeline import execute
from headcount.stages import stages, up_to_date
from headcount.story import ROOT, Story
story = Story.at(ROOT)
parameters = dict(word.split("=") for word in sys.argv[1:] if "=" in word)
plan = {stage.name: stage for stage in stages(story, parameters=parameters)}
for name in sys.argv[1 + len(parameters):]:
    execute(plan[name], story)
print(*(name for name, stage in plan.items() if not up_to_date(stage, story.build)))
"""


def pytest_collection_modifyitems(items):
    """The longest test first, lest at the end one process waits for the other that runs it."""
    items.sort(key=lambda item: item.path.stem != "test_same_bytes")


class Tree:
    """A copy of the project in a folder of its own, run with its own code."""

    def __init__(self, folder):
        self.folder = folder

    def __truediv__(self, path):
        return self.folder / path

    @property
    def environment(self):
        return {**ENVIRONMENT, "PYTHONPATH": str(self / "src"), "PYTHONDONTWRITEBYTECODE": "1"}

    def start(self, *command, cwd=None, log=subprocess.PIPE, **environment):
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd or self.folder,
            env=self.environment | environment,
            stdout=log,
            stderr=log,
            text=True,
            # A shell that runs the tests in the background ignores Ctrl-C, and its children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def do(self, *command, **options):
        """Run a command in the tree: its exit status, stdout and stderr."""
        process = self.start(*command, **options)
        said, complained = process.communicate()
        return process.returncode, said, complained

    def headcount(self, *arguments, **options):
        return self.do(*PYTHON, "-m", "headcount", *arguments, **options)

    def run(self, *arguments, **options):
        """Run the pipeline, which must succeed: the names of the stages that ran."""
        status, said, complained = self.headcount("run", *arguments, **options)
        assert (status, complained) == (0, "")
        return [line.strip() for line in said.splitlines() if line.startswith("  ")]

    def stale(self, *words):
        """Run some stages, these alone, behind parameters as the command takes them: the names of those not up to date then."""
        status, said, complained = self.do(*PYTHON, "-c", STALE, *words)
        assert (status, complained) == (0, "")
        return said.split()

    def copy(self, folder):
        """A copy of the tree in another folder."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Tree(folder)

    def edit(self, path, old, new):
        """Replace the one place where a file says `old`."""
        text = (self / path).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (self / path).write_text(text.replace(old, new), encoding="utf-8")

    def add_cell(self, notebook, code, at=2):
        """Put a code cell into a notebook; `at=2` is right behind its parameters."""
        path = self / "notebooks" / f"{notebook}.ipynb"
        content = json.loads(path.read_text(encoding="utf-8"))
        content["cells"].insert(
            at,
            {
                "cell_type": "code",
                "id": "added",
                "metadata": {},
                "source": code,
                "outputs": [],
                "execution_count": None,
            },
        )
        path.write_text(json.dumps(content), encoding="utf-8")

    def contents(self, *folders):
        """Path to bytes for all files in some folders."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for folder in folders
            for path in sorted((self / folder).rglob("*"))
            if path.is_file()
        }


def once(tmp_path_factory, name, make):
    """A folder that `make` fills, only to be read: all processes that run the tests share it, and the first to want it makes it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with (shared / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / name).exists():
            begun = tmp_path_factory.mktemp("begun")
            make(begun)
            begun.rename(shared / name)
    return shared / name


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A tree in which the pipeline has run once, two notebooks at a time, and its outputs were saved. Only to be read."""

    def make(folder):
        tree = inputs(folder)
        assert tree.run("--jobs", 2) == STAGES
        assert tree.headcount("save")[0] == 0

    return Tree(once(tmp_path_factory, "built", make))


@pytest.fixture
def finished(built, tmp_path):
    """A copy of `built` to change."""
    return built.copy(tmp_path / "finished")


SHORT = """Chinese police have rescued 18,518 children and 34,813 women since April 2009, the ministry said on Tuesday.

In one raid on 30 November 2011 officers arrested 608 suspects and rescued 178 children in 10 provinces, Xinhua reported.
More than 18,000 children were rescued in the past two years, Chen Shiqu said. Police rescued 8,660 children in 2011.
"""


def write_texts(raw, texts):
    """Write texts, by name, and a sources.yml that seals them."""
    entries = []
    for name, text in texts.items():
        (raw / name).write_bytes(text.encode())
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        entries.append(
            f"{name}: {{publisher: Xinhua, published: 2011-12-06, basis: told, sha256: {sha256}}}\n"
        )
    (raw / "sources.yml").write_text("".join(entries), encoding="utf-8")


STAGES = [
    "01-sources",
    "02-claims",
    "03-reconciliation",
    "04-running-total",
    "04-running-total-women",
    "05-comparisons",
    "page",
]


def inputs(folder):
    """A Tree in `folder` with copies of the inputs, and of the figures two only, to save time."""
    for name in INPUTS:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy2(source, target)
    pretend_environment(folder)
    story = yaml.safe_load((folder / "story.yml").read_text(encoding="utf-8"))
    del story["series"][2:]
    (folder / "story.yml").write_text(yaml.safe_dump(story), encoding="utf-8")
    return Tree(folder)


def pretend_environment(folder):
    """Let make take the environment that runs the tests for the one it would set up in `folder`."""
    python = folder / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (folder / ".venv/home").symlink_to("../requirements.lock")
    (folder / ".venv/ready").touch()
