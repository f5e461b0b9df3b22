"""The environment: what is asked for, what is locked, what is installed, and how tools/env.sh says no."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
# Put together here so that this file does not name them.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("yarnpkg", "com"),
        ("anaconda", "org"),
        ("repo", "anaconda", "com"),
        ("deb", "debian", "org"),
        ("golang", "org"),
        ("crates", "io"),
    )
]


def requirements(text):
    return [Requirement(line.rstrip("\\\n ")) for line in text.splitlines() if line[:1].isalnum()]


def test_environment_yml_is_python_and_the_lock():
    assert yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8")) == {
        "name": "headcount",
        "channels": ["conda-forge", "nodefaults"],
        "dependencies": ["python=3.11", "pip", {"pip": ["-r requirements.lock"]}],
    }


def test_everything_asked_for_is_locked_at_that_version():
    locked = {(canonicalize_name(r.name), str(r.specifier)) for r in requirements(LOCK)}
    asked = requirements((ROOT / "requirements.in").read_text(encoding="utf-8"))
    assert {(canonicalize_name(r.name), str(r.specifier)) for r in asked} <= locked
    assert all(re.fullmatch(r"==[\w.]+", str(r.specifier)) for r in asked)
    assert "numpy" not in {r.name for r in asked}


def test_every_locked_package_has_a_version_and_hashes():
    packages = re.split(r"\n(?=\w)", LOCK.strip())
    assert len(packages) == len(requirements(LOCK)) > 100
    for package in packages:
        first, *hashes = package.replace("\\\n", "\n").splitlines()
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+ *(;|$)", first), first
        assert hashes and all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64} *", h) for h in hashes), first


def test_no_address_in_what_is_asked_for():
    for name in "requirements.in", "requirements.lock", "environment.yml":
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, name


def test_no_file_names_a_package_registry():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git repository")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    pattern = re.compile(b"|".join(re.escape(host.encode()) for host in REGISTRIES), re.IGNORECASE)
    files = [ROOT / name for name in names if name and (ROOT / name).is_file()]
    assert [str(file) for file in files if pattern.search(file.read_bytes())] == []


def test_installed_is_what_is_locked():
    differ = []
    for r in requirements(LOCK):
        if r.marker is None or r.marker.evaluate():
            try:
                have = version(r.name)
            except PackageNotFoundError:
                have = "missing"
            if str(r.specifier) != f"=={have}":
                differ.append(f"{r}: {have}")
    assert differ == []


@pytest.fixture
def copy(tmp_path):
    """A copy of the files that tools/env.sh reads, in a folder with a space, and a PATH without any Python."""
    root, bin = tmp_path / "head count", tmp_path / "bin"
    (root / "tools").mkdir(parents=True)
    bin.mkdir()
    for name in "tools/env.sh", "requirements.lock", "pyproject.toml":
        shutil.copy(ROOT / name, root / name)
    for tool in ["sh", "cat", "cut", "dirname", "grep", "ln", "mv", "readlink", "rm", "sed", "tail", "touch"]:
        (bin / tool).symlink_to(shutil.which(tool))

    def run(**environment):
        command = ["sh", str(root / "tools" / "env.sh")]
        env = {"PATH": str(bin), "HOME": "", "PYTHONDONTWRITEBYTECODE": "1", "PIP_TARGET": "/nowhere"}
        done = subprocess.run(
            command, env=env | environment, capture_output=True, text=True, cwd=tmp_path, check=False
        )
        assert done.stdout == ""
        return done.returncode, done.stderr

    run.root, run.bin = root, bin
    return run


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def pretend(path, statement):
    """A Python that believes the statement."""
    script(path, f"""exec "{sys.executable}" -c 'import sys; {statement}; exec(sys.argv[-1])' "$@" """)


def test_no_python(copy):
    code, said = copy()
    assert code == 1 and said.count("\n") == 1
    assert "Python 3.11 or newer is needed (found: none): apt install python3, brew install python" in said


def test_python_too_old(copy):
    pretend(copy.bin / "python3", "sys.version_info = (3, 9, 2)")
    pretend(copy.root / "py", "sys.version_info = (2, 7, 18)")
    code, said = copy(PYTHON=str(copy.root / "py"))
    assert code == 1 and said.count("\n") == 1
    assert f"(found: {copy.root}/py is 2.7.18, python3 is 3.9.2)" in said and "brew install python" in said
    assert not (copy.root / ".venv").exists()


def test_python_without_venv(copy):
    pretend(copy.bin / "python3", 'sys.version_info = (3, 12, 3); sys.modules["ensurepip"] = None')
    code, said = copy()
    assert code == 1 and said.count("\n") == 1
    assert "python3 (3.12.3) cannot make virtual environments: run 'apt install python3.12-venv'" in said


def test_a_venv_that_cannot_be_made(copy):
    script(
        copy.bin / "python3",
        'case "$*" in *venv\\ --clear*) echo "No space left" >&2; exit 1;; esac; echo ok 3.12.3',
    )
    code, said = copy()
    assert code == 1 and said.splitlines()[1:] == ["headcount: could not make .venv: No space left"]


def test_offline_is_one_line_and_leaves_no_mark(copy):
    pip = 'echo "Temporary failure in name resolution; ERROR: No matching distribution"; exit 1'
    script(copy.root / "fake", f'case "$*" in *pip*) {pip};; esac; exec "{sys.executable}" "$@"')
    venv = "mkdir -p .venv/bin && cp fake .venv/bin/python"
    script(
        copy.bin / "python3",
        f'case "$*" in *venv\\ --clear*) {venv}; exit;; esac; exec "{sys.executable}" "$@"',
    )
    for tool in "mkdir", "cp":
        (copy.bin / tool).symlink_to(shutil.which(tool))
    code, said = copy()
    assert code == 1 and said.count("\n") == 2
    assert "could not install requirements.lock: no answer from the package index; offline?" in said
    assert not (copy.root / ".venv" / "ready").exists() and not (copy.root / ".venv" / "locked").exists()


@pytest.fixture
def conda(tmp_path):
    """What looks like the environment that conda makes from environment.yml, with this Python in it."""
    prefix = tmp_path / "envs" / "headcount"
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "lib/python3.11/site-packages/fontpkg_fira_sans-4.203.dist-info").mkdir(parents=True)
    pip = f'case "$*" in *"-m pip"*) echo "$PIP_USER $*" >>"{prefix}/pip"; exit;; esac'
    script(prefix / "bin" / "python", f'{pip}; exec "{sys.executable}" "$@"')
    return prefix


def test_the_conda_environment_is_used(copy, conda):
    code, said = copy(CONDA_PREFIX=str(conda))
    assert (code, said) == (0, f"Adding headcount to the conda environment {conda}\n")
    installs = "0 -I -m pip install -q --no-deps --no-build-isolation -e .\n"
    assert (conda / "pip").read_text() == installs
    assert len((conda / "headcount-ready").read_text()) == 65
    assert os.readlink(conda / "headcount-home") == str(copy.root / "requirements.lock")
    assert not (copy.root / ".venv").exists()

    os.utime(conda / "headcount-ready", (1, 1))
    assert copy(CONDA_PREFIX=str(conda)) == (0, "")
    assert (conda / "pip").read_text() == installs, "installed twice"
    assert (conda / "headcount-ready").stat().st_mtime > 1

    (copy.root / "pyproject.toml").write_text("# another")
    assert copy(CONDA_PREFIX=str(conda))[0] == 0
    assert (conda / "pip").read_text() == 2 * installs


def test_a_conda_environment_that_differs_is_refused(copy, conda):
    lock = copy.root / "requirements.lock"
    lock.write_text(LOCK.replace("\npapermill==", "\npapermill==0.").replace("\nnbval==", "\nnbval==0."))
    code, said = copy(CONDA_PREFIX=str(conda))
    assert code == 1 and said.count("\n") == 1
    assert re.search(r"\(nbval is (\S+), not 0\.\1; papermill is (\S+), not 0\.\2\)", said)
    assert "run 'conda env update -f environment.yml'" in said
    assert not (conda / "headcount-ready").exists()


def test_other_conda_environments_are_left_alone(copy, conda):
    shutil.rmtree(conda / "lib")
    code, said = copy(CONDA_PREFIX=str(conda))
    assert code == 1 and "Python 3.11 or newer is needed" in said
