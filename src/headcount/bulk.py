"""The claims of any number of texts as a folder of Parquet files: in this process, on all cores, or on a Dask cluster.

Texts are read in batches; what a batch gives is one part, two files written at one stroke. So a run that was cut off goes on with the
parts that are missing, and whoever works, the parts are the same:

    FOLDER/claims/part-000000.parquet    the claims, with the columns of claims.csv
    FOLDER/texts/part-000000.parquet     a row for each text: how many claims, or why it could not be read
    FOLDER/names.jsonl, FOLDER/run.json  which texts, read how: settled when the run begins
"""

import hashlib
import json
import os
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyarrow
from pyarrow import dataset, parquet

from headcount import HeadcountError
from headcount.engines import as_done, engine
from headcount.extract import claim_schema, claims_in, day_of, source_of
from headcount.facts import Facts
from headcount.nouns import Nouns
from headcount.stages import PACKAGE, checksum, modules_of
from headcount.texts import id_of, named, read_all, remote, text_of
from headcount.writing import write_bytes

BATCH = 1000  # texts of a part
ROWS = 10_000  # claims that are held before they are written into their part

TEXTS = pyarrow.schema(
    [
        ("source_id", pyarrow.string()),
        ("file", pyarrow.string()),
        ("sha256", pyarrow.string()),
        ("bytes", pyarrow.int64()),
        ("claims", pyarrow.int64()),
        ("error", pyarrow.string()),
    ]
)


class Settings(NamedTuple):
    """How every batch is read: `folder` is where paths are seen from, `story` is what its story.yml says, `campaign_start` when it
    began, `published` an ISO day or "", `code` the checksum of the rules and modules that read."""

    folder: str
    story: dict
    campaign_start: tuple
    published: str
    code: str


class Part(NamedTuple):
    """What a batch gives: the contents of its two files, and how many texts, claims and errors they hold."""

    number: int
    claims: bytes
    texts: bytes
    counts: tuple


class Summary(NamedTuple):
    """What a finished run gave: texts in all, claims, and texts that could not be read; `went_on` from how many texts read before."""

    texts: int
    claims: int
    errors: int
    went_on: int


# --- a batch ------------------------------------------------------------------------------------------------------------


def read_batch(settings, number, names):
    """The Part of a batch of texts by name. A text that cannot be read, or whose claims cannot be found, is a row with an error.

    Facts are told apart within a text only, so that a text's rows do not depend on what else is read. Raises HeadcountError where
    the code is not that with which the run began.
    """
    if settings.code != code_seal():
        raise HeadcountError(
            "This Headcount, or a worker's, is not the one with which the run began. Install that one, or name a new folder."
        )
    nouns, texts, claims = Nouns(settings.story["counted"]), [], []
    data = pyarrow.BufferOutputStream()
    with parquet.ParquetWriter(data, claim_schema()) as writer:
        for name, content in read_all(names, settings.folder):
            row, found = read_one(name, content, settings, nouns)
            texts.append(row)
            claims += found
            if len(claims) >= ROWS:
                writer.write_table(pyarrow.Table.from_pylist(claims, claim_schema()))
                claims = []
        if claims:
            writer.write_table(pyarrow.Table.from_pylist(claims, claim_schema()))
    listed = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.Table.from_pylist(texts, TEXTS), listed)
    errors = sum(bool(row["error"]) for row in texts)
    counts = len(texts), sum(row["claims"] for row in texts), errors
    return Part(number, data.getvalue().to_pybytes(), listed.getvalue().to_pybytes(), counts)


def read_one(name, content, settings, nouns):
    """(row of texts, claims) of one text, given its bytes or the HeadcountError that stands for them."""
    shown = name.encode("utf-8", "backslashreplace").decode()
    source, read = source_of(id_of(name), shown, settings.published), isinstance(content, bytes)
    row = {
        "source_id": source["source_id"],
        "file": shown,
        "sha256": hashlib.sha256(content).hexdigest() if read else "",
        "bytes": len(content) if read else 0,
        "claims": 0,
        "error": "",
    }
    try:
        claims = claims_in(
            text_of(shown, content), source, nouns, settings.story, settings.campaign_start, Facts()
        )
    except HeadcountError as error:
        return row | {"error": str(error).encode("utf-8", "backslashreplace").decode()}, []
    except Exception as error:  # one text must not stop a million
        return row | {"error": f"{shown} could not be understood: {type(error).__name__}: {error}"}, []
    for claim in claims:
        claim["fact_id"] = f"{source['source_id']}:{claim['fact_id']}"
    return row | {"claims": len(claims)}, claims


@cache
def code_seal():
    """A checksum of all that decides which claims a text has: the modules that read it, and the grammar."""
    modules = modules_of("from headcount.bulk import read_batch")
    data = {path for module in modules for path in PACKAGE.glob(f"{module.stem}.*") if path.is_file()}
    return hashlib.sha256("".join(map(checksum, sorted(data))).encode()).hexdigest()


# --- a run --------------------------------------------------------------------------------------------------------------


