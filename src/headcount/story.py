"""A story: one folder with raw texts, `story.yml`, processed tables and figures. All paths live here."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from headcount import HeadcountError
from headcount.documents import load_yaml

ROOT = Path(__file__).resolve().parents[2]


def is_day(value):
    """Whether something read from YAML is a day, without a time, of YEARS."""
    return type(value) is date and value.year in YEARS


def are_words(value):
    """Whether something read from YAML is a list of words, one or more."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(word, str) and word.strip() for word in value)
    )


def listed(names):
    """Names in order, joined, cut where they would fill a screen."""
    return ", ".join(sorted(map(str, names)))[:300]


def check_sums(path, facts):
    """Raise a HeadcountError unless story.yml's `sums` make things counted of other things counted."""
    sums = facts.get("sums") or {}
    if not isinstance(sums, dict):
        raise HeadcountError(f"{path}: `sums` needs, for each total, a list of its parts.")
    for total, parts in sums.items():
        place = f"{path}: the sum {str(total)[:50]}"
        if not are_words(parts) or len(set(parts)) < max(2, len(parts)):
            raise HeadcountError(f"{place} needs a list of two things counted or more, each once.")
        unknown = {total, *parts} - set(facts["counted"])
        if unknown:
            raise HeadcountError(f"{place} names {listed(unknown)}, which `counted` does not list.")
        nested = set(parts)
        while more := {part for name in nested for part in sums.get(name, [])} - nested:
            nested |= more
        if total in nested:
            raise HeadcountError(f"{place} is made of itself.")


def check_suppose(path, facts):
    """Raise a HeadcountError unless each of story.yml's `suppose` has a question, claims, and days from and to."""
    cases = facts.get("suppose") or []
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise HeadcountError(f"{path}: `suppose` needs a list of cases, each with a question.")
    for case in cases:
        wrong = [key for key in ("from", "to") if not is_day(case.get(key))]
        wrong += [key for key in ("claims",) if not are_words(case.get(key))]
        wrong += [key for key in ("question",) if not isinstance(case.get(key), str)]
        if wrong or case["from"] > case["to"]:
            raise HeadcountError(
                f"{path}: `suppose` needs a question, a list of claims, and the days from and to: {', '.join(wrong) or 'from is after to'}."
            )


def check_beginning(path, facts):
    """Raise a HeadcountError unless story.yml's `campaign` or `event`, of which there may be one, begins on a day or in a month that
    there is."""
    given = [key for key in ("campaign", "event") if facts.get(key) is not None]
    if len(given) > 1:
        raise HeadcountError(f"{path}: `campaign` and `event` both stand there. Keep the one that fits.")
    for key in given:
        whole = facts[key]
        start = str(whole.get("start")) if isinstance(whole, dict) else ""
        try:
            if not re.fullmatch(START, start, re.ASCII):
                raise ValueError
            date.fromisoformat(f"{start}-01"[:10])
        except ValueError:
            raise HeadcountError(
                f"{path}: `{key}` needs a `start`, a month (2009-04) or a day (2009-04-15), not {start[:50]}."
            ) from None
        if not isinstance(whole.get("name"), str):
            raise HeadcountError(f"{path}: `{key}` needs a `name`, as the charts call it: the quake.")
        if whole.get("place") and not are_words(whole["place"]):
            raise HeadcountError(f"{path}: `place` of `{key}` must be a list of names: [Henan province].")


def check_nouns(path, counted):
    """Raise a HeadcountError if one noun names two things counted."""
    things = {}
    for name, nouns in counted.items():
        for noun in map(str.lower, nouns):
            if things.setdefault(noun, name) != name:
                raise HeadcountError(
                    f"{path}: under `counted` the noun {noun[:50]} stands for {things[noun]} and for {name}. Leave it with one."
                )


def check_series(path, facts):
    """Raise a HeadcountError unless each of story.yml's `series` names one thing counted and an act, and `falls` lists acts."""
    if not facts["series"]:
        raise HeadcountError(f"{path}: `series` lists no running total to draw.")
    for series in facts["series"]:
        if (
            not isinstance(series, dict)
            or not are_words([series.get("counted"), series.get("action")])
            or series["counted"] not in facts["counted"]
            or not re.fullmatch(NAME, series["action"])
        ):
            raise HeadcountError(
                f"{path}: the series {str(series)[:50]} must name an action and one of {listed(facts['counted'])}."
            )
    drawn = [f"{series['counted']} {series['action']}" for series in facts["series"]]
    if len(drawn) > len(set(drawn)):
        raise HeadcountError(f"{path}: two series are the same ({', '.join(drawn)}). Keep one of each.")
    falls = facts.get("falls") or []
    if not isinstance(falls, list) or not all(re.fullmatch(r"[a-z]\w*", str(action)) for action in falls):
        raise HeadcountError(f"{path}: `falls` must be a list of actions, such as [missing].")


