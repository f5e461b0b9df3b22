"""A story laid out in a folder, and texts taken into it: copied as they are, sealed, and read for what they say of themselves."""

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

from headcount import HeadcountError, grammar
from headcount.dates import resolve
from headcount.documents import load_yaml
from headcount.mentions import find_mentions
from headcount.sources import published as published_days
from headcount.sources import read_text
from headcount.speech import reporters
from headcount.story import Story
from headcount.writing import write_bytes

TEMPLATES = Path(__file__).with_name("templates")
HEADLINE = 160  # characters of a first line at most that is taken for a headline


def new_story(folder: Path | str) -> Story:
    """Lay out a story in `folder`, which is made: story.yml to fill in, every key explained, and raw/ with sources.yml for the texts.

    Raises HeadcountError, with nothing written, if the folder holds a story already or is no folder.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     story = new_story(f"{place}/ferry")
    ...     sorted(str(path.relative_to(story.folder)) for path in story.folder.rglob("*.yml"))
    ['raw/sources.yml', 'story.yml']
    """
    folder = Path(folder)
    files = {folder / "story.yml": "story.yml", folder / "raw" / "sources.yml": "sources.yml"}
    there = [path for path in (*files, folder / "data" / "raw") if path.exists()]
    if there:
        raise HeadcountError(f"{there[0]} is there already. Name a new folder, or go on with that story.")
    try:
        (folder / "raw").mkdir(parents=True, exist_ok=True)
        for path, template in files.items():
            path.write_bytes((TEMPLATES / template).read_bytes())
    except OSError as error:
        raise HeadcountError(f"{folder} cannot be made: {error.strerror}. Name another folder.") from None
    return Story.at(folder)


class Added(NamedTuple):
    """A text taken in: its path in raw/, its entry in sources.yml, and what of the entry somebody should look at, in words."""

    path: Path
    entry: dict
    remarks: list


def add_texts(
    story: Story,
    files: Iterable[Path | str],
    publisher: str,
    published: str = "",
    basis: str = "",
    title: str = "",
    relays: str = "",
    note: str = "",
) -> list[Added]:
    r"""Take texts into a story: each is copied byte for byte into raw/ and gets an entry in sources.yml, behind those that stand there.

    `published` is a day ("2025-03-11"), an interval ("2025-03-11..2025-03-14") or "unknown"; if it is "", the day that the text states
    on a line of its own, else unknown. `basis` says how the day is known. `title` and `relays` are read off the headline and the credit
    lines if they are "". Nothing is guessed: what was read says so in `basis` and `note`.

    Raises HeadcountError, with nothing written, for a text that cannot be read, is there already, or has the name of another.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     text = Path(place, "wire.txt")
    ...     _ = text.write_text("Ferry sinks, 23 dead\n11 March 2025\n\nThe coast guard said so.\n")
    ...     [added] = add_texts(new_story(f"{place}/ferry"), [text], publisher="Coastal Wire")
    ...     added.entry["title"], str(added.entry["published"]), added.entry["basis"]
    ('Ferry sinks, 23 dead', '2025-03-11', 'Dated in the text: "11 March 2025".')
    """
    given = {"title": title, "relays": relays, "note": note, "basis": basis}
    when = _days(published)
    if not publisher.strip():
        raise HeadcountError("The publisher is empty. Say who published the texts: --publisher NAME.")
    added, seals = [], _seals(story)
    for path in map(Path, files):
        text = read_text(path)
        seal = hashlib.sha256(path.read_bytes()).hexdigest()
        if seal in seals:
            raise HeadcountError(f"{path} is there already: {seals[seal]} holds the same text. Leave it out.")
        target = story.raw / f"{path.stem}.txt"
        names = {one.path for one in added}
        if target in names or (target.exists() and target.resolve() != path.resolve()):
            raise HeadcountError(f"{target} is there already with another text. Give {path} another name.")
        seals[seal] = path.name
        entry, remarks = _entry(text, publisher, when, given)
        name = re.sub(r"[^\w-]+", "-", path.stem).strip("-") or "text"
        own = {"id": name} if name != path.stem else {}
        added.append(Added(target, {**own, **entry, "sha256": seal}, remarks))
    _write(story, added, [Path(path) for path in files])
    return added


def _days(published):
    """`published` as sources.yml has it: "" for none given, a date, [date, date] or "unknown"."""
    if published in ("", "unknown"):
        return published
    try:
        days = [date.fromisoformat(day) for day in published.split("..")]
        value = days[0] if len(days) == 1 else days
        published_days({"published": value}, "--published")
    except (ValueError, HeadcountError):
        raise HeadcountError(
            f"--published {published}: it must be a day (2025-03-11), an interval (2025-03-11..2025-03-14) or unknown."
        ) from None
    return value


def _seals(story):
    """{sha256: name} of the texts in a story's raw folder that sources.yml lists."""
    listed = load_yaml(story.raw / "sources.yml") or {}
    if not isinstance(listed, dict):
        raise HeadcountError(f"{story.raw / 'sources.yml'} must hold one entry for each text.")
    return {
        entry["sha256"]: name
        for name, entry in listed.items()
        if isinstance(entry, dict) and "sha256" in entry
    }


# --- what a text says of itself -------------------------------------------------------------------------------------------


