"""Who says it, by the fullest name the text gives, and whose words report it."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from functools import cache, cached_property, lru_cache

from headcount import grammar
from headcount.mentions import BEFORE, REMEMBERED
from headcount.quotations import quotation_at
from headcount.sentences import sentence_at

LOOK_BACK = 2000  # characters in which the full name behind a "he" or a surname is looked for
LONGEST_APPOSITION = 240  # characters of "X, who is Y,"
PERSON = r"(?:[A-Z]\.?~){0,3}[A-Z](?:[\w’-]|'\w)+(?:~(?:al-|el-)?[A-Z](?:[\w’-]|'\w)+)*"
PRONOUNS = ("he", "she", "it", "they")
OPENING = re.compile(r'(?s)(?:.*[,;”"—–])?\s*')  # up to where the last clause begins


@cache
def _speech():
    """Expressions for: according to X; a verb of speech; what may stand before it: X, X of Y, a clause of its own, X, who is Y,
    the Y, X; and X behind it."""
    words = grammar.load()["speech"]
    article = r"(?:(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Tt]heir)~)?"
    who = rf"(?<!\bwhat ){article}(?P<who>{words['common']}|{words['named']})"
    titled = rf"(?<!\bwhat ){article}(?P<who>{words['common']}|(?:(?!@function\b)[a-z][\w-]*~){{0,3}}{words['named']})"
    adverbs = rf"~(?:(?:{words['adverb']})~)*"
    nameless = r"(?:~who~(?:asked|declined|wanted|wished|requested|spoke|refused)~[^,;]{1,60}?)?"
    place = r"(?:the~|an?~)?(?!\d)[\w.’'-]+(?:~[\w.’'-]+){0,4}"
    return {
        "cited": grammar.compiled(rf"{words['cited']}{article}(?P<who>{words['clause']})"),
        "contrast": grammar.compiled(r",~(?:but|while|whereas|although|though)\b"),
        "according": grammar.compiled(
            rf"[Aa](?<!\w.)(?i:ccording~to)~(?:(?:(?!@leaked)[a-z]+~){{0,3}}(?:statement|figures|data|report|statistics|numbers|estimates|study|survey|tally|review|bulletin|census|analysis|audit|poll|briefing|notice|records)~(?:(?!@leaked)[a-z]+~|on~[A-Z]\w+~){{0,2}}(?:by|from)~)?{titled}(?!~@leaked)"
        ),
        "verb": grammar.compiled(rf"[^A-Za-z0-9_]{words['verb']}\b(?!~to~have)"),
        "before": rf"{who}(?:~\([^()]{{1,20}}\))?{nameless}{adverbs}",
        "member": rf"(?:(?P<who>{words['person']})|{article}(?P<common>{words['common']})(?=~for\b))~(?:of|for|with)~{place}{adverbs}",
        "clause": grammar.compiled(
            rf"{article}(?:(?:[Ff]igures|[Dd]ata|[Ss]tatistics|[Nn]umbers)~from~{article})?(?P<who>{words['clause']})(?:~(?:at|in|from|on)~{place})?{adverbs}"
        ),
        "inserted": rf",~(?P<who>{words['person']}),{adverbs}",
        "apposed": rf"(?:(?P<who>{words['named']})(?:~(?:in|at)~{words['named']})?|{article}(?P<common>{words['clause']})(?=,~(?:wh|@published))),~(?:(?!,~{words['named']},)[^;“”\"\n]){{1,160}},{adverbs}",
        "inverted": grammar.compiled(rf"~(?P<who>{words['person']})(?=[,.;]|~(?:who|of|from)\b|\s*$)"),
        "behind": grammar.compiled(
            rf"~{article}(?:(?:(?!@function\b)[a-z][\w’'-]*~){{0,4}}(?P<who>{words['named']})|(?P<common>{words['common']}|(?<=the )(?:[a-z]+~){{0,2}}[a-z]+(?=[.,;])))"
        ),
    }


def speakers_in(text, start, end):
    """[(offset, who)]: the phrases that speak in `text` from `start` to `end`, in order, as they stand."""
    speech, found = _speech(), []
    for verb in speech["verb"].finditer(text, start, end):
        at = verb.start() + 1
        if text[at - 1].isalnum():  # a letter or digit that is not English
            continue
        opening = OPENING.match(text, start, at).end()
        back = max(start, at - BEFORE)
        match = (
            _longest(speech["member"], text, back, at)
            or (at - opening <= BEFORE and speech["clause"].fullmatch(text, opening, at))
            or _longest(speech["before"], text, back, at)
        )
        last = _before_adverbs(text[back:at])[-1:]
        listens = text.startswith(("told", "tells"), at)
        if not match and last == "," and not listens:
            match = speech["inverted"].match(text, verb.end(), end)
        if not match and last == ",":
            match = _longest(speech["inserted"], text, back, at) or _longest(
                speech["apposed"], text, max(start, at - LONGEST_APPOSITION), at
            )
        if not match and last in (",", "”", '"') and not listens:
            match = speech["behind"].match(text, verb.end(), end)
        if match and _who(match):
            found.append((at, _who(match)))
    return found


def _before_adverbs(text):
    """The last word of a text before the adverbs that it ends in: "London," of "The bureau, which is in London, has"."""
    adverb = grammar.compiled(grammar.load()["speech"]["adverb"])
    words = text.split()
    while words and (adverb.fullmatch(words[-1]) or words[-1] in ("so", "far")):
        words.pop()
    return words[-1] if words else ""


def _longest(pattern, text, start, end):
    """The longest match of `pattern` that begins at `start` or later and ends right at `end`, its groups read from the left."""
    match = grammar.before(pattern).match(text, start, end)
    return match and grammar.compiled(pattern).fullmatch(text, match.start(), end)


def _who(match):
    """Who speaks, as it stands in the text."""
    return (match["who"] or match.groupdict().get("common") or "").strip()


class Voices:
    """Who speaks in a text, looked up by the short names that news uses once it has given the full one."""

    def __init__(self, text, breaks):
        self.text, self.breaks, self.names, self.spoken = text, breaks, {}, {}

    @cached_property
    def ministry(self):
        """The first ministry the text names, within a line, or ""."""
        first = self.text.find("inistry")
        line = self.text.rfind("\n", 0, max(0, first)) + 1
        match = first >= 0 and grammar.compiled(grammar.load()["speech"]["ministry"]).search(self.text, line)
        return match[0] if match else ""

    def speakers(self, start, end):
        """[(offset, who)]: whom the sentence from `start` to `end` names as speaking, as they stand."""
        match = _speech()["according"].search(self.text, start, end)
        return [(match.start(), match["who"].strip())] if match else speakers_in(self.text, start, end)

    def speaker(self, speakers, start, number):
        """Who says the number at `number` in a sentence that begins at `start`, by the fullest name so far; "" if nobody.

        Of several speakers the last before the number in its own part of the sentence, between semicolons or behind a "but", else the
        first who does not open a later part: "11 walked out; the union said …" leaves the 11 to nobody. Where the sentence names none,
        the one of the quotation around it.
        """
        if not speakers:
            return self.quoted(number) or self.answering(number)
        others = [(at, who) for at, who in speakers if at < number or not _opens_part(self.text, at, who)]
        quotation = quotation_at(self.text, number)
        if quotation and self.text[quotation[1] - 1] in ".…":  # who speaks behind it speaks of something else
            others = [(at, who) for at, who in others if at < quotation[1]]
        # what stands between who speaks and the verb is not said: "Two officials said", "Bell, who has two sons, said"
        others = [(at, who) for at, who in others if not 0 <= self.text.rfind(who, start, at) <= number < at]
        near = [(at, who) for at, who in others if ";" not in self.text[min(at, number) : max(at, number)]]
        told = near or others
        if not told:
            return ""
        contrast = max(
            (one.start() for one in _speech()["contrast"].finditer(self.text, start, number)), default=0
        )
        named = [who for at, who in told if contrast < at < number] or [told[0][1]]
        # "the union, which …, said it had counted": a pronoun is whoever speaks before it
        who = next((who for who in reversed(named) if who.lower() not in PRONOUNS), named[-1])
        key = who, start
        if key not in self.names:
            self.names[key] = self.full_name(*key)
        return self.names[key]

    def quoted(self, number):
        """Who says the quotation of several sentences around a number, by the fullest name so far: the one named right behind it, else
        right before it; "" where the number is in none."""
        quotation = quotation_at(self.text, number)
        if not quotation:
            return ""
        first = sentence_at(self.text, self.breaks, quotation[0])
        before = sentence_at(self.text, self.breaks, max(0, first[0] - 2))
        behind = []
        if self.text[quotation[1] - 1] not in ".…":
            last = sentence_at(self.text, self.breaks, quotation[1] + 2)
            behind = speakers_in(self.text, quotation[1] - 1, last[1])
        leading = speakers_in(self.text, first[0], quotation[0])
        earlier = speakers_in(self.text, *before) if first[0] and not leading else []
        named = behind[:1] or leading[-1:] or earlier[-1:]
        return self.full_name(named[0][1], first[0]) if named else ""

    @cached_property
    def answers(self):
        """[(start, end, who)] of the lines of an interview that answer, where each who speaks has several lines."""
        lines = [
            (match.start(), match["who"]) for match in _lines(grammar.load()["speech"]["label"], self.text)
        ]
        told = Counter(who for _, who in lines)
        ends = [self.text.find("\n", start) for start, _ in lines]
        spans = [
            (start, end if end >= 0 else len(self.text), who)
            for (start, who), end in zip(lines, ends, strict=True)
            if told[who] > 1 and len(told) > 1
        ]
        return [(start, end, who) for start, end, who in spans if self.text[end - 1] != "?"]

    def answering(self, number):
        """Who answers on the line of a number in an interview, by the fullest name so far; "" where nobody does."""
        line = bisect_right(self.answers, number, key=lambda answer: answer[0]) - 1
        start, end, who = self.answers[line] if line >= 0 else (0, 0, "")
        return self.full_name(who, start) if number < end else ""

    def relayed(self, said_by, start, end):
        """(who says it, the outlet that reports it) where an outlet is named as saying what a sentence from `start` to `end` tells, "the
        Beijing News reported, citing police": whom it cites, else the outlet itself. The outlet is "" where it is none."""
        outlet = outlet_named(said_by)
        cited = outlet and _speech()["cited"].search(self.text, start, end)
        return self.full_name(_who(cited), start) if cited else said_by, outlet

    def full_name(self, who, start):
        """The full name behind "the ministry", "he", a titled name or a surname in a sentence that begins at `start`."""
        words = grammar.load()["speech"]
        last = who.split()[-1].lower()
        if last in ("ministry", "statement"):
            return self.ministry or who
        back = max(0, start - LOOK_BACK)
        if last == "it":
            bodies = [name for name in self._heard(back, start) if _is_body(name)]
            return self.full_name(bodies[-1], start) if bodies else who
        if last in ("newspaper", "paper", "daily", "broadcaster") and len(who.split()) == 1:
            return next((name for name in reversed(self._heard(back, start)) if outlet_named(name)), who)
        if last == who and last not in ("he", "she") and _is_body(who):
            fuller = [name for name in self._heard(back, start) if name.lower().endswith(f" {last}")]
            return self.full_name(fuller[-1], start) if fuller else who
        if last in ("he", "she"):
            people = [
                name
                for said_by in self._heard(back, start)
                if grammar.compiled(PERSON).fullmatch(name := _untitled(said_by))
                and name.split()[-1] not in ("He", "She")
                and not name.isupper()
                and not grammar.compiled(words["bodies"]).search(name)
            ]
            return self.full_name(people[-1], start) if people else who
        if not grammar.compiled(words["plain_numbers"]).match(who):
            who = grammar.compiled(words["numbers"]).sub("", who)
        who = _untitled(who)
        if not grammar.compiled(words["bodies"]).search(who):
            who = grammar.compiled(words["belonging"]).sub("", who)
        if grammar.compiled(r"[A-Z][\w’-]+").fullmatch(who):
            fuller = self._in_full(who, back, start)
            return _untitled(fuller) if fuller else who
        return who

    def _heard(self, start, end):
        """Who speaks in the sentences that begin from `start` on and before `end`, in order."""
        first, last = bisect_left(self.breaks, start), bisect_left(self.breaks, end)
        return [who for number in range(first, last) for who in self._speaking(number)]

    def _speaking(self, number):
        """Who speaks in the sentence with this number."""
        if number not in self.spoken:
            start, end = (*self.breaks[number : number + 2], len(self.text))[:2]
            self.spoken[number] = [who for _, who in self.speakers(start, end)]
        return self.spoken[number]

    def _in_full(self, surname, start, end):
        """The last full name between `start` and `end` with this surname: "Chen" is "Director Chen", or "Chen Shiqu"; "" if none."""
        at = self.text.rfind(surname, start, end)
        while at >= 0:
            after = at + len(surname)
            names_before = grammar.backwards(r"(?:(?!@function\b)[A-Z][\w’-]+~)+").match(self.text, start, at)
            if names_before and grammar.compiled(r"\b").match(self.text, after, end):
                return names_before[0] + surname
            names_behind = grammar.compiled(r"(?:~[A-Z][\w’-]+)+").match(self.text, after, end)
            if names_behind:
                return surname + names_behind[0]
            at = self.text.rfind(surname, start, at)
        return ""


