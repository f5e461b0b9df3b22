#!/bin/sh
# Makes the environment that everything runs in:
#   the active conda environment, if it was made from environment.yml (marked by $CONDA_PREFIX/headcount-ready),
#   otherwise .venv in this folder (marked by .venv/ready).
# The mark is written last and holds the sha256 of requirements.lock and pyproject.toml. Beside it a link, "home",
# points to the lock in this folder, since a virtual environment does not survive being moved or copied. If both
# fit there is nothing to do; a changed pyproject.toml installs headcount again; anything else means a new .venv.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

say() { printf '%s\n' "$*" >&2; }
die() { say "headcount: $*"; exit 1; }

# Otherwise a uv that was interrupted looks like one that failed, and pip would take over.
trap 'exit 130' INT

# Settings that would send packages elsewhere or forbid what the lock asks for. Indexes, proxies, caches stay.
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_ROOT PIP_CONSTRAINT PIP_REQUIRE_HASHES PIP_NO_BINARY \
    UV_CONSTRAINT UV_OVERRIDE UV_EXCLUDE_NEWER UV_REQUIRE_HASHES UV_NO_BINARY UV_NO_BUILD
export PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1
export PIP_RETRIES="${PIP_RETRIES:-2}" UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"
if [ -n "${PIP_INDEX_URL:-}" ]; then export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"; fi
if ! [ -w "${HOME:-/nowhere}" ] && [ -z "${UV_CACHE_DIR:-}" ]; then export UV_NO_CACHE=1; fi

# sums PYTHON: the sha256 of requirements.lock, then that of it and pyproject.toml
sums() {
    "$1" -I -c 'import hashlib
s = hashlib.sha256(open("requirements.lock", "rb").read())
lock = s.hexdigest()
s.update(open("pyproject.toml", "rb").read())
print(lock, s.hexdigest())'
}

# has PYTHON MODULE
has() { "$1" -I -c 'import sys, importlib.util as u; sys.exit(u.find_spec(sys.argv[1]) is None)' "$2" 2>/dev/null; }

# is FILE TEXT
is() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# at_home LINK: does it point into this folder?
at_home() { [ "$(readlink "$1")" = "$(pwd -P)/requirements.lock" ]; }

# why LOG: the reason of a failure, in one line
why() {
    if grep -qiE 'name resolution|not known|connection|unreachable|timed out|dns error|sending request' "$1"; then
        printf '%s' 'no answer from the package index; offline?'
    else
        grep -iE 'error|denied|no space' "$1" | tail -n 1 | cut -c 1-300
    fi
}

# --- conda ---
# Nothing else installs this typeface package by chance. (A prefix with a space is beyond make, so not used.)
conda=''
case ${CONDA_PREFIX:-} in
'' | *[[:space:]]*) ;;
*)
    for found in "$CONDA_PREFIX"/lib/python3.*/site-packages/fontpkg_fira_sans-*.dist-info; do
        if [ -d "$found" ] && [ -d "$CONDA_PREFIX/conda-meta" ]; then conda=$CONDA_PREFIX/headcount-; fi
    done
    ;;