def extract_all(
    inputs, story, output, published="", listing=None, workers=1, scheduler="", batch=BATCH, progress=False
):
    """Write the claims of all texts that `inputs` and `listing` name (as texts.named says) into the folder `output`, or go on where a
    run of the same was cut off. Returns a Summary.

    `workers` are processes, `scheduler` the address of a Dask cluster that works instead; `batch` texts make a part; `progress` shows
    a bar on standard error. The folder may be an address in a store. A text that cannot be read is a row with an error and stops
    nothing. Raises HeadcountError if the folder holds anything else, or no text is named.
    """
    start = story.campaign_start
    settings = Settings(os.getcwd(), story.facts, start, day_of(published), code_seal())
    store = Store(str(output))
    run = {
        "inputs": list(map(str, inputs)),
        "listing": str(listing or ""),
        "story": json.loads(json.dumps(story.facts, default=str)),
        "campaign_start": [day.isoformat() for day in start or ()],
        "published": settings.published,
        "code": settings.code,
        "batch": batch,
    }
    texts = begin(store, run, lambda: named(inputs, listing))
    done = store.parts()
    before = min(texts, len(done) * batch)
    tasks = (
        (read_batch, settings, number, names)
        for number, names in store.batches(batch)
        if part_name(number) not in done
    )
    with engine(workers, scheduler) as (executor, room), bar(texts, before, progress) as show:
        for part in as_done(executor, room, tasks):
            store.write(f"claims/{part_name(part.number)}", part.claims)
            store.write(f"texts/{part_name(part.number)}", part.texts)  # last: now the part is done
            show(*part.counts)
    return Summary(texts, *store.counts(), before)


def part_name(number):
    """The name of a part's files."""
    return f"part-{number:06}.parquet"


def begin(store, run, names):
    """Settle which texts a run reads, or find it settled by an earlier run of the same. Returns how many they are."""
    known = store.read("run.json")
    if known is None:
        if store.holds_others():
            raise HeadcountError(f"{store.path} holds other files. Name a new folder, or empty this one.")
        texts = 0
        with store.opened("names.jsonl") as file:
            for name in names():
                file.write(json.dumps(name).encode() + b"\n")
                texts += 1
        if not texts:
            raise HeadcountError("No text is named. Name files, folders or patterns, or a --list of them.")
        store.write("run.json", json.dumps(run | {"texts": texts}, indent=1).encode() + b"\n")
        return texts
    known = json.loads(known)
    differing = [key for key in run if run[key] != known.get(key)]
    if differing:
        raise HeadcountError(
            f"{store.path} holds a run with other {', '.join(differing)}. Name a new folder, or delete this one."
        )
    return known["texts"]


@contextmanager
def bar(texts, before, progress):
    """A function that shows, given what a part holds (texts, claims, errors), how far a run has come."""
    from tqdm import tqdm

    claims = errors = 0
    with tqdm(total=texts, initial=before, unit=" texts", disable=not progress, mininterval=1) as line:

        def show(more_texts, more_claims, more_errors):
            nonlocal claims, errors
            claims, errors = claims + more_claims, errors + more_errors
            line.set_postfix_str(f"{claims:,} claims, {errors:,} errors", refresh=False)
            line.update(more_texts)

        yield show


class Store:
    """The folder of a run, on a disk or in an object store."""

    def __init__(self, path):
        import fsspec

        self.path = path
        self.files, self.root = fsspec.url_to_fs(path if remote(path) else os.path.abspath(path))

    def write(self, name, data):
        """Write a file at one stroke."""
        if remote(self.path):
            self.files.pipe_file(f"{self.root}/{name}", data)
        else:
            write_bytes(Path(self.root, name), data)

    def opened(self, name):
        """A stream to a file that counts only once another is written."""
        self.files.makedirs(self.root, exist_ok=True)
        return self.files.open(f"{self.root}/{name}", "wb")

    def read(self, name):
        """The bytes of a file, None if there is none."""
        try:
            return self.files.cat_file(f"{self.root}/{name}")
        except FileNotFoundError:
            return None

    def holds_others(self):
        """Whether there are files that no run began to write."""
        if not self.files.exists(self.root):
            return False
        return {path.rpartition("/")[2] for path in self.files.ls(self.root, detail=False)} - {"names.jsonl"}

    def parts(self):
        """The names of the parts that are done."""
        folder = f"{self.root}/texts"
        if not self.files.exists(folder):
            return set()
        names = {path.rpartition("/")[2] for path in self.files.ls(folder, detail=False)}
        return {name for name in names if name.startswith("part-")}

    def batches(self, size):
        """Yield (number, names) of the batches."""
        with self.files.open(f"{self.root}/names.jsonl", "rb") as file:
            number = 0
            while lines := list(islice(file, size)):
                yield number, [json.loads(line) for line in lines]
                number += 1

    def counts(self):
        """(claims, errors) of all parts."""
        claims, texts = (
            dataset.dataset(f"{self.root}/{name}", filesystem=self.files) for name in ("claims", "texts")
        )
        return claims.count_rows(), texts.count_rows(filter=dataset.field("error") != "")
