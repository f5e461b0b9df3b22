"""Bad input: texts, listings, stories and parameters, made up and mutated. Each is handled or refused with a HeadcountError; every
numeral of every text is accounted for; nothing takes long or much memory."""

import re
import time
import tracemalloc
from datetime import timedelta

import pytest
import yaml
from conftest import ROOT, SHORT, write_texts
from hardship import SCALE, chance, rounds, told
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from headcount import HeadcountError, grammar
from headcount.claims import claim_table, read_claims
from headcount.notebook import refuse_unknown
from headcount.notebook import settings as notebook_settings
from headcount.nouns import Nouns
from headcount.reconcile import fact_table, verdict_table
from headcount.sources import read_sources
from headcount.stages import stages
from headcount.story import Story
from headcount.tables import read_table, write_table
from headcount.totals import total_table

OURS = Story.at(ROOT)
NOUNS = Nouns(OURS.facts["counted"])
SENTENCES = [
    line
    for path in sorted(OURS.raw.glob("*.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if line
]
EXAMPLES = [
    re.sub(r"[\[\]]", "", example)
    for group in ("shapes", "rules")
    for rule in grammar.load()[group]
    for example in (*rule["fits"], *rule.get("leaves", []))
]
WORDS = sorted(set(re.findall(r"\w+", " ".join([*SENTENCES, *EXAMPLES]))))
ODD = [
    *(
        " ",
        " ",
        " ",
        ", ",
        ". ",
        "-",
        " – ",
        "—",
        "/",
        ":",
        "%",
        "$",
        "£",
        "½",
        "(",
        ")",
        "“",
        "”",
        "’",
        "… ",
    ),
    *(
        "\n",
        "\r\n",
        "\r",
        "\t",
        "\0",
        "\x0b",
        "\x0c",
        "\x1b",
        "\x85",
        "\ufeff",
        "\u00a0",
        "\u2009",
        "\u2028",
        "\u202e",
    ),
    *(
        "=",
        "+",
        "@",
        "|",
        "<b>",
        "&amp;",
        "$$",
        "`",
        "٣",
        "１",
        "²",
        "①",
        "İ",
        "ß",
        "ŉ",
        "é",
        "e\u0301",
        "😀",
        "\uffff",
    ),
    *(
        "0",
        "00",
        "1,000",
        "12,34",
        "9" * 400,
        "1," + "000," * 130 + "000",
        "million ",
        " trillion",
        "hundred and ",
        "9e9",
    ),
]
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(ODD),
    st.sampled_from(EXAMPLES),
    st.sampled_from(SENTENCES),
    st.integers(0, 10**40).map(str),
    st.integers(0, 10**20).map("{:,}".format),
    st.text(max_size=6),
)
TEXTS = st.tuples(st.lists(PIECES, min_size=1, max_size=25), st.sampled_from(["", " "])).map(
    lambda made: made[1].join(made[0]).encode("utf-8", "ignore").decode()
)
SECONDS = 5  # of processor time that any one of them may take, on a slow machine
DAYS = ("", "1000-01-01", "2011-12-06", "2999-12-31")


def trials(few, many):
    """Hypothesis settings: the same few examples in `make test`, other and many in `make torture`."""
    return settings(
        max_examples=rounds(few, many),
        derandomize=not SCALE,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def census(text, day=""):
    """Read a text and account for it: each run of digits lies within a mention, each offset slices back what the row says."""
    source = {
        "source_id": "x",
        "file": "x.txt",
        "publisher": "P",
        "published_earliest": day,
        "published_latest": day,
    }
    before = time.process_time()
    mentions, claims = read_claims(text, source, NOUNS, OURS.campaign_start)
    assert time.process_time() - before < SECONDS
    behind = 0
    for row in mentions:
        assert behind <= row["start"] < row["end"] and text[row["start"] : row["end"]] == row["text"]
        assert row["sentence_start"] <= row["start"] and row["end"] <= row["sentence_end"]
        behind = row["end"]
    spans = iter([(row["start"], row["end"]) for row in mentions] + [(len(text) + 1, 0)])
    start, end = next(spans)
    for numeral in re.finditer(r"\d+", text):
        while end and end <= numeral.start():
            start, end = next(spans)
        assert start <= numeral.start() and numeral.end() <= end, text[max(0, numeral.start() - 30) :][:80]
    for row in claims:
        assert row["sentence"] in text and 0 <= row["value"] < 2**53
        assert all(row[name] is None or abs(row[name]) < 2**53 for name in ("low", "high", "newsroom_high"))
    return mentions, claims


def test_texts(tmp_path):
    """Made up from words, examples, our sentences, and whatever Unicode has."""
    tried = []

    @trials(100, 6000)
    @given(TEXTS, st.sampled_from(DAYS))
    @example("13633123bn people", "")
    @example("6,171,329,496,244 \xa0 " * 4 + "8¾", "")
    def tried_on(text, day):
        tried.append(len(census(text, day)[0]))

    tried_on()
    told("texts made up", texts=len(tried), mentions=sum(tried))


def mutated(rng, text):
    """A text with a few characters or words put in, cut, doubled or turned around."""
    for _ in range(rng.randrange(1, 8)):
        at = rng.randrange(len(text) + 1)
        piece = text[at : at + rng.randrange(40)]
        new = rng.choice(
            [rng.choice(ODD) + piece, rng.choice(WORDS) + piece, "", 2 * piece, piece[::-1], piece.swapcase()]
        )
        text = text[:at] + new + text[at + len(piece) :]
    return text


def test_mutated_texts():
    """Pieces of the five texts, mutated."""
    rng, whole, found = chance("texts"), "\n".join(SENTENCES), 0
    number = rounds(150, 6000)
    for _ in range(number):
        at = rng.randrange(len(whole))
        found += len(census(mutated(rng, whole[at : at + rng.randrange(10, 800)]), rng.choice(DAYS))[0])
    told("texts mutated", texts=number, mentions=found)


# --- nothing backtracks -----------------------------------------------------------------------------------------------


def test_twice_the_text_takes_twice_the_time():
    """Of one piece repeated on one line, the bane of regular expressions that backtrack: four times as long takes no more than eight
    times the time."""
    rng = chance("doubling")
    pieces = [piece + odd for piece in (*ODD, *EXAMPLES, *WORDS) for odd in ("", " ", rng.choice(ODD))]
    chosen = rng.sample(pieces, rounds(12, 1000))
    slow = [piece for piece in chosen if not in_proportion(piece)]
    told("pieces repeated", pieces=len(chosen))
    assert [piece for piece in slow if not in_proportion(piece, tries=5)] == []


def in_proportion(piece, tries=1):
    short, longer = (seconds(piece * (size // len(piece) + 1), tries) for size in (1500, 6000))
    return longer < max(8 * short, 0.1)


def seconds(text, tries):
    """The least processor time of some readings of a text."""
    taken = []
    for _ in range(tries):
        before = time.process_time()
        census(text)
        taken.append(time.process_time() - before)
    return min(taken)


def test_memory_grows_with_the_text():
    peaks = []
    for many in (5, 20):
        tracemalloc.start()
        census("\n".join(SENTENCES[:20]) * many)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 5 * peaks[0] and peaks[1] < 2**29


# --- sources.yml ------------------------------------------------------------------------------------------------------

VALUES = st.one_of(
    st.sampled_from(
        ["", "unknown", "2011-12-06", "2011-02-30", "[2011-12-06, 2011-12-09]", "[2012-01-01, 2011-01-01]"]
    ),
    st.sampled_from(
        [
            "~",
            "true",
            "1e400",
            "0b_",
            "0x",
            "12:30:45",
            ".nan",
            "=",
            "<<",
            "9" * 400,
            "9" * 5000,
            "'",
            '"',
            "|",
            "- a",
        ]
    ),
    st.sampled_from(
        [
            "2011-12-06 10:00:00",
            "0001-01-01t00:00:00+23:00",
            "2001-01-01t00:00:00+99:00",
            "2012-02-29",
            "0000-01-01",
        ]
    ),
    st.sampled_from(
        [
            "&a [x]",
            "*a",
            "!!python/object/apply:os.system [id]",
            "!!timestamp x",
            "!!binary x",
            "!!set {a}",
            "!x y",
        ]
    ),
    st.sampled_from(
        ["[" * 50, "[" * 5000, "{a: " * 60, "? [a]", "{a: 1, a: 2}", "[[a], {b: c}]", "{}", "[]", "[~]"]
    ),
    st.sampled_from(
        [
            '"\\0"',
            '"\\x07"',
            '"\\uffff"',
            '"\\ud800"',
            '"=1+1"',
            '"<script>alert(1)</script>"',
            '"a\\nb"',
            "\t",
            "\x85",
        ]
    ),
    st.sampled_from(
        ["../one.txt", "/etc/passwd", "one.txt", "children", "rescued", "x" * 300, "é", "\u202e"]
    ),
    st.text(max_size=10),
    st.integers().map(str),
)


def mutated_yaml(text, at, place, value):
    """A YAML file with the value or the key of a line, or the line, replaced, or a line added."""
    lines = text.splitlines()
    at %= len(lines)
    head, colon, _ = lines[at].partition(":")
    lines[at : at + (place != "add")] = {
        "value": [f"{head}{colon} {value}"],
        "key": [f"{head[: len(head) - len(head.lstrip())]}{value}{lines[at][len(head) :]}"],
        "line": [value],
        "add": [f"  {value}: {value}"],
        "cut": [],
    }[place]
    return "\n".join(lines) + "\n"


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 200), st.sampled_from(["value", "value", "value", "key", "line", "add", "cut"]), VALUES
    ),
    min_size=1,
    max_size=3,
)


def written(path, text, changes):
    for at, place, value in changes:
        text = mutated_yaml(text, at, place, value) if text.strip() else text
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


@pytest.fixture
def story(tmp_path):
    """A story of two texts, to change."""
    (tmp_path / "raw").mkdir()
    write_texts(tmp_path / "raw", {"one.txt": SHORT, "two.txt": "Police freed 12 women on 3 May 2011.\n"})
    (tmp_path / "story.yml").write_bytes((ROOT / "story.yml").read_bytes())
    return Story.at(tmp_path)


def refused(error, story, name):
    """Whether a refusal says where, in one line, and not at endless length."""
    return name in str(error) and len(str(error)) < 1500


def test_listings(story, tmp_path):
    """sources.yml, mutated: refused by name, or a table that comes back as it was."""
    listing = story.raw / "sources.yml"
    good = yaml.safe_dump(yaml.safe_load(listing.read_text(encoding="utf-8")), width=1000)
    counts = {"refused": 0, "taken": 0}

    @trials(120, 2500)
    @given(CHANGES)
    def tried_on(changes):
        written(listing, good, changes)
        try:
            sources = write_table(read_sources(story), "sources", tmp_path / "sources.csv")
        except HeadcountError as error:
            counts["refused"] += 1
            assert refused(error, story, "sources.")
        else:
            counts["taken"] += 1
            assert read_table("sources", tmp_path / "sources.csv").equals(sources)

    tried_on()
    told("sources.yml", **counts)


# --- story.yml --------------------------------------------------------------------------------------------------------


def all_tables(story):
    """The six tables of a story, one after another, as the notebooks make them."""
    folder = story.processed
    write_table(read_sources(story), "sources", folder / "sources.csv")
    mentions, claims = claim_table(story, read_table("sources", folder / "sources.csv"))
    write_table(mentions, "mentions", folder / "mentions.csv")
    write_table(claims, "claims", folder / "claims.csv")
    claims = read_table("claims", folder / "claims.csv")
    write_table(fact_table(claims, story), "facts", folder / "facts.csv")
    write_table(verdict_table(claims, story), "verdicts", folder / "verdicts.csv")
    write_table(
        total_table(claims, story, str(story.facts.get("as_of", ""))), "totals", folder / "totals.csv"
    )


def test_stories(story):
    """story.yml, mutated: refused by name, or planned, and now and then all its tables are made."""
    path = story.folder / "story.yml"
    good = yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8")), width=1000)
    counts = {"refused": 0, "taken": 0, "reckoned": 0}

    @trials(120, 2500)
    @given(CHANGES)
    def tried_on(changes):
        written(path, good, changes)
        changed = Story.at(story.folder)
        try:
            stages(changed)
            begins = changed.campaign_start  # None where a mutation took the campaign out
            assert begins is None or begins[0] <= begins[1]
            counts["taken"] += 1
            if counts["taken"] % 20 == 1:
                all_tables(changed)
                counts["reckoned"] += 1
        except HeadcountError as error:
            counts["refused"] += 1
            assert refused(error, story, "story.yml")

    tried_on()
    told("story.yml", **counts)


# --- parameters -------------------------------------------------------------------------------------------------------

PARAMETERS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.binary(max_size=4),
    st.dates().map(str),
    st.timedeltas(timedelta(), timedelta(9)).map(str),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(
        [
            "literal",
            "newsroom",
            "children",
            "2010-12-31",
            "20101231",
            "2010-W01-1",
            "٢٠١٠-١٢-٣١",
            "..",
            "../..",
            "\0",
            "a" * 5000,
        ]
    ),
)


def test_parameters(monkeypatch):
    """What papermill can hand to a notebook: taken, or refused by the parameter's name."""
    monkeypatch.chdir(ROOT)
    counts = {"refused": 0, "taken": 0}

    @trials(150, 2500)
    @given(st.sampled_from(["story", "reading", "counted", "as_of"]), PARAMETERS)
    def tried_on(name, value):
        given = {"story": "..", "reading": "literal", "counted": "children", "as_of": ""} | {name: value}
        try:
            taken = notebook_settings(**given)
        except HeadcountError as error:
            counts["refused"] += 1
            assert name in str(error) or "no story" in str(error)
        else:
            counts["taken"] += 1
            assert taken.reading in ("literal", "newsroom") and re.fullmatch(
                r"\d{4}-\d\d-\d\d|", taken.as_of, re.ASCII
            )

    tried_on()
    with pytest.raises(HeadcountError, match="unknown parameter"):
        refuse_unknown(["raeding"], ["reading"])
    told("parameters", **counts)
