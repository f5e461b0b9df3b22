"""The calendar expressions of a sentence, read as days: in the clause and the year in which they stand, past or to come."""

from datetime import date, timedelta
from typing import NamedTuple

from headcount import grammar
from headcount.dates import add_months, resolve
from headcount.roles import REACH


class Reading(NamedTuple):
    """A sentence in which windows are read: its calendar expressions, when it was published and when what it tells was told."""

    sentence: str
    dates: list  # (start, end) of each
    published: tuple  # interval of days, or None
    told: tuple  # interval of days, or None

    def text(self, expression):
        """The words of a calendar expression; "the last week" is the past one."""
        text = self.sentence[slice(*expression)]
        article = self.sentence[: expression[0]].endswith(("the ", "The "))
        return (
            grammar.compiled("^last(?=~(?:week|month|year|decade)$)").sub("past", text) if article else text
        )

    def framed(self, expression):
        """When a calendar expression is to be read: in the year with which the sentence opens, "In 2021, 185 died in October floods",
        if it is a month or day behind it, else when the text was published."""
        opening = grammar.compiled(r"[“\"]?In~(?P<year>@year),?~").match(self.sentence)
        within = opening and opening.end() <= expression[0]
        if within and grammar.compiled(r"@month\b.*").fullmatch(self.text(expression)):
            last = date(int(opening["year"]), 12, 31)
            return last, last
        return self.published

    def resolve(self, expression):
        """(first, last, basis) of a calendar expression, its first and last day each as an interval; None if it names no period."""
        relative = grammar.compiled(r"(?:past|last|previous)~@number~.*").fullmatch(self.text(expression))
        resolved = resolve(self.text(expression), self.told if relative else self.framed(expression))
        if resolved is None:
            return None
        first, last, stated = resolved
        if self._so_far(expression, first, last):
            last = self.published
        if not stated and self._to_come(expression):
            first, last = self.next(expression, first, last)
        hangs = relative and self.told is not self.published
        return first, last, "stated" if stated else "date_in_text" if hangs else "text_date"

    def clause(self, expression):
        """The clause in which a calendar expression stands."""
        joint = grammar.compiled(grammar.load()["next_clause"])
        begin = max((one.end() for one in joint.finditer(self.sentence, 0, expression[0])), default=0)
        end = joint.search(self.sentence, expression[1])
        return self.sentence[begin : end.start() if end else None]

    def _so_far(self, expression, first, last):
        """Whether the words "so far" end a period that goes on with the publication: "so far in 2013"."""
        begin = max(0, expression[0] - REACH)
        said = grammar.backwards(r"\b(?i:so)~far~in~").match(self.sentence, begin, expression[0])
        return said and self.published and first[1] <= self.published[0] <= last[0]

    def _to_come(self, expression):
        """Whether words like "will" before a calendar expression put it into the future."""
        begin = max(0, expression[0] - REACH)
        return grammar.backwards(grammar.load()["coming"]).match(self.sentence, begin, expression[0])

    def next(self, expression, first, last):
        """The next such period where this one, the last that had begun, ends before the publication: a week later for a weekday, else a
        year; else the same."""
        past = self.published and last[1] < self.published[0] and last[1].year < date.max.year
        if not past:
            return first, last
        weekday = grammar.compiled("@weekday").match(self.text(expression))
        return tuple(
            tuple(day + timedelta(days=7) if weekday else add_months(day, 12) for day in ends)
            for ends in (first, last)
        )
