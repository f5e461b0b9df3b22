"""Faults: kill -9, Ctrl-C, a full disk, a folder that cannot be written, two runs at once. Nothing half-written looks finished, what was
good before is still there, and the next make gives the same bytes."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
import uuid
from contextlib import contextmanager

import pytest
from conftest import PYTHON, ROOT
from hardship import SCALE, chance, differing, left_over, long, outputs, rounds, seal, told, wait_until

from headcount import HeadcountError
from headcount.claims import claim_table
from headcount.sources import read_sources
from headcount.story import Story

GARBAGE = b"not what a run writes"


def make(tree, mark, **options):
    return tree.start("make", "--no-print-directory", TORTURE_MARK=mark, **options)


def damage(tree, good, rng):
    """Put garbage in place of an output or some, or of all, in `make test` of those of the first stage: what a run has to make anew.
    Returns the paths."""
    paths = sorted(good) if SCALE else ["build/01-sources.ipynb", "data/processed/sources.csv"]
    some = paths if rng.random() < 0.05 else rng.sample(paths, min(len(paths), rng.choice((1, 1, 1, 2, 3))))
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


def test_killed_at_random_moments(finished, built):
    """kill -9 of make, of the pipeline or of a kernel; every file is then whole, old or new, and make restores the same bytes."""
    tree, rng, good = finished, chance("kill"), outputs(built)
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
        assert differing(outputs(tree), good) == [], (number, kind)
        print(end=f"\r  {number + 1}", flush=True)
    told("kill -9", **hit)


# --- no space, no permission, not alone -------------------------------------------------------------------------------


@contextmanager
def mounted(folder, *options):
    """A folder mounted anew; skips the test where that may not be done."""
    done = subprocess.run(["mount", *options, folder], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def change(tree):
    """Change a text, its seal, and with them every output."""
    path = tree / "data/raw/003_edff54d2aead951a.txt"
    before = seal(path)
    path.write_text(path.read_text(encoding="utf-8").replace("92 abducted", "93 abducted"), encoding="utf-8")
    tree.edit("data/raw/sources.yml", before, seal(path))


def stays(tree, before):
    """Whether the tables, figures and notebooks are what they were."""
    now = {path: data for path, data in outputs(tree).items() if "failed" not in path}
    return now == before


def test_full_disk(built, tmp_path):
    """The disk is full sooner or later in a run: it says so, nothing changes, and with space again all is made."""
    tree, rng = built.copy(tmp_path / "tree"), chance("disk")
    (tmp_path / "disk").mkdir()
    told_of = 0
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=48m", "tmpfs"):
        full = tree.copy(tmp_path / "disk/tree")
        change(full)
        before = outputs(full)
        for number in range(rounds(1, 12)):
            filler = full / "filler"
            left = rng.choice((0, 4096, 30_000, 100_000, 400_000)) if number else 0
            size = os.statvfs(full.folder)
            filler.write_bytes(bytes(max(0, size.f_bavail * size.f_frsize - left)))
            status, _, complained = full.headcount("run")
            filler.unlink()
            if status:
                told_of += 1
                assert "No space left on device" in complained and "Traceback" not in complained, complained
                assert complained.startswith("headcount: ")
                assert number or stays(full, before)
            assert not [data for path, data in outputs(full).items() if "failed" not in path and not data]
        if SCALE:
            assert full.headcount("run")[::2] == (0, "")
            change(tree)
            assert tree.headcount("run")[::2] == (0, "")
            folders = ("data/processed", "figures")
            assert differing(full.contents(*folders), tree.contents(*folders)) == []
    told("full disk", runs=number + 1, stopped=told_of)


@pytest.mark.parametrize("folder", ["data/processed", "build", pytest.param("figures", marks=long)])
def test_folder_that_cannot_be_written(built, tmp_path, folder):
    tree = built.copy(tmp_path / "tree")
    change(tree)
    before = tree.contents(folder)
    with mounted(tree / folder, "-o", "bind", str(tree / folder)):
        subprocess.run(["mount", "-o", "remount,bind,ro", tree / folder], check=True)
        status, _, complained = tree.headcount("run")
    assert status == 1 and "Read-only file system" in complained and "Traceback" not in complained
    assert "Free space or give permission, then run it again." in complained
    assert str(tree / folder) in complained
    now = {path: data for path, data in tree.contents(folder).items() if path != "build/lock"}
    assert now == {path: data for path, data in before.items() if path != "build/lock"}
    if SCALE:
        assert tree.headcount("run")[::2] == (0, "")


def test_two_at_once(finished, built):
    """Both succeed with the same bytes: the second waits for the first."""
    tree, good = finished, outputs(built)
    for _ in range(rounds(1, 10)):
        (tree / "data/processed/sources.csv").write_bytes(GARBAGE)
        runs = [make(tree, "two"), make(tree, "two")]
        said = [run.communicate(timeout=600) for run in runs]
        assert [run.returncode for run in runs] == [0, 0] and {complained for _, complained in said} == {""}
        assert sorted("Nothing to do" in one for one, _ in said) == [False, True]
        assert differing(outputs(tree), good) == []
    told("two makes at once", pairs=rounds(1, 10))


@long
def test_interrupted_at_random_moments(finished, built):
    """Ctrl-C: everything is as it was before, or as it will be."""
    tree, rng, good = finished, chance("interrupt"), outputs(built)
    number, interrupted = rounds(0, 15), 0
    for _ in range(number):
        damage(tree, good, rng)
        run = tree.start(*PYTHON, "-m", "headcount", "run", TORTURE_MARK="interrupt")
        time.sleep(rng.uniform(0.3, 5))
        run.send_signal(signal.SIGINT)
        said, complained = run.communicate(timeout=300)
        interrupted += run.returncode == 130
        assert run.returncode in (0, 130, -signal.SIGINT, 1), complained
        assert wait_until(lambda: not left_over("interrupt"))
        broken = {path: data for path, data in outputs(tree).items() if data != good.get(path)}
        assert {data for path, data in broken.items() if "failed" not in path} <= {GARBAGE}
        assert tree.headcount("run")[::2] == (0, "")
        assert {p: d for p, d in outputs(tree).items() if "failed" not in p} == good
    told("Ctrl-C", runs=number, interrupted=interrupted)


# --- the raw texts ----------------------------------------------------------------------------------------------------


@pytest.fixture
def story(tmp_path):
    """A story of our own texts, to tamper with."""
    shutil.copytree(ROOT / "data/raw", tmp_path / "raw")
    shutil.copy(ROOT / "story.yml", tmp_path)
    return Story.at(tmp_path)


def found(story, *parts):
    """Whether the sources are refused with these words."""
    with pytest.raises(HeadcountError) as caught:
        read_sources(story)
    return all(part in str(caught.value) for part in parts)


def test_any_byte_changed(story):
    """Found by name, with both checksums; by the second notebook too, where it runs by itself."""
    rng, sources = chance("bytes"), read_sources(story)
    texts = sorted(story.raw.glob("*.txt"))
    number = rounds(60, 5000)
    for _ in range(number):
        text = rng.choice(texts)
        good = text.read_bytes()
        at = rng.randrange(len(good))
        text.write_bytes(
            good[:at]
            + rng.choice(
                [
                    b"",
                    bytes([rng.randrange(256)]) + good[at : at + 1],
                    bytes([good[at] ^ 1 << rng.randrange(8)]),
                ]
            )
            + good[at + 1 :]
        )
        assert found(story, text.name, hashlib.sha256(good).hexdigest(), seal(text))
        if _ % 20 == 0:
            with pytest.raises(HeadcountError, match=f"{text.name} has changed"):
                claim_table(story, sources)
        text.write_bytes(good)
    assert len(read_sources(story)) == len(texts)
    told("bytes changed", found=number)


def test_texts_added_removed_swapped_linked(story, tmp_path):
    one, two = sorted(story.raw.glob("*.txt"))[:2]
    first, second = one.read_bytes(), two.read_bytes()
    (story.raw / "more.txt").write_bytes(b"Ten children.")
    assert found(story, "more.txt is not listed", seal(story.raw / "more.txt"))
    (story.raw / "more.txt").unlink()

    one.write_bytes(second), two.write_bytes(first)
    assert found(story, one.name, seal(one), seal(two))
    two.write_bytes(second)

    for target, content in ((tmp_path / "outside.txt", first), (tmp_path / "other.txt", b"Ten.")):
        target.write_bytes(content)
        one.unlink()
        one.symlink_to(target)
        assert found(story, one.name, str(target), hashlib.sha256(first).hexdigest(), seal(target))
    target.unlink()
    assert found(story, one.name, str(target))
    one.unlink()
    assert found(story, f"{one.name} is missing", hashlib.sha256(first).hexdigest())
    one.mkdir()
    assert found(story, one.name)
    one.rmdir()
    os.mkfifo(one)
    assert found(story, one.name)


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/hosts.txt", "sub/one.txt", "./one.txt", "..", "one.md", "sources.yml"]
)
def test_a_path_that_leaves_the_folder(story, name):
    (story.raw / "sources.yml").open("a").write(
        f"\n{name}: {{publisher: P, published: unknown, basis: b, sha256: x}}\n"
    )
    assert found(story, "sources.yml", name, "named by its file")
