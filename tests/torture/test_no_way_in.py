"""No way in: markup stays text in notebooks, figures and pages, formulas stay text in spreadsheets, YAML makes no objects, JupyterLab is
for this machine and its token only, and what is installed is what the hashes say."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import mistune
import pandas as pd
import pytest
import yaml
from conftest import ROOT, inputs, once, write_texts
from hardship import chance, left_over, long, rounds, told, wait_until

from headcount import HeadcountError
from headcount.__main__ import main
from headcount.documents import load_yaml
from headcount.notebook import plain
from headcount.story import Story
from headcount.tables import as_meant, as_text, read_table

MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</p></style></svg><svg onload=alert(1)>",
    "[a](javascript:alert(1))",
    "![a](http://example.org/x.png)",
    "<http://example.org>",
    "`code` **bold** _it_ | cell | $x^2$ $$y$$ &lt;b&gt; &#60;i&#62;",
    "{{ 7 * 7 }} {% raw %}",
    "]]> --> <!-- <![CDATA[",
]
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "'=1",
    "''@",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
]
RUN_BY_SPREADSHEETS = tuple("=+-@\t\r\n＝＋－＠")


class Tags(HTMLParser):
    """The tags of a page, and all that could run or be asked for."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.bad = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag in ("script", "iframe", "object", "embed", "base", "form", "input"):
            self.bad.append(tag)
        for name, value in attributes:
            wants = name in ("href", "src", "xlink:href", "action", "srcset")
            if (
                name.startswith("on")
                or wants
                and re.match(r"\s*(javascript|https?|//|data:text)", value or "", re.I)
            ):
                self.bad.append(f"{tag} {name}={value}")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A story with markup and formulas in every text and field, as run by make, in a folder of its own with a name that is hostile, too."""
    return once(tmp_path_factory, "hostile", make_hostile) / "another story {1}"


def make_hostile(within):
    """Make the hostile story in the folder "another story {1}" within one."""
    tree, folder = inputs(within / "project"), within / "another story {1}"
    raw = folder / "raw"
    raw.mkdir(parents=True)
    mark = " ".join(MARKUP)
    text = (
        f"=HYPERLINK(1) Police rescued 18,518 children since April 2009, {mark} said.\n"
        f"+Since April 2009 police rescued 34,813 women, Mr {MARKUP[0]} said.\n@More than 13,000 children were rescued in 2011, Xinhua said.\n"
        f"-Police rescued 12 =children in {MARKUP[1]} on 3 May 2011.\n"
    )
    write_texts(raw, {"one.txt": text, "two.txt": text.replace("18,518", "18,519")})
    entries = yaml.safe_load((raw / "sources.yml").read_text(encoding="utf-8"))
    for number, entry in enumerate(entries.values()):
        entry |= {
            "publisher": f"=1+{number} {mark}",
            "title": f"@{mark}",
            "basis": f"+{mark}",
            "note": f"-{mark}",
            "relays": f"={mark}",
        }
    (raw / "sources.yml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    story = yaml.safe_load((tree / "story.yml").read_text(encoding="utf-8"))
    story |= {
        "title": f"={mark}",
        "question": f"Who? {mark}",
        "licence": MARKUP[0],
        "voices": {f"={MARKUP[0]}": [mark]},
    }
    story["campaign"]["name"] = mark
    del story["suppose"], story["series"][1:]
    (folder / "story.yml").write_text(yaml.safe_dump(story), encoding="utf-8")
    make = ("make", "--no-print-directory", "-C", tree.folder, f"STORY={folder}")
    status, said, complained = tree.do(*make, "-j2", cwd="/")
    assert (status, complained) == (0, ""), said
    assert tree.do(*make, cwd="/") == (0, "Nothing to do: everything is up to date.\n", "")
    assert sorted(os.listdir(folder)) == ["build", "figures", "processed", "raw", "story.yml"]


def test_markup_stays_text_in_all_that_is_made(hostile):
    page = Tags((hostile / "figures/index.html").read_text(encoding="utf-8"))
    assert page.bad == [] and "img" not in page.tags
    drawings = sorted((hostile / "figures").glob("*.svg"))
    assert drawings
    for path in drawings:
        for one in ElementTree.parse(path).iter():
            assert one.tag.rpartition("}")[2] not in ("script", "foreignObject", "image", "iframe"), path
            for name, value in one.attrib.items():
                assert not name.startswith("on") and (not name.endswith("href") or value[:1] in "#i"), (
                    path,
                    value,
                )
    shown = 0
    for path in sorted((hostile / "build").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                assert set(data) <= {"text/markdown", "text/plain", "image/png"}, set(data)
                html = mistune.html("".join(data.get("text/markdown", [])))
                tags = Tags(html)
                assert tags.bad == [] and not {"img", "svg"} & set(tags.tags), path
                shown += "alert" in html
    assert shown > 5


def test_markup_stays_text_in_markdown():
    """Made up of what Markdown and HTML know: shown as it stands."""
    rng = chance("markdown")
    pieces = [
        *MARKUP,
        *"<>&[](){}!#*_`~|\\$-+=\"':/\n",
        "a",
        " ",
        "1. ",
        "http://x.org",
        "&amp;",
        "é",
        "</",
        "<!--",
    ]
    number = rounds(300, 10000)
    for _ in range(number):
        text = " ".join("".join(rng.choice(pieces) for _ in range(rng.randrange(1, 12))).split()) or "x"
        tags = Tags(mistune.html(f"x {plain(text)}"))
        assert tags.bad == [] and set(tags.tags) <= {"p", "span"}, text
    told("Markdown", texts=number)


# --- spreadsheets -----------------------------------------------------------------------------------------------------


def test_no_cell_is_a_formula(hostile, capsys):
    """In every CSV, those beside the figures and the page and that of `headcount extract` too; read back, each is what it was."""
    files = [*(hostile / "processed").glob("*.csv"), *(hostile / "figures").rglob("*.csv")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    assert main(["extract", str(hostile / "raw/one.txt"), "--story", str(hostile)]) == 0
    texts.append(capsys.readouterr().out)
    cells = [cell for text in texts for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert len(files) > 10 and sum(cell.startswith("'") for cell in cells) > 10
    assert [
        cell for cell in cells if cell.startswith(RUN_BY_SPREADSHEETS) and not re.fullmatch(r"-\d+", cell)
    ] == []

    sources = read_table("sources", hostile / "processed/sources.csv")
    assert sources.publisher[0].startswith("=1+0 <script>") and sources.note[0].startswith("-<script>")
    claims = read_table("claims", hostile / "processed/claims.csv")
    raw = {name: (hostile / "raw" / name).read_bytes().decode() for name in set(claims.file)}
    assert claims.sentence.str.startswith(RUN_BY_SPREADSHEETS).sum() >= 6
    assert all(row.sentence in raw[row.file] for row in claims.itertuples())
    mentions = read_table("mentions", hostile / "processed/mentions.csv")
    assert all(raw[row.file][row.start : row.end] == row.text for row in mentions.itertuples())


def test_any_cell_comes_back():
    rng = chance("cells")
    pieces = [*FORMULAS, *RUN_BY_SPREADSHEETS, "'", "''", '"', ",", ";", " ", "a", "1", ""]
    number = rounds(500, 50000)
    for _ in range(number):
        cell = "".join(rng.choice(pieces) for _ in range(rng.randrange(5)))
        assert as_meant(as_text(cell)) == cell and not as_text(cell).startswith(RUN_BY_SPREADSHEETS)
    assert as_text(-5) == -5 and as_text("O'Hara") == "O'Hara" and as_text("'tis") == "'tis"
    told("cells", cells=number)


def test_our_own_tables_need_no_apostrophe():
    for path in (ROOT / "data/processed").glob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert frame.map(as_meant).equals(frame), path


# --- YAML -------------------------------------------------------------------------------------------------------------

LAUGHS = "a: &a [ha, ha]\n" + "".join(
    f"{b}: &{b} [{', '.join(9 * [f'*{a}'])}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {x: 1}\n" + "".join(
    f"{b}: &{b} {{<<: [*{a}, *{a}]}}\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "content, said",
    [
        (LAUGHS, "line 2 is not valid YAML: an alias"),
        (MERGES, "line 2 is not valid YAML: an alias"),
        ("a: &a [*a]\n", "line 1 is not valid YAML: an alias"),
        ("a: 1\nb: !!python/object/apply:os.system [id]\n", "line 2 is not valid YAML: the tag"),
        ("a: !!timestamp x\n", "line 1 is not valid YAML: the tag"),
        ("[" * 100_000, "line 1 is not valid YAML: too many values"),
        ("? [a]\n: b\n", "line 1 is not valid YAML: a key must be a word"),
        ('a: 1\nb: "\\0"\n', "line 2 is not valid YAML: a control character"),
        ("a: 1\nb: x\0y\n", "line 2 or before holds a control character"),
        ("a: 1\na: 2\n", "line 2 is not valid YAML: a stands twice"),
        (f"a: {'9' * 5000}\n", "holds a value that cannot be"),
        ("a: 2011-02-30\n", "holds a value that cannot be"),
        (b"a: 1\nb: caf\xe9\n", "line 2 (byte 11) is not UTF-8"),
        ("a: 1\n".encode("utf-16"), "line 1 (byte 0) is not UTF-8"),
    ],
    ids=range(14),
)
def test_yaml_with_tricks(tmp_path, content, said):
    path = tmp_path / "sources.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(HeadcountError) as caught:
        load_yaml(path)
    assert f"{path}" in str(caught.value) and said in str(caught.value) and len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "content", ["\ufeffa: 1\nb: 2\n", "a: 1\r\nb: 2\r\n", "a: 1\rb: 2\n", f"a: 1\nb: {'9' * 400}\n"]
)
def test_yaml_of_another_machine(tmp_path, content):
    path = tmp_path / "sources.yml"
    path.write_bytes(content.encode())
    assert load_yaml(path)["a"] == 1


@pytest.mark.parametrize(
    "old, new", [("2009-04", "'2009-02-30'"), ("2009-04", "0000-01"), ("2010-12-31", "2010-12-31 10:00:00")]
)
def test_days_that_are_none(tmp_path, old, new):
    text = (ROOT / "story.yml").read_text(encoding="utf-8")
    (tmp_path / "story.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(HeadcountError, match=r"story\.yml"):
        _ = Story.at(tmp_path).facts


# --- JupyterLab, and what is installed --------------------------------------------------------------------------------


def listening(port):
    """The addresses at which this machine listens at a port, in hexadecimal."""
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}


@long
def test_jupyterlab_is_for_this_machine_and_its_token(built, tmp_path):
    """Even where somebody's settings ask it to listen everywhere."""
    from test_lab import free_port

    tree, port, mark = built.copy(tmp_path / "tree"), free_port(), tmp_path.name
    (tmp_path / "config").mkdir()
    settings = {
        "ServerApp": {
            "ip": "0.0.0.0",
            "allow_root": True,
            "open_browser": False,
            "port": port,
            "port_retries": 0,
        }
    }
    (tmp_path / "config/jupyter_server_config.json").write_text(json.dumps(settings))
    with (tmp_path / "log").open("w") as log:
        lab = tree.start(
            "make",
            "lab",
            log=log,
            TORTURE_MARK=mark,
            JUPYTER_CONFIG_DIR=str(tmp_path / "config"),
            HOME=str(tmp_path),
        )
        try:
            assert wait_until(lambda: listening(port), 120), (tmp_path / "log").read_text()
            assert listening(port) == {"0100007F"}
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/contents")
            assert refused.value.code == 403
            assert re.search(r"token=[0-9a-f]{48}", (tmp_path / "log").read_text())
        finally:
            for process in left_over(mark):  # make, its shell, and the server
                os.kill(process, signal.SIGKILL)
            lab.wait(60)
    told("JupyterLab", starts=1)


