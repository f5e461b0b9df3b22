"""Very many texts: the same rows whoever works, after a cut too; an error row for what cannot be read."""

import os
import signal
import subprocess
import sys
import time

import fsspec
import pandas as pd
import psutil
import pytest
from hardship import SCALE

from headcount import HeadcountError, bulk, texts
from headcount.__main__ import main
from headcount.bulk import extract_all
from headcount.story import ROOT, Story
from headcount.tables import columns
from headcount.texts import id_of, named

STORY = Story.at(ROOT)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Forty texts in two folders, file names and one text shared, and the working directory above them."""
    monkeypatch.chdir(tmp_path)
    for name in "north", "south/inner":
        (tmp_path / "raw" / name).mkdir(parents=True)
        for number in range(20):
            text = (
                f"Police rescued {number or 500} miners on 3 May 2014. More than 300 families fled {name}.\n"
            )
            (tmp_path / "raw" / name / f"{number:02}.txt").write_text(text, encoding="utf-8")
    return tmp_path


def contents(output):
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*.parquet")}


def table(output, name):
    return pd.read_parquet(output / name)


def test_the_same_rows_whoever_works(folder):
    """This process, a Dask cluster, and in `make torture` processes of its own: in short see the killed run, whose parts two made."""
    from distributed import LocalCluster

    here = extract_all(["raw"], STORY, "here", batch=6)
    assert here == (40, 80, 0, 0)
    alike = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "protocol": "tcp://"}
    with LocalCluster(**alike, processes=bool(SCALE)) as cluster:
        address = cluster.scheduler_address
        assert address.startswith("tcp://")
        assert extract_all(["raw"], STORY, "dask", batch=6, scheduler=address) == here
    one = contents(folder / "here")
    assert len(one) == 14 and contents(folder / "dask") == one
    if SCALE:
        assert extract_all(["raw"], STORY, "cores", batch=6, workers=2) == here
        assert contents(folder / "cores") == one

    claims, read = table(folder / "here", "claims"), table(folder / "here", "texts")
    assert list(claims.columns) == columns("claims") and claims["claim_id"].is_unique
    assert list(claims["value"][:4]) == [500, 300, 1, 300]
    assert list(read["file"]) == sorted(read["file"]) == list(dict.fromkeys(claims["file"]))
    assert read["source_id"].is_unique and list(dict.fromkeys(claims["source_id"])) == list(read["source_id"])


CUT = """
import sys
from headcount import bulk
from headcount.story import ROOT, Story
if __name__ == "__main__":
    bulk.extract_all(["raw"], Story.at(ROOT), "cut", batch=2, workers=2)
