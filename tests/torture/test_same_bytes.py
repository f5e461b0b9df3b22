"""Same bytes: rebuilt under other circumstances, every table, figure, notebook and page is what it was. The network is off meanwhile."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import INPUTS, ROOT, STAGES, Tree, pretend_environment
from hardship import differing, long, outputs, told

SITE = """
import os, random, socket

def shuffled(plain):
    def listed(*place):
        names = list(plain(*place))
        random.SystemRandom().shuffle(names)
        return names
    return listed

class Shuffled:  # what os.scandir returns is closed, too
    def __init__(self, *place):
        with scandir(*place) as entries:
            self.entries = iter(shuffled(lambda: entries)())
    def __iter__(self):
        return self.entries
    def __next__(self):
        return next(self.entries)
    def __enter__(self):
        return self
    def __exit__(self, *error):
        pass
    def close(self):
        pass

scandir = os.scandir
os.scandir, os.listdir = Shuffled, shuffled(os.listdir)

class Deaf(socket.socket):
    def connect(self, address):
        self.noted(address)
        return super().connect(address)
    def connect_ex(self, address):
        self.noted(address)
        return super().connect_ex(address)
    def noted(self, address):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            with open(os.environ["ASKED"], "a") as log:
                log.write(f"{address}\\n")

socket.socket = Deaf
if not os.path.exists(os.environ["ASKED"]):
    with open(os.environ["ASKED"], "w") as log:
        log.write("listed in random order\\n")
"""
ELSEWHERE = {  # by name: variables, or words before the command
    "hash seed": {"PYTHONHASHSEED": "1"},
    "another hash seed": {"PYTHONHASHSEED": "4294967295"},
    "locale C": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "locale of Turkey": {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"},
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "another time zone": {"TZ": "America/Anchorage"},
    "clock behind": ["timeout", "-k9", "300", "faketime", "-f", "-2000d"],
    "clock of 2002": ["timeout", "-k9", "300", "faketime", "-f", "-9000d"],
    "clock ahead": ["timeout", "-k9", "300", "faketime", "-f", "+2000d"],
    "umask": ["sh", "-c", 'umask 077; exec "$@"', "sh"],
    "one job": ["-j1"],
    "four jobs": ["-j4"],
    "narrow terminal": {"COLUMNS": "20", "LINES": "5", "TERM": "dumb"},
}
ALL = ("another hash seed", "locale C", "another time zone", "umask", "one job")
OFF = """
for input in data/raw notebooks src tools story.yml; do
    mount --bind "$input" "$input" && mount -o remount,bind,ro "$input" || exit 9
