"""Stage 1, sources: the raw texts, sealed by checksum, with who published them and when."""

import datetime
import hashlib
import re

import pandas as pd

from headcount import HeadcountError
from headcount.story import load_yaml

REQUIRED = ("publisher", "published", "basis", "sha256")


def read_text(path):
    """The text in `path`, decoded as UTF-8 with newlines untouched, so that offsets hold."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise HeadcountError(f"{path} cannot be read: {error.strerror}.") from None
    return decoded(data, path)


def decoded(data, name):
    """The text in some bytes, which are UTF-8; a HeadcountError that says where they are not, or that there is none."""
    if not data.strip():
        raise HeadcountError(f"{name} is empty. Put the text back, or leave it out.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HeadcountError(
            f"{name} is not UTF-8: byte {error.start} cannot be read. Convert it to UTF-8 (and seal it anew in sources.yml)."
        ) from None


def published(entry, place):
    """(earliest, latest) ISO days of publication from a sources.yml entry: one day, [earliest, latest] or `unknown`."""
    given = entry["published"]
    if given == "unknown":
        return "", ""
    days = given if isinstance(given, list) else [given, given]
    if len(days) != 2 or not all(type(day) is datetime.date for day in days) or days[0] > days[1]:
        raise HeadcountError(
            f"{place}: `published` must be a day (2011-12-06), an interval [earliest, latest] or unknown, not {given}."
        )
    return days[0].isoformat(), days[1].isoformat()


def read_sources(story):
    """The sources table of a story: one row a text, every seal checked. Reads raw/*.txt and raw/sources.yml.

    Raises HeadcountError, naming the text and the way out, if one is missing, changed, unlisted or unreadable.
    """
    if not story.raw.is_dir():
        raise HeadcountError(f"{story.raw} is missing. Make it, and put the texts and sources.yml there.")
    listing = story.raw / "sources.yml"
    entries = load_yaml(listing) or {}
    texts = {path.name: path for path in sorted(story.raw.glob("*.txt"))}
    if not entries and not texts:
        raise HeadcountError(
            f"{story.raw} holds no texts. Put them there as .txt files and list them in sources.yml."
        )
    if not isinstance(entries, dict) or not all(
        isinstance(name, str) and isinstance(entry or {}, dict) for name, entry in entries.items()
    ):
        raise HeadcountError(
            f"{listing} must hold one entry for each text: its file name, and {', '.join(REQUIRED)} below it."
        )
    for name in sorted(set(texts) - set(entries)):
        raise HeadcountError(
            f"{texts[name]} is not listed in {listing}. Add an entry for it, or move the file away."
        )
    rows = [_row(story.raw / name, entries[name] or {}, f"{listing}, {name}") for name in sorted(entries)]
    for column in ("source_id", "sha256"):
        seen = {}
        for row in rows:
            if row[column] in seen:
                raise HeadcountError(
                    f"{listing}: {seen[row[column]]} and {row['file']} have the same {column}. Keep one."
                )
            seen[row[column]] = row["file"]
    return pd.DataFrame(rows)


def _row(path, entry, place):
    """One row of sources.csv for the text at `path` and its entry in sources.yml."""
    for key in REQUIRED:
        if not entry.get(key):
            raise HeadcountError(f"{place}: `{key}` is missing. Every text needs {', '.join(REQUIRED)}.")
    if not path.is_file():
        raise HeadcountError(
            f"{path} is missing. Put the text back, or take its entry out of {path.parent / 'sources.yml'}."
        )
    read_text(path)
    seal = hashlib.sha256(path.read_bytes()).hexdigest()
    if seal != entry["sha256"]:
        raise HeadcountError(
            f"{path} has changed: its sha256 is {seal}, sources.yml says {entry['sha256']}. "
            "Restore the text as received, or, if the change is meant, record the new sha256."
        )
    source_id = str(entry.get("id") or path.stem)
    if not re.fullmatch(r"[\w-]+", source_id):
        raise HeadcountError(f"{place}: `id` may hold letters, digits, - and _ only, not {source_id!r}.")
    earliest, latest = published(entry, place)
    return {
        "source_id": source_id,
        "file": path.name,
        "sha256": seal,
        "publisher": entry["publisher"],
        "title": entry.get("title") or "",
        "published_earliest": earliest,
        "published_latest": latest,
        "published_basis": entry["basis"],
        "relays": entry.get("relays") or "",
        "note": entry.get("note") or "",
    }