"""


def test_a_killed_run_goes_on_where_it_stopped(folder):
    (folder / "cut.py").write_text(CUT)
    run = subprocess.Popen([sys.executable, "cut.py"])
    parts = folder / "cut" / "texts"
    while not (parts.is_dir() and len(list(parts.glob("part-*"))) >= 2):
        assert run.poll() is None
        time.sleep(0.005)
    workers = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert workers and not psutil.wait_procs(workers, timeout=30)[1]
    done = {path.name: path.stat().st_mtime_ns for path in parts.glob("part-*")}
    assert 2 <= len(done) < 20

    (folder / "raw" / "late.txt").write_text("Police rescued 7 miners.\n")
    (folder / "raw" / "north" / "19.txt").touch()
    after = extract_all(["raw"], STORY, "cut", batch=2)
    assert after == (40, 80, 0, 2 * len(done))
    assert {name: (parts / name).stat().st_mtime_ns for name in done} == done
    (folder / "raw" / "late.txt").unlink()
    assert extract_all(["raw"], STORY, "whole", batch=2)[:3] == after[:3]
    assert contents(folder / "cut") == contents(folder / "whole")


def test_what_cannot_be_read_is_a_row_with_the_reason(folder, monkeypatch):
    raw = folder / "raw" / "bad"
    raw.mkdir()
    (raw / "a.txt").write_bytes(b"caf\xe9")
    (raw / "b.txt").write_bytes(b" \n")
    (raw / "c.txt").write_text("5 dead. " * 100)
    (raw / "d.txt").write_text("Some 9,999,999 trillion people fled.")
    (raw / "e.txt").write_text("ODD")
    (raw / "f.txt").symlink_to("gone")
    os.mkfifo(raw / "g.txt")
    (folder / "more").write_text(
        "raw/bad/a.txt\nraw/none.txt\nraw/north\nmemory://gone.txt\nnosuch://x.txt\n"
    )
    find = bulk.claims_in

    def odd(text, *others):
        if text == "ODD":
            raise KeyError("odd")
        return find(text, *others)

    monkeypatch.setattr(bulk, "claims_in", odd)
    monkeypatch.setattr(texts, "LARGEST", 500)
    done = extract_all(["raw"], STORY, "out", listing="more")
    assert done == (51, 80, 10, 0)
    read = table(folder / "out", "texts")
    errors = read[read["error"] != ""].set_index("file")["error"]
    assert list(errors) == [
        "raw/bad/a.txt, line 1 (byte 3) is not UTF-8. Convert it, if it is Windows-1252 so: iconv -f WINDOWS-1252 -t UTF-8 raw/bad/a.txt"
        " > new.txt (and seal it anew if sources.yml lists it).",
        "raw/bad/b.txt is empty. Put the text back, or leave it out.",
        "raw/bad/c.txt is longer than 500 bytes. Split it.",
        "raw/bad/e.txt could not be understood: KeyError: 'odd'",
        "raw/bad/f.txt is missing.",
        "raw/bad/g.txt is missing.",
        "raw/none.txt is missing.",
        "raw/north is a folder.",
        "memory://gone.txt is missing.",
        errors["nosuch://x.txt"],
    ]
    assert "nosuch" in errors["nosuch://x.txt"]
    assert (read["claims"][read["error"] != ""] == 0).all()
    assert (read["sha256"].str.len() == 64).sum() == 40 + 4


def test_texts_and_results_in_a_store(folder):
    store = fsspec.filesystem("memory")
    store.put(str(folder / "raw"), "/bucket/raw", recursive=True)
    there = extract_all(["memory://bucket/raw"], STORY, "memory://bucket/out", batch=6)
    assert there == extract_all([f"file://{folder}/raw"], STORY, "here", batch=6) == (40, 80, 0, 0)
    store.get("/bucket/out/", str(folder / "there"), recursive=True)
    ours, theirs = (table(folder / name, "claims") for name in ("here", "there"))
    assert list(theirs["file"][:2]) == ["memory:///bucket/raw/north/00.txt"] * 2
    assert ours["file"][0] == f"file://{folder}/raw/north/00.txt"
    rest = [name for name in columns("claims") if name != "file" and not name.endswith("_id")]
    pd.testing.assert_frame_equal(ours[rest], theirs[rest])
    assert extract_all(["memory://bucket/raw"], STORY, "memory://bucket/out", batch=6).went_on == 40
    assert list(named(["memory://bucket/raw/**/1?.txt"]))[-1] == "memory:///bucket/raw/south/inner/19.txt"


def test_a_folder_takes_one_run_only(folder):
    extract_all(["raw"], STORY, "out")
    for change in ({"published": "2014-05-06"}, {"listing": "x"}, {"batch": 3}):
        with pytest.raises(
            HeadcountError, match=rf"out holds a run with other {next(iter(change))}\. Name a new"
        ):
            extract_all(["raw"], STORY, "out", **change)
    with pytest.raises(HeadcountError, match="raw holds other files"):
        extract_all(["raw"], STORY, "raw")
    settings = bulk.Settings(".", {}, (), "", "another")
    with pytest.raises(HeadcountError, match="not the one with which the run began"):
        bulk.read_batch(settings, 0, [])


def test_names_are_in_order_and_once(folder):
    names = list(named(["raw/south", "raw/north/0[01].txt", "raw/", "./raw/north/00.txt"]))
    inner, north = (
        [f"raw/{place}/{number:02}.txt" for number in range(20)] for place in ("south/inner", "north")
    )
    assert names == [*inner, "raw/north/00.txt", "raw/north/01.txt", *north[2:], "./raw/north/00.txt"]
    assert len({id_of(name) for name in names}) == len(names)
    assert id_of("raw/north/00.txt").startswith("00-")
    (folder / "raw" / "[1].txt").write_text("x")
    assert list(named(["raw/[1].txt"])) == ["raw/[1].txt"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["raw", "--workers", 2], "add --output FOLDER/"),
        (["raw", "--output", "out/", "--workers", 0], "must be 1 or more"),
        (["raw", "--output", "out/", "--format", "csv"], "it gets Parquet"),
        (["raw", "--output", "out/", "--scheduler", "tcp://127.0.0.1:9"], "No Dask scheduler answers"),
        (["none", "--output", "out/"], "none has no texts"),
        ([], "No text is named"),
        (["--list", "gone"], "gone cannot be read as a list"),
        (["raw/**/x*"], "has no texts"),
    ],
)
def test_what_cannot_be_done_is_said(folder, monkeypatch, arguments, message, capsys):
    (folder / "none").mkdir()
    monkeypatch.setattr("distributed.Client", refuse)
    assert main(["extract", *map(str, arguments)]) == 1
    said = capsys.readouterr()
    assert message in said.err and said.err.count("\n") == 1 and said.out == ""


def refuse(*_, **__):
    raise OSError("timed out")


def test_the_command(folder, capsys):
    (folder / "raw" / "bad.txt").write_bytes(b"\xff")
    assert main(["extract", "raw", "--output", "out/", "--workers", "1"]) == 0
    said = capsys.readouterr()
    assert said.out == "41 texts, 80 claims in out/\n"
    assert "1 texts could not be read" in said.err and "41/41" in said.err
    assert main(["extract", "raw/north", "--format", "jsonl"]) == 0
    assert capsys.readouterr().out.count("\n") == 40
