"""The raw texts: sealed, and refused with the file's name and the way out when something is wrong with them."""

import hashlib
import shutil

import pytest
from conftest import ROOT

from headcount import HeadcountError
from headcount.sources import read_sources
from headcount.story import Story

SEALS = {
    "000_199aaaf6eb3bedc0.txt": "1beb24996cce7ea76cda43aacaa2e62c97559b8f98115019b35355ed7fea092b",
    "001_a13c1bbcab4e9cc5.txt": "211c8c5d24d44f5d2bd07c72b99666f02e5dc4e8ec3b747cbaf8416cb0609fe5",
    "002_1adac07d86bcee37.txt": "4cdd95afacc94f7c4ae183a8067d8ae4f60bf77263deb5d3cce47a45bd09c091",
    "003_edff54d2aead951a.txt": "c189a1a12327b99a7983c50152b22acbe9e87574cbd1d88b4c8ab6e50287b013",
    "004_6681d63c4fbc9126.txt": "2ec68e0c28f17afef9d546b535b5d13bd69c2679a4e842c03506280924786787",
}
TEXT = "003_edff54d2aead951a.txt"
DATE = "published: 2013-09-28"


@pytest.fixture
def story(tmp_path):
    shutil.copytree(ROOT / "data/raw", tmp_path / "raw")
    shutil.copy(ROOT / "story.yml", tmp_path)
    return Story.at(tmp_path)


def edit(story, old, new):
    path = story.raw / "sources.yml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def seal_anew(story, content):
    (story.raw / TEXT).write_bytes(content)
    edit(story, SEALS[TEXT], hashlib.sha256(content).hexdigest())


def refused(story, *said):
    with pytest.raises(HeadcountError) as caught:
        read_sources(story)
    for part in said:
        assert part in str(caught.value)
    return True


def test_the_texts_as_received():
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in Story.at(ROOT).raw.glob("*.txt")
    }
    assert found == SEALS


def test_good(story):
    sources = read_sources(story)
    assert dict(zip(sources.file, sources.sha256, strict=True)) == SEALS
    assert list(sources.published_earliest) == [
        "2011-12-06",
        "2011-12-06",
        "2011-12-07",
        "2013-09-28",
        "2012-03-05",
    ]
    assert list(sources.published_latest) == [
        "2011-12-11",
        "2011-12-06",
        "2011-12-07",
        "2013-09-28",
        "2012-12-31",
    ]


def test_unknown_day(story):
    edit(story, DATE, "published: unknown")
    row = read_sources(story).set_index("file").loc[TEXT]
    assert (row.published_earliest, row.published_latest) == ("", "")


def test_missing(story):
    (story.raw / TEXT).unlink()
    assert refused(story, f"{TEXT} is missing", "Put the text back")


def test_changed(story):
    (story.raw / TEXT).open("a").write(" ")
    assert refused(
        story, f"{TEXT} has changed", SEALS[TEXT], "Restore the text as received", "record the new sha256"
    )


def test_unlisted(story):
    (story.raw / "new.txt").write_text("Ten children.")
    assert refused(story, "new.txt is not listed in", "sources.yml", "Add an entry for it")


def test_not_utf8(story):
    seal_anew(story, b"Ten\n \xff children")
    assert refused(story, f"{TEXT}, line 2 (byte 5) is not UTF-8", "Convert it")


@pytest.mark.parametrize("content", ["", " \n"])
def test_empty(story, content):
    seal_anew(story, content.encode())
    assert refused(story, f"{TEXT} is empty", "Put the text back")


def test_same_text_twice(story):
    shutil.copy(story.raw / TEXT, story.raw / "again.txt")
    entry = f"\nagain.txt:\n  publisher: P\n  {DATE}\n  basis: b\n  sha256: {SEALS[TEXT]}\n"
    (story.raw / "sources.yml").open("a").write(entry)
    assert refused(story, TEXT, "again.txt", "have the same sha256. Keep one.")


def test_same_id_twice(story):
    edit(story, "id: al-jazeera-2013", "id: xinhua-2011")
    assert refused(story, "001_a13c1bbcab4e9cc5.txt", TEXT, "have the same source_id. Keep one.")


@pytest.mark.parametrize(
    "day",
    [
        "28 Sep 2013",
        "2013",
        "2013-09-28 06:06:00",
        "[2013-09-28]",
        "[2013-09-28, 2013-09-27]",
        "[unknown, 2013-09-28]",
    ],
)
def test_bad_day(story, day):
    edit(story, DATE, f"published: {day}")
    assert refused(story, f"sources.yml, {TEXT}", "must be a day (2011-12-06), an interval", "unknown")


@pytest.mark.parametrize("day", ["2013-13-28", "2013-02-30"])
def test_no_such_day(story, day):
    edit(story, DATE, f"published: {day}")
    assert refused(story, "sources.yml")


@pytest.mark.parametrize("key", ["publisher: Al Jazeera", DATE, f"sha256: {SEALS[TEXT]}"])
def test_entry_without(story, key):
    edit(story, f"  {key}\n", "")
    assert refused(story, f"sources.yml, {TEXT}: `{key.split(':')[0]}` is missing", "Every text needs")


def test_bad_id(story):
    edit(story, "id: al-jazeera-2013", "id: al jazeera")
    assert refused(story, TEXT, "'al jazeera'", "letters, digits")


def test_malformed_yaml(story):
    edit(story, f"  {DATE}", f"  {DATE}: [")
    with pytest.raises(HeadcountError, match=r"sources\.yml, line \d+ is not valid YAML"):
        read_sources(story)


@pytest.mark.parametrize(
    "content", ["- a\n- b\n", "five\n", "a.txt: five\n", "2011: {publisher: P}\na.txt: {}\n"]
)
def test_yaml_of_another_shape(story, content):
    (story.raw / "sources.yml").write_text(content)
    for path in story.raw.glob("*.txt"):
        path.unlink()
    assert refused(story, "sources.yml")


def test_listed_twice(story):
    (story.raw / "sources.yml").open("a").write(f"\n{TEXT}:\n  publisher: Somebody else\n")
    assert refused(story, "sources.yml", f"{TEXT} stands twice")


def test_no_listing(story):
    (story.raw / "sources.yml").unlink()
    assert refused(story, "sources.yml is missing")


def test_no_texts(story):
    shutil.rmtree(story.raw)
    story.raw.mkdir()
    (story.raw / "sources.yml").touch()
    assert refused(story, "holds no texts", "list them in sources.yml")
