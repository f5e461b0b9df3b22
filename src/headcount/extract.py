"""The claims of any texts, one text at a time, as CSV, JSON lines or Parquet (`headcount extract`)."""

import csv
import hashlib
import json
import os
import re
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from headcount import HeadcountError
from headcount.claims import read_claims
from headcount.counts import Nouns
from headcount.facts import Facts
from headcount.sources import read_text
from headcount.story import is_day
from headcount.tables import as_text, columns, fields

UNKNOWN = "unknown"


def extract(paths, story, published=""):
    """(path, claims) for each text, one at a time: its claims as dicts with the columns of claims.csv.

    `published` is the ISO day on which the texts appeared, "" if unknown: what hangs on it then stays open. The publisher is
    unknown unless a credit line names it. Raises HeadcountError, before the first text is read for its claims, if one is
    missing, empty, not UTF-8 or given twice.
    """
    try:
        day = date.fromisoformat(published).isoformat() if published else ""
        if day and not is_day(date.fromisoformat(day)):
            raise ValueError
    except ValueError:
        raise HeadcountError(f"--published {published}: it must be a day such as 2011-12-06.") from None
    paths = [Path(path) for path in paths]
    check(paths)
    return _extract(paths, Nouns(story.facts["counted"]), story.campaign_start, day)


def _extract(paths, nouns, campaign_start, published):
    facts, taken = Facts(), set()
    for path in paths:
        source = {
            "source_id": _source_id(path, taken),
            "file": path.name,
            "publisher": UNKNOWN,
            "published_earliest": published,
            "published_latest": published,
        }
        _, claims = read_claims(read_text(path), source, nouns, campaign_start)
        for claim in claims:
            claim["fact_id"] = facts.name(claim)
        yield path, [{column: claim[column] for column in columns("claims")} for claim in claims]


def check(paths):
    """Raise a HeadcountError for the first text that is missing, unreadable, empty, or the same as another."""
    seen = {}
    for path in paths:
        if not path.is_file():
            raise HeadcountError(f"{path} is {'a folder' if path.is_dir() else 'missing'}. Name text files.")
        read_text(path)
        seal = hashlib.sha256(path.read_bytes()).digest()
        if seal in seen:
            raise HeadcountError(f"{path} is the same text as {seen[seal]}. Name each text once.")
        seen[seal] = path


def _source_id(path, taken):
    """A short name for a text that no other text has taken."""
    stem = re.sub(r"[^\w-]+", "_", path.stem)
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    taken.add(name)
    return name


# --- writing --------------------------------------------------------------------------------------------------------------


@contextmanager
def csv_writer(stream):
    """A function that writes claims to a text stream as CSV, as in claims.csv."""
    writer = csv.DictWriter(stream, columns("claims"), lineterminator="\n")
    writer.writeheader()

    def write(claims):
        for claim in claims:
            row = claim | {"qualifier_shared": str(claim["qualifier_shared"]).lower()}
            writer.writerow({column: as_text(cell) for column, cell in row.items()})

    yield write


@contextmanager
def jsonl_writer(stream):
    """A function that writes claims to a text stream as JSON, one a line."""

    def write(claims):
        for claim in claims:
            stream.write(json.dumps(claim, ensure_ascii=False) + "\n")

    yield write


@contextmanager
def parquet_writer(stream):
    """A function that writes claims to a binary stream as Parquet, a row group a text."""
    import pyarrow
    from pyarrow import parquet

    types = {"integer": pyarrow.int64(), "boolean": pyarrow.bool_()}
    schema = pyarrow.schema(
        [(field["name"], types.get(field["type"], pyarrow.string())) for field in fields("claims")]
    )
    with parquet.ParquetWriter(stream, schema) as writer:

        def write(claims):
            if claims:
                writer.write_table(pyarrow.Table.from_pylist(claims, schema))

        yield write


WRITERS = {"csv": csv_writer, "jsonl": jsonl_writer, "parquet": parquet_writer}


@contextmanager
def opened(output, form):
    """The stream to write to: standard output, or `output`, which appears only when everything is written."""
    if not output:
        sys.stdout.reconfigure(encoding="utf-8", newline="")
        yield sys.stdout
        return
    partial = output.with_name(f".{output.name}.partial")
    try:
        with (
            partial.open("wb")
            if form == "parquet"
            else partial.open("w", encoding="utf-8", newline="") as stream
        ):
            yield stream
        os.replace(partial, output)
    finally:
        partial.unlink(missing_ok=True)


def write_claims(paths, story, published, form, output, say):
    """Write the claims of the texts in `form` (csv, jsonl, parquet) to `output`, a path, or to standard output if None."""
    if output and not output.parent.is_dir():
        raise HeadcountError(f"{output.parent} is no folder. Make it, or write elsewhere.")
    if form == "parquet" and not output:
        raise HeadcountError("Parquet needs a file: add --output claims.parquet.")
    extracted = extract(paths, story, published)
    with opened(output, form) as stream, WRITERS[form](stream) as write:
        done = total = 0
        for path, claims in extracted:
            write(claims)
            done, total = done + 1, total + len(claims)
            say(f"{done} of {len(paths)} texts, {total} claims: {path.name}")
