"""What tests share that are run in short and at length: how often to try, and a look at the processes that are left.

In `make test` each runs a few rounds; `make torture` sets HEADCOUNT_TORTURE, by which the long numbers are multiplied.
"""

import hashlib
import os
import random
import time
from pathlib import Path

import pytest

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


def seal(path):
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


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


def differing(ours, theirs):
    """The paths at which two mappings of path to bytes differ."""
    return sorted(path for path in {*ours, *theirs} if ours.get(path) != theirs.get(path))
