"""Stage 1, sources: the raw texts, sealed by checksum, with who published them and when."""

import hashlib
import os
import re
import shlex
from pathlib import Path

import pandas as pd

from headcount import HeadcountError
from headcount.documents import load_yaml, place_of
from headcount.story import Story, is_day

REQUIRED = ("publisher", "published", "basis", "sha256")
WORDS = ("publisher", "basis", "sha256", "id", "title", "relays", "note")


def read_text(path, seal=None):
    """The text in `path`, decoded as UTF-8 with newlines untouched, so that offsets hold. Raises a HeadcountError if it is none, or not
    the one with the sha256 `seal`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise HeadcountError(f"{path} cannot be read: {error.strerror}.") from None
    found = hashlib.sha256(data).hexdigest()
    if seal and seal != found:
        raise HeadcountError(
            f"{path} has changed: its sha256 is {found}, sources.yml says {seal}. "
            "Restore the text as received, or, if the change is meant, record the new sha256."
        )
    return decoded(data, path)


def decoded(data, name):
    """The text in some bytes, which are UTF-8; a HeadcountError that says where they are not, or that there is none."""
    if not data.strip():
        raise HeadcountError(f"{name} is empty. Put the text back, or leave it out.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HeadcountError(
            f"{name}, {place_of(data, error)} is not UTF-8. Convert it, if it is Windows-1252 so: "
            f"iconv -f WINDOWS-1252 -t UTF-8 {shlex.quote(str(name))} > new.txt (and seal it anew if sources.yml lists it)."
        ) from None


def published(entry, place):
    """(earliest, latest) ISO days of publication from a sources.yml entry: one day, [earliest, latest] or `unknown`."""
    given = entry["published"]
    if given == "unknown":
        return "", ""
    days = given if isinstance(given, list) else [given, given]
    if len(days) != 2 or not all(map(is_day, days)) or days[0] > days[1]:
        raise HeadcountError(
            f"{place}: `published` must be a day (2011-12-06), an interval [earliest, latest] or unknown, not {given}."
        )
    return days[0].isoformat(), days[1].isoformat()


def read_sources(story: Story) -> pd.DataFrame:
    """The sources table of a story: one row a text, every seal checked. Reads raw/*.txt and raw/sources.yml.

    Raises HeadcountError, naming the text and the way out, if one is missing, changed, unlisted or unreadable.

    >>> from headcount.story import ROOT, Story
    >>> list(read_sources(Story.at(ROOT))["publisher"])
    ['Unsigned report', 'Xinhua', 'REFORM Talk', 'Al Jazeera', 'The Irish Times']
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
    for name in entries:
        if Path(name).name != name or not name.endswith(".txt"):
            raise HeadcountError(
                f"{listing}, {name}: a text is named by its file in {story.raw} alone, which ends in .txt."
            )
    for name in sorted(set(texts) - set(entries)):
        raise HeadcountError(
            f"{texts[name]} is not listed in {listing}. Add an entry for it{_with_seal(texts[name])}, or move the file away."
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
    for key in WORDS:
        if not isinstance(entry.get(key) or "", str):
            raise HeadcountError(f"{place}: `{key}` must be words. Put quotes around {str(entry[key])[:50]}.")
    if path.is_symlink():
        raise HeadcountError(
            f"{path} is a link to {os.readlink(path)}{_with_seal(path)}; sources.yml says {entry['sha256']}. Put the text itself there."
        )
    if not path.is_file():
        raise HeadcountError(
            f"{path} is missing, with the sha256 {entry['sha256']}. Put the text back, or take its entry out of {path.parent / 'sources.yml'}."
        )
    read_text(path, entry["sha256"])
    source_id = str(entry.get("id") or path.stem)
    if not re.fullmatch(r"[\w-]+", source_id):
        raise HeadcountError(f"{place}: `id` may hold letters, digits, - and _ only, not {source_id!r}.")
    earliest, latest = published(entry, place)
    return {
        "source_id": source_id,
        "file": path.name,
        "sha256": entry["sha256"],
        "publisher": entry["publisher"],
        "title": entry.get("title") or "",
        "published_earliest": earliest,
        "published_latest": latest,
        "published_basis": entry["basis"],
        "relays": entry.get("relays") or "",
        "note": entry.get("note") or "",
    }


def _with_seal(path):
    """The sha256 of a file, in words for a message."""
    return f" with the sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}" if path.is_file() else ""