done
"$PYTHON" -c 'import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 1))' || exit 9
exec "$@"
"""
UNSHARE = ["unshare", "--map-root-user", "--net", "--mount", "sh", "-c", OFF, "sh"]


def may(*command):
    """Whether a command works here."""
    return bool(shutil.which(command[0])) and not subprocess.run(command, capture_output=True).returncode


def elsewhere(tree, folder, names, *arguments):
    """make, from / in an own home, files listed in random order, the inputs read-only and the network off where that can be done, and
    under the circumstances named: its exit status, stdout and stderr. Nothing is asked of the network."""
    (folder / "site").mkdir()
    (folder / "home").mkdir()
    (folder / "site/sitecustomize.py").write_text(SITE)
    words = [ELSEWHERE[name] for name in names]
    variables = {
        "HOME": str(folder / "home"),
        "XDG_CACHE_HOME": str(folder / "home/cache"),
        "PYTHONPATH": f"{folder / 'site'}{os.pathsep}{tree / 'src'}",
        "ASKED": str(folder / "asked"),
        "PYTHON": sys.executable,
    }
    for some in words:
        variables |= some if isinstance(some, dict) else {}
    before = [word for some in words if isinstance(some, list) and some[0][0] != "-" for word in some]
    behind = [some[0] for some in words if isinstance(some, list) and some[0][0] == "-"]
    off = UNSHARE if may("unshare", "--map-root-user", "--net", "--mount", "true") else []
    make = ["make", "--no-print-directory", "-C", tree.folder, *behind, *arguments]
    done = tree.do(*off, *before, *make, cwd=tree.folder if off else "/", **variables)
    assert (folder / "asked").read_text() == "listed in random order\n"
    return done


def rebuild(tree, folder, names, *arguments):
    """Make everything anew under the circumstances named. Returns the names of the stages that ran."""
    for made in ("build", "data/processed", "figures"):
        shutil.rmtree(tree / made, ignore_errors=True)
    status, said, complained = elsewhere(tree, folder, names, *arguments)
    assert (status, complained) == (0, ""), said
    return said.split()


@pytest.fixture
def committed(tmp_path):
    """A copy of this project's own story and notebooks, with all that is committed of them."""
    for name in (*INPUTS, "data/processed", "figures"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        (tmp_path / "own" / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, tmp_path / "own" / name)
    pretend_environment(tmp_path / "own")
    return Tree(tmp_path / "own")


def test_what_is_committed_verified_under_other_circumstances_at_once(committed, tmp_path):
    """`make verify`: all that is committed is what a rebuild makes under all other circumstances, but for what is damaged here; that
    shows elsewhere: figures/data has the same totals, the cards have the pictures' checksums, and the notebook has its picture from
    figures."""
    totals = committed / "data/processed/totals.csv"
    totals.write_text(
        totals.read_text().replace("rescued,2009-03-31,literal,0", "rescued,2009-03-31,literal,1", 1)
    )
    committed.edit(
        "notebooks/04-running-total.ipynb", '"image/png": "iVBORw0KGgoAAAAN', '"image/png": "iVBORw0KGgoAAAAO'
    )
    (committed / "figures/stray.png").write_bytes(b"")
    (committed / "figures/running-total-women.svg").unlink()
    (committed / "figures/data/facts.csv").open("a").write("x")
    status, said, complained = elsewhere(committed, tmp_path, ALL, "verify")
    found = [line.split("/own/")[1] for line in said.splitlines() if line.startswith("  differs: ")]
    assert status == 2 and re.fullmatch(r"make: .* Error 1\n", complained)
    assert found == [
        "data/processed/totals.csv",
        "figures/data/facts.csv",
        "figures/running-total-women.svg",
        "figures/stray.png",
        "notebooks/04-running-total.ipynb",
    ]
    told("what is committed, circumstances at once", rebuilds=1)


@long
def test_under_other_circumstances_at_once(built, tmp_path):
    """All at once, and as a story in another folder. That `make` takes such a story: test_no_way_in.py, with one that is hostile."""
    tree, story = built.copy(tmp_path / "tree"), tmp_path / "another story {1}"
    shutil.copytree(tree / "data/raw", story / "raw")
    shutil.copy(tree / "story.yml", story)
    assert rebuild(tree, tmp_path, ALL, f"STORY={story}") == STAGES
    assert sorted(os.listdir(story)) == ["build", "figures", "processed", "raw", "story.yml"]
    theirs = {
        path.removeprefix("data/"): data for path, data in built.contents("data/processed", "figures").items()
    }
    assert differing(Tree(story).contents("processed", "figures"), theirs) == []
    again = tree.do("make", "--no-print-directory", "-C", tree.folder, f"STORY={story}", cwd="/")
    assert again == (0, "Nothing to do: everything is up to date.\n", "")
    told("circumstances at once", rebuilds=1)


@long
@pytest.mark.parametrize("name", ELSEWHERE)
def test_under_other_circumstances(built, tmp_path, name):
    if name.startswith("clock") and not may("faketime", "-f", "+1d", "true"):
        pytest.skip("needs faketime (apt install faketime)")
    tree = built.copy(tmp_path / "tree")
    assert rebuild(tree, tmp_path, [name]) == STAGES
    assert differing(outputs(tree), outputs(built)) == []
    told(name, rebuilds=1)


@long
def test_our_own_story_under_other_circumstances(tmp_path):
    """All five texts and all figures: what is committed."""
    status, said, complained = Tree(ROOT).headcount(
        *("verify", "--jobs", 2),
        **{"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Shanghai", "HOME": str(tmp_path)},
    )
    assert (status, complained) == (0, ""), said
    told("our own story", rebuilds=1)