esac
if [ -n "$conda" ]; then
    python=$CONDA_PREFIX/bin/python
    differ=$("$python" -I -c 'import sys
from importlib.metadata import PackageNotFoundError, version
try:
    from packaging.requirements import Requirement
except ImportError:
    sys.exit(print("packaging is missing"))
differ = []
for line in open("requirements.lock", encoding="utf-8"):
    if line[0].isalnum():
        r = Requirement(line.rstrip("\\\n "))
        if r.marker is None or r.marker.evaluate():
            try:
                have = version(r.name)
            except PackageNotFoundError:
                have = "missing"
            want = str(r.specifier)[2:]
            if have != want:
                differ.append(f"{r.name} is {have}, not {want}")
more = len(differ) - 3
print("; ".join(differ[:3]) + (f"; {more} more" if more > 0 else ""))' 2>/dev/null) ||
        die "the conda environment in $CONDA_PREFIX is broken: its Python does not run"
    [ -z "$differ" ] || die "the conda environment is not what requirements.lock says ($differ):" \
        "run 'conda env update -f environment.yml', or 'conda deactivate' to use .venv"
    sums=$(sums "$python")
    if ! is "${conda}ready" "${sums#* }" || ! at_home "${conda}home" || ! has "$python" headcount; then
        say "Adding headcount to the conda environment $CONDA_PREFIX"
        rm -f "${conda}ready"
        "$python" -I -m pip install -q --no-deps --no-build-isolation -e . >"${conda}setup.log" 2>&1 ||
            die "could not add headcount to $CONDA_PREFIX: $(why "${conda}setup.log") (${conda}setup.log)"
        rm -f "${conda}home"
        ln -s "$(pwd -P)/requirements.lock" "${conda}home"
        printf '%s\n' "${sums#* }" >"${conda}ready.new"
        mv "${conda}ready.new" "${conda}ready"
    fi
    touch "${conda}ready"
    exit 0
fi

# --- .venv ---
python=.venv/bin/python
log=.venv/setup.log

# Not in place: no venv, one interrupted, moved or copied, of another lock, or whose Python is gone or another.
if ! { at_home .venv/home && sums=$(sums $python 2>/dev/null) && is .venv/locked "${sums% *}" &&
    has $python papermill; }; then
    base='' newer='' bare='' old=''
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] || continue
        answer=$("$candidate" -c 'import sys
kind = "old" if sys.version_info < (3, 11) else "newer" if sys.version_info >= (3, 15) else "ok"
if kind != "old":
    try:
        import ensurepip, venv
        ensurepip.version()
    except Exception:
        kind = "bare"
print("%s %d.%d.%d" % ((kind,) + tuple(sys.version_info[:3])))' 2>/dev/null) || continue
        case $answer in
        ok*) base=$candidate version=${answer#* } && break ;;
        newer*) [ -n "$newer" ] || { newer=$candidate newer_version=${answer#* }; } ;;
        bare*) [ -n "$bare" ] || { bare=$candidate bare_version=${answer#* }; } ;;
        *) old="${old:+$old, }$candidate is ${answer#* }" ;;
        esac
    done
    # The lock has no wheels for Pythons newer than 3.14: only if there is nothing else.
    if [ -z "$base" ] && [ -n "$newer" ]; then base=$newer version=$newer_version; fi
    if [ -z "$base" ] && [ -n "$bare" ]; then
        die "$bare ($bare_version) cannot make virtual environments: run 'apt install" \
            "python${bare_version%.*}-venv' (Debian, Ubuntu), or name another with PYTHON=/path/to/python3"
    fi
    [ -n "$base" ] || die "Python 3.11 or newer is needed (found: ${old:-none}):" \
        "apt install python3, brew install python, or python.org; or name one with PYTHON=/path/to/python3"

    say "Setting up .venv with Python $version (once, about half a minute) ..."
    rm -f .venv/ready .venv/locked
    answer=$("$base" -I -m venv --clear .venv 2>&1) ||
        die "could not make .venv: $(printf '%s\n' "$answer" | tail -n 1)"
    sums=$(sums $python)

    # uv is three times as fast as pip, and comes from the lock like the rest. Where it does not run or does not
    # get through, pip does it all, unless pip itself had no answer.
    sed -n '/^uv==/,/[^\\]$/p' requirements.lock >.venv/uv.lock
    pip="$python -I -m pip install -q --no-deps --require-hashes"
    uv=".venv/bin/uv pip install -q --python $python"
    if ! $pip -r .venv/uv.lock >$log 2>&1 ||
        ! $uv --compile-bytecode --require-hashes -r requirements.lock >$log 2>&1; then
        if { [ ! -x .venv/bin/uv ] && why $log | grep -q offline; } || ! $pip -r requirements.lock >$log 2>&1; then
            die "could not install requirements.lock: $(why $log) (.venv/setup.log)"
        fi
    fi
    printf '%s\n' "${sums% *}" >.venv/locked
    ln -s "$(pwd -P)/requirements.lock" .venv/home
fi

if ! is .venv/ready "${sums#* }" || ! has $python headcount; then
    rm -f .venv/ready
    .venv/bin/uv pip install -q --python $python --no-deps --no-build-isolation -e . >$log 2>&1 ||
        $python -I -m pip install -q --no-deps --no-build-isolation -e . >>$log 2>&1 ||
        die "could not install headcount itself: $(why $log) (.venv/setup.log)"
    printf '%s\n' "${sums#* }" >.venv/ready.new
    mv .venv/ready.new .venv/ready
fi
touch .venv/ready
