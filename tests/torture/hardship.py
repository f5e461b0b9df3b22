"""What the torture tests share: how often to try, a small story, and a look at the processes that are left.

In `make test` each runs a few rounds; `make torture` sets HEADCOUNT_TORTURE, by which the long numbers are multiplied.
"""

import os
import random
import shutil
import time
from pathlib import Path

import pytest
import yaml
from conftest import inputs

SCALE = float(os.environ.get("HEADCOUNT_TORTURE") or 0)
SEED = int(os.environ.get("HEADCOUNT_SEED") or 2011)  # so that a failure comes back
long = pytest.mark.skipif(not SCALE, reason="long: make torture")


def rounds(few, many):
    """How often to try: a few times in `make test`, many times in `make torture`."""
    return max(1, round(many * SCALE)) if SCALE else few


def chance(name):
    """A random.Random of its own for each test."""
    return random.Random(f"{SEED} {name}")


def told(what, **counts):
    """Print what was tried and how often, for the table in docs/trust.md."""
    print(f"\n  {what}: {', '.join(f'{count:,} {name}' for name, count in counts.items())}")


TEXT = """Chinese police have rescued 18,518 children and 34,813 women since April 2009, the ministry said on Tuesday.

In one raid on 30 November 2011 officers arrested 608 suspects and rescued 178 children in 10 provinces, Xinhua reported.
More than 18,000 children were rescued in the past two years, Chen Shiqu said. Police rescued 8,660 children in 2011.
"""


def seal(path):
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def small_tree(folder):
    """A Tree whose own story has one short text and one running total, so that a run is quick."""
    tree = inputs(folder)
    shutil.rmtree(tree / "data/raw")
    (tree / "data/raw").mkdir()
    write_story(tree / "data/raw", {"one.txt": TEXT})
    story = yaml.safe_load((tree / "story.yml").read_text(encoding="utf-8"))
    del story["suppose"], story["series"][1:]
    (tree / "story.yml").write_text(yaml.safe_dump(story), encoding="utf-8")
    return tree


def write_story(raw, texts):
    """Write texts, by name, and a sources.yml that seals them."""
    entries = []
    for name, text in texts.items():
        (raw / name).write_text(text, encoding="utf-8", newline="")
        entries.append(
            f"{name}:\n  publisher: Xinhua\n  published: 2011-12-06\n  basis: told\n  sha256: {seal(raw / name)}\n"
        )
    (raw / "sources.yml").write_text("".join(entries), encoding="utf-8")


def left_over(mark):
    """The processes, zombies aside, that were started with TORTURE_MARK=mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"TORTURE_MARK={mark}\0".encode() in (folder / "environ").read_bytes() + b"\0":
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_until(condition, seconds=120):
    """Wait until a condition holds; whether it came to hold."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def outputs(tree):
    """Path to bytes of all that a run is to leave: tables, figures, page, notebooks as run."""
    kept = tree.contents("data/processed", "figures", "build")
    return {path: data for path, data in kept.items() if path != "build/lock" and "/stamps/" not in path}
