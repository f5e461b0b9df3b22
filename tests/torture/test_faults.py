"""Faults: kill -9, Ctrl-C, a full disk, a folder that cannot be written, two runs at once. Nothing half-written looks finished, what was
good before is still there, and the next make gives the same bytes."""

import os
import signal
import time
import uuid

import pytest
from hardship import chance, left_over, outputs, rounds, small_tree, told, wait_until

GARBAGE = b"not what a run writes"


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A small tree that has run. Only to be read."""
    tree = small_tree(tmp_path_factory.mktemp("small"))
    assert tree.headcount("run", "--jobs", 2)[::2] == (0, "")
    return tree


@pytest.fixture
def tree(small, tmp_path):
    return small.copy(tmp_path / "tree")


def make(tree, mark, **options):
    return tree.start("make", "--no-print-directory", TORTURE_MARK=mark, **options)


def damage(tree, good, rng):
    """Put garbage in place of an output or some, or of all: what a run has to make anew. Returns the paths."""
    some = sorted(good) if rng.random() < 0.05 else rng.sample(sorted(good), rng.choice((1, 1, 1, 2, 3)))
    for path in some:
        (tree / path).write_bytes(GARBAGE)
    return some


def roles(mark):
    """The processes of a run by what they are: make, the pipeline (papermill's process), kernels."""
    found = {"make": [], "pipeline": [], "kernel": []}
    for process in left_over(mark):
        try:
            with open(f"/proc/{process}/cmdline") as file:
                command = file.read()
        except OSError:
            continue
        kind = "kernel" if "ipykernel" in command else "pipeline" if "headcount\0run" in command else "make"
        found[kind].append(process)
    return found


def test_killed_at_random_moments(tree, small):
    """kill -9 of make, of the pipeline or of a kernel; every file is then whole, old or new, and make restores the same bytes."""
    rng, good = chance("kill"), outputs(small)
    hit = dict.fromkeys(("make", "pipeline", "kernel", "nothing"), 0)
    for number in range(rounds(2, 120)):
        mark = uuid.uuid4().hex
        damage(tree, good, rng)
        run = make(tree, mark)
        kind = ("pipeline", "kernel", "make")[number % 3]
        if kind == "kernel":  # it is there for the last part of a run alone
            wait_until(lambda run=run, mark=mark: roles(mark)["kernel"] or run.poll() is not None)
            time.sleep(rng.uniform(0, 2))
        else:
            time.sleep(rng.uniform(0, 4))
        victims = roles(mark)[kind]
        for victim in victims[:1]:
            os.kill(victim, signal.SIGKILL)
        hit[kind if victims else "nothing"] += 1
        # What a killed make had started may go on by itself: then the next make waits for it.
        broken = {path: data for path, data in outputs(tree).items() if data != good.get(path)}
        broken = {path: data for path, data in broken.items() if "/." not in path and "failed" not in path}
        assert set(broken.values()) <= {GARBAGE}, (number, kind, broken.keys())
        if kind == "kernel" and victims:
            said, complained = run.communicate()
            if run.returncode:
                assert "headcount: " in complained and "Run make again" in complained, complained
        again = make(tree, mark)
        said, complained = again.communicate(timeout=600)
        assert (again.returncode, complained) == (0, ""), (number, kind)
        run.communicate()
        assert wait_until(lambda mark=mark: not left_over(mark)), (number, kind, roles(mark))
        assert outputs(tree) == good, (number, kind)
    told("kill -9", **hit)