def _entry(text, publisher, when, given):
    """(entry of sources.yml without its seal, remarks) for a text: what is `given`, else what can be read off the text."""
    entry, notes, remarks = {"publisher": publisher}, [given["note"]] if given["note"] else [], []
    title = given["title"] or headline(text)
    if title and not given["title"]:
        notes.append("The title is the text's first line.")
    remarks += [] if title else ["no headline: the first line is none"]
    days = dated_lines(text) or datelines(text)
    stated = sorted({day for day, _ in days})
    if when:
        basis = given["basis"] or (
            "Nobody said, and it was not looked for."
            if when == "unknown"
            else "As given when the text was added."
        )
        if len(stated) == 1 and stated[0] != when:
            remarks.append(f"the text states another day: “{days[0][1]}”")
    elif len(stated) == 1:
        when, basis = stated[0], given["basis"] or f'Dated in the text: "{days[0][1]}".'
    else:
        when = "unknown"
        none = "The text states no day on a line of its own or in a dateline."
        basis = "The text states several days." if stated else none
        remarks.append(
            f"published is unknown: {basis[0].lower()}{basis[1:-1]}, so what hangs on the day stays open"
        )
    outlets = list(dict.fromkeys(outlet for *_, outlet in reporters(text, publisher) if outlet != publisher))
    relays = given["relays"] or "; ".join(outlets)
    if outlets and not given["relays"]:
        notes.append("Whom it relays is read off its credit lines.")
    entry |= {"title": title} if title else {}
    entry |= {"published": when, "basis": basis}
    entry |= {"relays": relays} if relays else {}
    return entry | ({"note": " ".join(notes)} if notes else {}), remarks


def headline(text: str) -> str:
    r"""The first line of a text if it is a headline: short, not a sentence with its full stop, and with more below; else "".

    >>> headline("Ferry sinks, 23 dead\n\nThe ferry sank on Tuesday.")
    'Ferry sinks, 23 dead'
    >>> headline("The ferry sank on Tuesday. 23 people died.")
    ''
    """
    first, *rest = [
        " ".join(line.split()) for line in text.lstrip("\ufeff").splitlines() if line.strip()
    ] or [""]
    return first if rest and len(first) <= HEADLINE and not re.search(r"[.;:,]$", first) else ""


def dated_lines(text: str) -> list[tuple[date, str]]:
    r"""[(day, words)] of the lines on which a text states nothing but a day, year included, and in one way only to be read.

    >>> dated_lines("Ferry sinks\nUpdated: 11 March 2025 06:10\nIt sank on 10 March 2025.\n12-07-2011")
    [(datetime.date(2025, 3, 11), '11 March 2025 06:10')]
    """
    return [found for line in _lines(text) if len(line) < HEADLINE for found in _days_of(line, "dated_line")]


def datelines(text: str) -> list[tuple[date, str]]:
    r"""[(day, words)] of the datelines of a text that name their year.

    >>> datelines("Ferry sinks\nSELWICK, March 11, 2025 (AP) - The ferry sank on 10 March 2025.")
    [(datetime.date(2025, 3, 11), 'March 11, 2025')]
    """
    return [found for line in _lines(text) for found in _days_of(line[:HEADLINE], "dateline")]


def _lines(text):
    return text.lstrip("\ufeff").splitlines()


def _days_of(line, name):
    """(day, words) of each date of a line around which stands what grammar.yml calls `name`."""
    words = grammar.load()[name]
    before, behind = (grammar.compiled(words[side]) for side in ("before", "behind"))
    behind = behind.fullmatch if name == "dated_line" else behind.match
    for mention in find_mentions(line):
        stated = line[mention.start : mention.end]
        if (
            mention.kind == "date"
            and mention.rule != "date_numeric"  # 12-07-2011 may be two days
            and before.fullmatch(line, 0, mention.start)
            and behind(line, mention.end)
            and (period := resolve(stated, None))
            and period[0] == period[1]
        ):
            yield period[0][0], stated


# --- writing ----------------------------------------------------------------------------------------------------------------


def _write(story, added, files):
    """Copy the files to where they belong and append their entries to sources.yml; all of it or nothing."""
    listing = story.raw / "sources.yml"
    before = listing.read_bytes() if listing.is_file() else b""
    entries = {one.path.name: one.entry for one in added}
    block = "".join("\n" + _yaml({name: entry}) for name, entry in entries.items())
    whole = before.rstrip() + b"\n" + block.encode()
    try:
        kept = yaml.safe_load(whole) == {**(yaml.safe_load(before) or {}), **entries}
    except yaml.YAMLError:
        kept = False
    if not kept:
        raise HeadcountError(
            f"{listing}: entries cannot be put behind what stands there. Write it with one entry below another."
        )
    copied = []
    try:
        for one, path in zip(added, files, strict=True):
            if not one.path.exists():
                data = path.read_bytes()
                with one.path.open("xb") as copy:
                    copied.append(one.path)
                    copy.write(data)
        write_bytes(listing, whole)
    except OSError as error:
        for path in copied:
            path.unlink(missing_ok=True)
        raise HeadcountError(f"{story.raw} cannot be written to: {error.strerror}.") from None


def _yaml(entries):
    """A mapping of entries as YAML, a key a line, an interval in brackets."""
    lists = any(isinstance(value, list) for entry in entries.values() for value in entry.values())
    style = None if lists else False
    return yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=120, default_flow_style=style)
