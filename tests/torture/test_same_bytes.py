"""Same bytes: rebuilt under other circumstances, every table, figure, notebook and page is what it was. The network is off meanwhile."""

import os
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, STAGES, Tree
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


def rebuild(tree, folder, names, *arguments):
    """Make everything anew from / in an own home, files listed in random order, the inputs read-only and the network off where that can
    be done, and under the circumstances named. Returns what was asked of the network."""
    for made in ("build", "data/processed", "figures"):
        shutil.rmtree(tree / made, ignore_errors=True)
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
    status, said, complained = tree.do(*off, *before, *make, cwd=tree.folder if off else "/", **variables)
    assert (status, complained) == (0, ""), said
    assert (folder / "asked").read_text() == "listed in random order\n"
    return said.split()


def test_under_other_circumstances_at_once(built, tmp_path):
    """All at once, and as a story in another folder."""
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
