"""The claims of any texts, one text at a time, as CSV, JSON lines or Parquet (`headcount extract`)."""

import csv
import hashlib
import json
import os
import sys
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path

from headcount import HeadcountError, counts
from headcount.claims import read_claims
from headcount.facts import Facts
from headcount.nouns import Nouns
from headcount.sources import read_sources, read_text
from headcount.story import is_day
from headcount.tables import as_text, columns, fields, read_table
from headcount.texts import read_all, remote, stem_of, text_of
from headcount.tolls import count_tolls

UNKNOWN = "unknown"


def extract(paths, story, published=""):
    """(path or address, claims) for each text, one at a time: its claims as dicts with the columns of claims.csv.

    `paths` may be addresses such as s3://bucket/text.txt too. `published` is the ISO day on which the texts appeared, "" if unknown:
    what hangs on it then stays open. The publisher is unknown unless a credit line names it. A text in the story's own raw folder has what
    sources.yml says of it, unless `published` is given. Raises HeadcountError, before the first
    text is read for its claims, if one is missing, empty, not UTF-8 or given twice.
    """
    day = day_of(published)
    names = list(map(str, paths))
    check(names)
    return _extract(names, story, day)


def day_of(published):
    """`published` as an ISO day, "" if it is empty."""
    try:
        day = date.fromisoformat(published) if published else None
        if day and not is_day(day):
            raise ValueError
        return day.isoformat() if day else ""
    except ValueError:
        raise HeadcountError(f"--published {published}: it must be a day such as 2011-12-06.") from None


def _extract(names, story, published):
    nouns, facts, taken = Nouns(story.facts["counted"]), Facts(), set()
    own = {} if published else own_sources(names, story)
    for name in names:
        source = own.get(name) or source_of(_source_id(name, taken), Path(name).name, published)
        yield name, claims_in(_text(name), source, nouns, story.facts, story.campaign_start, facts)


def own_sources(names, story):
    """{name: its row of sources.csv} of the texts among `names` that lie in the story's own raw folder."""
    own = [name for name in names if not remote(name) and Path(name).resolve().parent == story.raw]
    rows = {row["file"]: row for row in read_sources(story).to_dict("records")} if own else {}
    return {name: rows[Path(name).name] for name in own if Path(name).name in rows}


def source_of(source_id, file, published):
    """What is known of a text that no sources.yml describes, as read_claims takes it."""
    return {
        "source_id": source_id,
        "file": file,
        "publisher": UNKNOWN,
        "published_earliest": published,
        "published_latest": published,
    }


def claims_in(text, source, nouns, story, campaign_start, facts):
    """The claims of a text as dicts with the columns of claims.csv, the fact of each named by `facts`; `story` is what story.yml says."""
    mentions, claims = read_claims(text, source, nouns, campaign_start)
    count_tolls(claims, mentions, [source], story, campaign_start)
    for claim in claims:
        claim["fact_id"] = facts.name(claim)
    return [{column: claim[column] for column in columns("claims")} for claim in claims]


def _text(name):
    """The text at a path or an address."""
    if not remote(name):
        return read_text(Path(name))
    [(_, data)] = read_all([name])
    return text_of(name, data)


def check(names):
    """Raise a HeadcountError for the first text that is missing, unreadable, empty, or the same as another."""
    seen = {}
    for name in names:
        if not remote(name) and not Path(name).is_file():
            raise HeadcountError(
                f"{name} is {'a folder' if Path(name).is_dir() else 'missing'}. Name text files."
            )
        seal = hashlib.sha256(_text(name).encode()).digest()
        if seal in seen:
            raise HeadcountError(f"{name} is the same text as {seen[seal]}. Name each text once.")
        seen[seal] = name


def _source_id(path, taken):
    """A short name for a text that no other text has taken."""
    stem = stem_of(path)
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    taken.add(name)
    return name


# --- reading them again ---------------------------------------------------------------------------------------------------

BOUNDS = ("low", "high", "newsroom_low", "newsroom_high")
ORDER = (("from_earliest", "from_latest"), ("to_earliest", "to_latest"), ("from_earliest", "to_latest"))


def claims_in_file(path, story):
    """The claims in the CSV at a path, as of claims.csv, which somebody may have edited, as a table. Raises a HeadcountError that names
    the first row whose bounds are not those of its figure and hedge, whose window ends before it begins, or that counts what story.yml
    does not list."""
    import pandas as pd

    claims = read_table("claims", path)
    for row, claim in enumerate(claims.to_dict("records"), start=2):
        value, high = claim["value"], None if pd.isna(claim["value_high"]) else claim["value_high"]
        bounds = [None if pd.isna(claim[name]) else claim[name] for name in BOUNDS]
        if bounds != [*chain(*counts.bounds(value, high, claim["qualifier"]))]:
            problem = f"{', '.join(BOUNDS)} are not those of {value} ({claim['qualifier']})"
        elif any(claim[one] > claim[other] for one, other in ORDER if claim[one] and claim[other]):
            problem = "its window ends before it begins"
        elif claim["counted"] and claim["counted"] not in story.facts["counted"]:
            problem = f"counted is {claim['counted']!r}, which story.yml does not list"
        else:
            continue
        raise HeadcountError(f"{path}, row {row}: {problem}. Mend the row, or extract the claims anew.")
    return claims


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


@cache
def claim_schema():
    """The columns of claims.csv as an Arrow schema."""
    import pyarrow

    types = {"integer": pyarrow.int64(), "boolean": pyarrow.bool_()}
    return pyarrow.schema(
        [(field["name"], types.get(field["type"], pyarrow.string())) for field in fields("claims")]
    )


@contextmanager
def parquet_writer(stream):
    """A function that writes claims to a binary stream as Parquet, a row group a text."""
    import pyarrow
    from pyarrow import parquet

    schema = claim_schema()
    with parquet.ParquetWriter(stream, schema) as writer:

        def write(claims):
            if claims:
                writer.write_table(pyarrow.Table.from_pylist(claims, schema))

        yield write


WRITERS = {"csv": csv_writer, "jsonl": jsonl_writer, "parquet": parquet_writer}


def standard_output():
    """Standard output, for UTF-8 with plain line ends; a HeadcountError if it is closed."""
    if not sys.stdout:
        raise HeadcountError("Standard output is closed. Open it, or write to a file.")
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    return sys.stdout


@contextmanager
def opened(output, form):
    """The stream to write to: standard output, or `output`, which appears only when everything is written."""
    if not output:
        yield standard_output()
        return
    output = output.resolve()
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
    """Write the claims of the texts (a list) in `form` (csv, jsonl, parquet) to `output`, a path, or to standard output if None."""
    if output and not output.parent.is_dir():
        raise HeadcountError(f"{output.parent} is no folder. Make it, or write elsewhere.")
    if output and output.exists() and not output.is_file():
        raise HeadcountError(f"{output} is no plain file. Write to another, or leave out --output to print.")
    if output and output.resolve() in {Path(path).resolve() for path in paths if not remote(str(path))}:
        raise HeadcountError(f"{output} is one of the texts. Write the claims to another file.")
    if form == "parquet" and not output:
        raise HeadcountError("Parquet needs a file: add --output claims.parquet.")
    extracted = extract(paths, story, published)
    with opened(output, form) as stream, WRITERS[form](stream) as write:
        done = total = 0
        for path, claims in extracted:
            write(claims)
            done, total = done + 1, total + len(claims)
            say(f"{done} of {len(paths)} texts, {total} claims: {Path(path).name}")
