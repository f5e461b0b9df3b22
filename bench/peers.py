"""Other people's programs, run for comparison in an environment of their own."""

import json
import subprocess
import sys

from headcount.story import ROOT


def run(package, code, data, *more):
    """What `code`, a Python program, prints as JSON when `package` (and `more`) is installed and its first argument is a file with
    `data` as JSON; None if the package cannot be had or it takes over ten minutes."""
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")
    wanted = [part for name in (package, *more) for part in ("--with", name)]
    command = [sys.executable, "-m", "uv", "run", "-q", "--isolated", "--no-project", *wanted]
    command += ["python", "-W", "ignore", "-c", code, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired:
        print(f"  {package}: stopped after ten minutes")
        return None
    if done.returncode:
        print(f"  {package} could not be run: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return json.loads(done.stdout)
