"""The coverage-guided fuzzer atheris, which looks for inputs that reach new lines of the package. It lives in a throwaway environment,
installed by hash, and nobody who uses Headcount needs it."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import ROOT
from hardship import SEED, long, rounds, told

HERE = Path(__file__).parent


@long
def test_coverage_guided(tmp_path):
    """Seeded with the five texts, their listing, and the examples of the grammar."""
    python = tmp_path / "venv/bin/python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    install = [
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        HERE / "atheris.lock",
    ]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"atheris cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
    (tmp_path / "corpus").mkdir()
    seeds = [*(ROOT / "data/raw").iterdir(), ROOT / "src/headcount/grammar.yml"]
    for number, line in enumerate(
        line for path in seeds for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ):
        (tmp_path / f"corpus/{number}").write_text(line, encoding="utf-8")
    path = os.pathsep.join([str(ROOT / "src"), str(HERE), str(HERE.parent), sysconfig.get_path("purelib")])
    runs = [
        f"-runs={rounds(1, 20_000)}",
        "-max_len=600",
        "-timeout=60",
        f"-seed={SEED}",
        f"-artifact_prefix={tmp_path}/",
    ]
    done = subprocess.run(
        [python, HERE / "fuzz.py", *runs, tmp_path / "corpus"],
        env={**os.environ, "PYTHONPATH": path, "HEADCOUNT_TORTURE": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    tried, covered = re.findall(r"#(\d+)\s+DONE\s+cov: (\d+)", done.stderr)[-1]
    told("coverage-guided", inputs=int(tried), branches=int(covered))
