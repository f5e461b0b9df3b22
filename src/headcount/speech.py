"""Who says it, by the fullest name the text gives, and whose words report it."""

import re
from functools import cache, cached_property

from headcount import grammar
from headcount.mentions import WORD_START, fits_before, words_before

LOOK_BACK = 2000  # characters in which the full name behind a "he" or a surname is looked for
PERSON = r"[A-Z][\w’-]+(?:~[A-Z][\w’-]+)*"


@cache
def _speech():
    """Expressions for: according to X; a verb of speech; X before such a verb; X, who is Y, before it; X behind it."""
    words = grammar.load()["speech"]
    article = r"(?:(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Tt]heir)~)?"
    who = rf"{article}(?P<who>{words['common']}|{words['named']})"
    adverbs = r"~(?:(?:has|have|had|also|later)~)*"
    return {
        "according": grammar.compiled(rf"\b(?i:according~to)~(?:a~statement~(?:[a-z]+~){{0,2}}by~)?{who}"),
        "verb": grammar.compiled(rf"\b{words['verb']}\b(?!~to~have)"),
        "before": grammar.compiled(who + adverbs),
        "apposed": grammar.compiled(rf"(?P<who>{words['named']}),~[^;“”\n]{{1,160}},{adverbs}"),
        "behind": grammar.compiled(rf"~{who}"),
    }


def speakers_in(text, start, end):
    """The phrases that speak in `text` from `start` to `end`, in order, as they stand."""
    speech = _speech()
    for verb in speech["verb"].finditer(text, start, end):
        match = fits_before(
            speech["before"],
            text,
            [at for at in words_before(text, verb.start()) if at >= start],
            verb.start(),
        )
        if not match and text[: verb.start()].rstrip().endswith(","):
            line = max(start, verb.start() - 240)
            apposed = [at.start() for at in WORD_START.finditer(text, line, verb.start())]
            match = fits_before(speech["apposed"], text, apposed, verb.start())
        if not match and text[max(0, verb.start() - 2) : verb.start()].rstrip()[-1:] in (",", "”", '"'):
            match = speech["behind"].match(text, verb.end(), end)
        if match:
            yield match["who"].strip()


class Voices:
    """Who speaks in a text, looked up by the short names that news uses once it has given the full one."""

    def __init__(self, text):
        self.text = text

    @cached_property
    def ministries(self):
        """The ministries the text names, in order."""
        return [
            match[0] for match in grammar.compiled(grammar.load()["speech"]["ministry"]).finditer(self.text)
        ]

    def speaker(self, start, end):
        """Who the sentence from `start` to `end` says it comes from, by the fullest name so far; "" if nobody."""
        match = _speech()["according"].search(self.text, start, end)
        who = match["who"].strip() if match else next(speakers_in(self.text, start, end), "")
        return self.full_name(who, start) if who else ""

    def full_name(self, who, start):
        """The full name behind "the ministry", "he" or a surname in a sentence that begins at `start`."""
        last = who.split()[-1].lower()
        if last in ("ministry", "statement"):
            return self.ministries[0] if self.ministries else who
        back = max(0, start - LOOK_BACK)
        if last in ("he", "she"):
            people = [
                name
                for name in speakers_in(self.text, back, start)
                if grammar.compiled(PERSON).fullmatch(name)
            ]
            return self.full_name(people[-1], start) if people else who
        if grammar.compiled("[A-Z][\\w’-]+").fullmatch(who):
            name = grammar.compiled(
                rf"{re.escape(who)}(?:~[A-Z][\w’-]+)+|(?:[A-Z][\w’-]+~)+{re.escape(who)}\b"
            )
            fuller = name.findall(self.text, back, start)
            return fuller[-1] if fuller else who
        return who


def reporters(text, publisher):
    """[(start, end, outlet)]: whose words stand where in a text. An agency's credit line covers the whole text; a credit line
    in square brackets covers the quotation above it, back to the last credit or the first paragraph that opens with a quote."""
    patterns = grammar.load()["credits"]
    agency = grammar.compiled(patterns["agency"]).search(text)
    whole = agency["outlet"] if agency else publisher
    spans, previous = [], 0
    for credit in grammar.compiled(patterns["quotation"]).finditer(text):
        opening = grammar.compiled(patterns["opening"]).search(text, previous, credit.start())
        start = opening.start() if opening else previous
        spans += [(previous, start, whole), (start, credit.end(), credit["outlet"])]
        previous = credit.end()
    return [*spans, (previous, len(text), whole)]