@lru_cache(REMEMBERED)
def outlet_named(who):
    """The outlet that a speaker's name names, "Xinhua" for "official Xinhua news agency"; "" if it is no outlet."""
    match = grammar.compiled(grammar.load()["speech"]["outlet"]).fullmatch(who)
    return match["outlet"] if match else ""


def _is_body(who):
    """Whether a speaker is a body, one that "it" can stand for: "Interior Ministry", "hospital"."""
    return bool(grammar.compiled(grammar.load()["speech"]["body"]).search(who))


def _untitled(who):
    """A name without its titles."""
    return grammar.compiled(grammar.load()["speech"]["title"]).sub("", who)


def _opens_part(text, at, who):
    """Whether who speaks at `at` opens a part of the sentence behind a semicolon or a word like "but"."""
    ahead = text[max(0, at - len(who) - 20) : at].rpartition(who)[0]
    return bool(
        grammar.compiled(
            r"(?:;|,~(?:but|while|whereas|although|though)|\b(?:who|whom|which))~(?:[a-z]+~)?$"
        ).search(ahead)
    )


def reporters(text, publisher):
    """[(start, end, outlet)]: whose words stand where in a text. An agency's credit line covers the whole text; a credit line
    in square brackets covers the quotation above it, back to the last credit or the first paragraph that opens with a quote."""
    patterns = grammar.load()["credits"]
    agency = next(_lines(patterns["agency"], text), None)
    whole = agency["outlet"] if agency else publisher
    spans, previous = [], 0
    for credit in _lines(patterns["quotation"], text):
        opening = grammar.compiled(patterns["opening"]).search(text, previous, credit.start())
        start = opening.start() if opening else previous
        spans += [(previous, start, whole), (start, credit.end(), credit["outlet"])]
        previous = credit.end()
    return [*spans, (previous, len(text), whole)]


def _lines(pattern, text):
    """The matches of a pattern at the beginnings of lines of a text."""
    match, start = grammar.compiled(pattern).match, 0
    while start >= 0:
        found = match(text, start)
        if found:
            yield found
        start = text.find("\n", start) + 1 or -1