KEYS = {
    *("title", "question", "campaign", "event", "counted", "sums", "series"),
    *("falls", "voices", "as_of", "suppose", "licence"),
}
KINDS = {str: "text", dict: "mapping", list: "list"}
NAME = r"\w{1,60}"
YEARS = range(1000, 3000)  # so that what is reckoned from a day, ahead or back, is still one
START = r"[12]\d{3}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?"


@dataclass(frozen=True)
class Story:
    """One story folder. The root story keeps its tables under `data/`, any other directly in its folder."""

    folder: Path

    @classmethod
    def at(cls, folder: Path | str) -> "Story":
        """The story in `folder` (a path); a HeadcountError if there is none.

        >>> Story.at(ROOT).facts["title"]
        "China's campaign against child trafficking"
        """
        try:
            folder = Path(folder).resolve()
            found = (folder / "story.yml").is_file()
        except (OSError, ValueError):  # a name too long, or with a NUL
            found = False
        if not found:
            raise HeadcountError(
                f"{folder} is no story: it has no story.yml. Lay one out: headcount new FOLDER."
            )
        return cls(folder)

    @property
    def data(self):
        """The folder that holds `raw` and `processed`."""
        return self.folder / "data" if (self.folder / "data" / "raw").is_dir() else self.folder

    @property
    def raw(self):
        """The texts as received, with `sources.yml`."""
        return self.data / "raw"

    @property
    def processed(self):
        """The tidy tables."""
        return self.data / "processed"

    @property
    def figures(self):
        """The figures, as published."""
        return self.folder / "figures"

    @property
    def build(self):
        """Executed notebooks and stamps; may be deleted at any time."""
        return self.folder / "build"

    @cached_property
    def facts(self):
        """`story.yml` as a mapping, checked for the keys the stages need."""
        path = self.folder / "story.yml"
        facts = load_yaml(path)
        if not isinstance(facts, dict):
            raise HeadcountError(f"{path} is empty. Fill it in as that of this project is.")
        unknown = set(map(str, facts)) - KEYS
        if unknown:
            raise HeadcountError(
                f"{path}: {listed(unknown)} is no key of a story; the keys are {listed(KEYS)}."
            )
        needed = {"title": str, "question": str, "counted": dict, "series": list}
        for key, kind in needed.items():
            if not isinstance(facts.get(key), kind):
                raise HeadcountError(f"{path}: `{key}` is empty, missing or no {KINDS[kind]}. Fill it in.")
        check_beginning(path, facts)
        if not facts["counted"]:
            raise HeadcountError(f"{path}: `counted` lists nothing that is counted.")
        for name, nouns in facts["counted"].items():
            if not re.fullmatch(NAME, str(name)) or not isinstance(name, str) or not are_words(nouns):
                raise HeadcountError(
                    f"{path}: `counted` needs, for each thing, a name of letters, digits and _ and a list of nouns; {str(name)[:50]}: {str(nouns)[:50]} is not."
                )
        check_nouns(path, facts["counted"])
        check_series(path, facts)
        check_sums(path, facts)
        check_suppose(path, facts)
        if "as_of" in facts and not is_day(facts["as_of"]):
            raise HeadcountError(f"{path}: `as_of` must be a day such as 2010-12-31.")
        if not isinstance(facts.get("licence", ""), str):
            raise HeadcountError(
                f"{path}: `licence` must be the name of a licence, such as MIT or CC-BY-4.0."
            )
        voices = facts.get("voices") or {}
        if voices and not (
            isinstance(voices, dict) and are_words([*voices]) and all(map(are_words, voices.values()))
        ):
            raise HeadcountError(f"{path}: `voices` needs, for each body, a list of those who speak for it.")
        return facts

    @property
    def campaign_start(self):
        """(earliest, latest) day on which the campaign or event can have begun: a month in story.yml is known to the month. None for
        a story that names neither."""
        whole = whole_of(self.facts)
        if not whole:
            return None
        year, month, *day = map(int, str(whole["start"]).split("-"))
        if day:
            return date(year, month, day[0]), date(year, month, day[0])
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])

    @cached_property
    def series(self):
        """The running totals to draw, {name: {counted, action}}: the name is what is counted, with the action where several count it."""
        return series_of(self.facts)


def whole_of(facts):
    """What running totals count from: the `campaign` or `event` of story.yml, empty if it names neither."""
    return facts.get("campaign") or facts.get("event") or {}


def series_of(facts):
    """The `series` of story.yml by name: "children", or "people-killed" where several series count people."""
    things = [one["counted"] for one in facts["series"]]
    return {
        one["counted"] if things.count(one["counted"]) == 1 else f"{one['counted']}-{one['action']}": {
            "counted": one["counted"],
            "action": one["action"],
        }
        for one in facts["series"]
    }