def test_make_lab_says_so():
    said = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "--ServerApp.ip=127.0.0.1" in said and "token" not in said and "password" not in said


def test_everything_is_installed_by_hash():
    """All but headcount itself, which is this folder, and then without asking for anything."""
    lines = (ROOT / "tools/env.sh").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    installs = [
        line
        for line in lines
        if re.search(r"\bpip install\b", line) and not line.strip().startswith(("#", "die"))
    ]
    assert len(installs) >= 4
    for line in installs:
        assert (
            "--require-hashes" in line
            or "--no-deps --no-build-isolation -e ." in line
            or line.strip().startswith("uv=")
        ), line
    assert "$uv --compile-bytecode --require-hashes" in "\n".join(lines)


@long
def test_a_package_with_another_hash_is_not_installed(tmp_path):
    for name in ("tools", "requirements.lock", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    lock = tmp_path / "requirements.lock"
    text = lock.read_text(encoding="utf-8")
    block = re.search(r"^uv==.*?(?=^\w)", text, re.M | re.S)[0]
    lock.write_text(text.replace(block, re.sub("sha256:[0-9a-f]{4}", "sha256:0000", block)), encoding="utf-8")
    done = subprocess.run(["sh", "tools/env.sh"], cwd=tmp_path, capture_output=True, text=True)
    if "offline" in done.stderr:
        pytest.skip("needs the package index")
    assert done.returncode == 1 and not (tmp_path / ".venv/ready").exists()
    assert (
        not (tmp_path / ".venv/bin/uv").exists()
        and "hash" in (tmp_path / ".venv/setup.log").read_text().lower()
    )
    told("hashes", packages=1)
