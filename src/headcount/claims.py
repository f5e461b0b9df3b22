"""Stage 2b, claims: each count with what is counted, what was done, its hedge, its window, and who said it."""

import re
from bisect import bisect_right
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

import pandas as pd

from headcount import grammar
from headcount.mentions import WORD_START, find_mentions, fits_before, lower, value_of, words_before
from headcount.sources import read_text
from headcount.windows import resolve, spoken_of_end

LOOK_BACK = 2000  # characters in which the full name behind a "he" or a surname is looked for
PERSON = r"[A-Z][\w’-]+(?:~[A-Z][\w’-]+)*"
SAME_NEWS = 31  # days within which reports without a full window can tell of the same operation


class Window(NamedTuple):
    """From when to when a count covers; each end an interval of days, or None where it is open."""

    start: tuple
    end: tuple
    basis: str


# --- sentences -------------------------------------------------------------------------------------------------------


def sentence_breaks(text):
    """Offsets at which a sentence begins, in order, starting with 0: at line breaks and behind full stops."""
    return [0, *(match.end() for match in _break().finditer(text))]


@cache
def _break():
    words = grammar.load()["sentences"]
    abbreviations = "".join(rf"(?<!\b{word}\.)" for word in words["not_after"])
    return re.compile(rf"[.!?…\n](?:(?<=\n)\s*(?![\sa-z])|(?<!\n){abbreviations}{words['end']})")


def sentence_at(text, breaks, offset):
    """(start, end) of the sentence around `offset`, without the white space around it."""
    index = bisect_right(breaks, offset)
    start = breaks[index - 1]
    end = breaks[index] if index < len(breaks) else len(text)
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end


# --- the number and its hedge ----------------------------------------------------------------------------------------


@cache
def _hedges():
    load = grammar.load()
    before = "|".join(f"(?P<{hedge['qualifier']}>{hedge['before']})" for hedge in load["hedges"])
    after = "|".join(
        f"(?P<{hedge['qualifier']}>{hedge['after']})" for hedge in load["hedges"] if hedge["after"]
    )
    return grammar.compiled(rf"(?i:{before}){load['hedge_gap']}"), grammar.compiled(rf"~?(?:{after})")


def hedge_of(text, start, end):
    """The qualifier of the number at `start` to `end`, from the words right before and behind it."""
    head, tail = _hedges()
    match = fits_before(head, text, words_before(text, start), start) or tail.match(text, end)
    if match:
        return match.lastgroup
    return "indefinite" if grammar.compiled("@vague").fullmatch(text, start, end) else "exact"


def bounds(value, high, qualifier):
    """((low, high) literal, (low, high) as newsrooms round) of a hedged number; None where the words set no bound.

    Literally "more than 13,000" is 13,001 or more. In the newsroom it is rounded down to its last stated place: 13,001 to 13,999;
    "some 35,000" is 34,500 to 35,499; a bare round number (two significant digits at most, 100 or more) may itself be rounded.
    """
    high = high or value
    place = 10 ** (len(str(value)) - len(str(value).rstrip("0"))) if value else 1
    rounded = place > 1
    if qualifier == "more_than":
        return (value + 1, None), (value + 1, value + place - 1 if rounded else None)
    if qualifier == "at_least":
        return (value, None), (value, None)
    if qualifier == "almost":
        return (None, value - 1), (value - place + 1 if rounded else None, value - 1)
    if qualifier == "less_than":
        return (None, value - 1), (None, value - 1)
    if qualifier == "at_most":
        return (None, high), (None, high)
    if qualifier == "about":
        return (None, None), (value - place // 2, high + (place + 1) // 2 - 1) if rounded else (None, None)
    if qualifier == "indefinite":
        return (2 * value, None), (2 * value, None)
    if place >= 10 and value >= 100 and len(str(value).rstrip("0")) <= 2 and high == value:
        return (value, value), (value - place // 2, value + (place + 1) // 2 - 1)
    return (value, high), (value, high)


# --- what is counted -------------------------------------------------------------------------------------------------


class Nouns:
    """The nouns of a story, compiled: finds the thing counted in the words behind a number."""

    def __init__(self, counted):
        self.counted = {noun.lower(): name for name, nouns in counted.items() for noun in nouns}
        longest = sorted(self.counted, key=len, reverse=True)
        self.known = re.compile(
            r"(?<![\w-])(?:" + "|".join(map(re.escape, longest)) + r")(?![\w-])", re.IGNORECASE
        )

    def find(self, after):
        """(counted, noun, end) for the words behind a number: the last known noun of its phrase, else the phrase's head word."""
        words = grammar.load()["noun_phrase"]
        phrase = grammar.compiled(words["phrase"]).match(after)
        if not phrase:
            return "", "", 0
        known = list(self.known.finditer(after, 0, phrase.end()))
        if known:
            noun = self.known.match(
                after, known[-1].start()
            )  # longer than the phrase where it is "women and children"
            return self.counted[noun[0].lower()], noun[0], noun.end()
        head = grammar.compiled(words["head"]).match(after, 0, phrase.end())
        return ("", head["noun"], head.end()) if head else ("", "", 0)


# --- what was done ---------------------------------------------------------------------------------------------------


class Deed(NamedTuple):
    """A word in a sentence that says what was done: `sentence[start:end]` and the action it names."""

    start: int
    end: int
    action: str


@cache
def _actions():
    actions = grammar.load()["actions"]
    return grammar.compiled(
        r"(?<![\w-])(?:"
        + "|".join(f"(?P<{name}>{action['forms']})" for name, action in actions.items())
        + r")(?![\w-])"
    )


def deeds_in(sentence):
    """The Deeds of a sentence, in order."""
    return [
        Deed(match.start(), match.end(), match.lastgroup) for match in _actions().finditer(lower(sentence))
    ]


def action_of(sentence, start, behind, deeds):
    """What was done to or by those counted at `start`, whose noun ends at `behind`: "34,813 women [rescued]", "[rescuing] 178".

    "" where they are only the circumstance ("in 2 cases") or do to others what the next word says ("gunmen killed").
    """
    words = grammar.load()
    later = next((deed for deed in deeds if deed.start >= behind), None)
    if later and grammar.compiled(words["whereabouts"] + words["befell"]).fullmatch(
        sentence, behind, later.start
    ):
        object_follows = grammar.compiled(r"~(?:@number|an?|the|and~\w+ed)\b").match(sentence, later.end)
        relative = grammar.compiled(r"~(?:that|who|which)~$").search(sentence[behind : later.start])
        if not object_follows or relative or later.action in words["doers"]:
            return later.action
        return ""
    earlier = [deed for deed in deeds if deed.end <= start]
    if earlier and (
        earlier[-1].end >= start - 1
        or not grammar.compiled(words["circumstance"] + "$").search(sentence[:start])
    ):
        return earlier[-1].action
    return ""


# --- when ------------------------------------------------------------------------------------------------------------


def role_of(sentence, expression, number):
    """What a calendar expression says of the window of a number (both (start, end)): one of window_roles, else during."""
    start, end = expression
    places = {
        "before": lambda pattern: grammar.compiled(f"(?:{pattern})$").search(sentence[:start]),
        "after": lambda pattern: grammar.compiled(pattern).match(sentence, end),
        "between": lambda pattern: grammar.compiled(pattern).search(
            sentence[min(number[1], end) : max(number[0], start)]
        ),
        "ahead": lambda pattern: grammar.compiled(pattern).search(sentence[: number[0]]),
        "near": lambda pattern: grammar.compiled(pattern).search(sentence),
    }
    for role in grammar.load()["window_roles"]:
        if all(places[place](role[place]) for place in places if place in role):
            return role["role"]
    return "during"


def window_of(sentence, number, dates, published):
    """The Window of the count at `number` (start, end) in a sentence with calendar expressions `dates` (start, end).

    `published` is the interval of days on which the text can have appeared, or None. The nearest expression that speaks of the
    count decides; expressions that date the saying bound the window's end. What cannot be resolved stays open.
    """
    told, covering = published, []
    for expression in dates:
        role = role_of(sentence, expression, number)
        resolved = resolve(sentence[slice(*expression)], published)
        if role == "said" and resolved and (told is None or resolved[1][1] <= told[1]):
            told = resolved[0][0], resolved[1][1]
        elif role not in ("said", "elsewhere"):
            covering.append((role, expression))
    unresolved = Window(None, (None, told[1]) if told else None, "open")
    if not covering:
        since = grammar.compiled(r"\b(?i:since)~").search(sentence)
        if (
            since
            and told
            and not grammar.compiled(grammar.load()["comparison"]).search(sentence[: since.start()])
        ):
            return Window(None, told, "text_date")
        return unresolved
    role, expression = min(covering, key=lambda item: _distance(item[1], number))
    words = sentence[slice(*expression)]
    relative = bool(grammar.compiled(r"(?:past|last|previous)~@number~.*").fullmatch(words))
    resolved = resolve(words, told if relative else published)
    if resolved is None:
        return unresolved
    first, last, stated = resolved
    basis = "stated" if stated else "date_in_text" if relative and told is not published else "text_date"
    if role == "since":
        partner = _partner(sentence, expression, dates)
        end = partner and resolve(sentence[slice(*partner)], published)
        if end:
            return Window(first, end[1], "stated" if end[2] else "text_date")
        return Window((first[0], last[1]), told, "text_date" if told else "open")
    if role == "until":
        return Window(None, last if spoken_of_end(sentence[: expression[0]]) else (first[0], last[1]), basis)
    if role == "event":
        return Window((first[0], last[1]), (first[0], last[1]), basis)
    return Window(first, last, basis)


def _partner(sentence, expression, dates):
    """The calendar expression that ends what `expression` begins: "from January [to March]"."""
    for other in dates:
        if other[0] > expression[1] and grammar.compiled(
            "~(?:to|until|till|through|and)~(?:the~)?"
        ).fullmatch(sentence, expression[1], other[0]):
            return other
    return None


def _distance(span, other):
    return max(span[0] - other[1], other[0] - span[1])


# --- who says it, and whose words report it ---------------------------------------------------------------------------


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


# --- the claims of a text, and of all texts ----------------------------------------------------------------------------


def read_claims(text, source, nouns, campaign_start=""):
    """(mentions, claims) of one text as two lists of dicts, rows of mentions.csv and claims.csv without fact_id.

    `source` is its row of sources.csv, `nouns` the story's Nouns, `campaign_start` its first month ("2009-04") or "".
    """
    breaks = sentence_breaks(text)
    published, voices = _published(source), Voices(text)
    outlets = reporters(text, source["publisher"])
    mentions, by_sentence = [], {}
    for mention in find_mentions(text):
        start, end = sentence_at(text, breaks, mention.start)
        by_sentence.setdefault((start, max(end, mention.end)), []).append(mention)
    claims = []
    for (start, end), group in by_sentence.items():
        for mention in group:
            mentions.append(_mention_row(text, source, mention, start, end))
        if any(mention.rule in grammar.claimed() for mention in group):
            claims += _sentence_claims(
                text, source, (start, end), group, nouns, voices, published, outlets, campaign_start
            )
    return mentions, complete(claims, nouns)


def complete(claims, nouns):
    """The claims of one text, completed from one another.

    A number without a noun, or a claim without a window, takes it from the claim that repeats it in full; a sentence that
    points back ("In the raid, …") takes the window before it; a teaser cut off by "…" takes the speaker of the full sentence.
    """
    window = ("from_earliest", "from_latest", "to_earliest", "to_latest")
    alike = {}
    for claim in claims:
        alike.setdefault((claim["value"], claim["qualifier"], claim["action"]), []).append(claim)
    before, current = None, None
    for claim in claims:
        if current is not None and claim["sentence"] != current["sentence"]:
            before = current
        current = claim
        same = alike[claim["value"], claim["qualifier"], claim["action"]]
        if not claim["noun"]:
            named = {other["counted"] for other in same if other["noun"]}
            if len(named) == 1:
                claim["counted"] = named.pop()
            elif "people" in nouns.counted.values() and claim["action"] in grammar.load()["of_people"]:
                claim["counted"] = "people"
        if claim["window_basis"] == "open":
            fuller = [
                other for other in same if other["from_earliest"] and other["counted"] == claim["counted"]
            ]
            if fuller and not claim["said_by"]:
                claim.update({name: fuller[0][name] for name in window})
                claim.update(window_basis="date_in_text", scope=fuller[0]["scope"])
            elif before and before["from_earliest"] and _pointing_back().search(claim["sentence"]):
                claim.update({name: before[name] for name in window}, window_basis="date_in_text")
        if not claim["said_by"] and claim["sentence"].endswith("…"):
            start = claim["sentence"].rstrip("… ")
            full = [
                other["said_by"] for other in same if other["said_by"] and other["sentence"].startswith(start)
            ]
            claim["said_by"] = full[0] if full else ""
    return claims


@cache
def _pointing_back():
    return grammar.compiled(grammar.load()["pointing_back"])


def _published(source):
    days = source["published_earliest"], source["published_latest"]
    return tuple(map(date.fromisoformat, days)) if all(days) else None


def _mention_row(text, source, mention, start, end):
    words = text[mention.start : mention.end]
    number = text[mention.start : mention.number_end]
    value = "" if mention.kind == "date" else value_of(number)
    return {
        "mention_id": f"{source['source_id']}:{mention.start}",
        "source_id": source["source_id"],
        "file": source["file"],
        "start": mention.start,
        "end": mention.end,
        "text": words,
        "kind": mention.kind,
        "value": str(value if value == "" or value.denominator == 1 else float(value)),
        "rule": mention.rule,
        "sentence_start": start,
        "sentence_end": end,
    }


def _sentence_claims(text, source, span, group, nouns, voices, published, outlets, campaign_start):
    """The claims of one sentence: `group` are its mentions, `span` its (start, end) in `text`."""
    offset, sentence = span[0], text[slice(*span)]
    deeds = deeds_in(sentence)
    dates = [(mention.start - offset, mention.end - offset) for mention in group if mention.kind == "date"]
    said_by = voices.speaker(*span)
    rows, listed = [], None
    for mention in group:
        if mention.rule not in grammar.claimed():
            continue
        start, end = mention.start - offset, mention.end - offset
        number = sentence[start:end]
        counted, noun, length = nouns.find(sentence[end:])
        value, value_high = values_of(number)
        qualifier = hedge_of(sentence, start, end)
        shared = (
            qualifier == "exact"
            and listed is not None
            and _shares(sentence[listed[0] : start], value, listed[1])
        )
        if shared:
            qualifier = listed[1]
        listed = (end, qualifier) if qualifier not in ("exact", "indefinite") else None
        literal, newsroom = bounds(value, value_high, qualifier)
        action = action_of(sentence, start, end + length, deeds)
        window = window_of(sentence, (start, end), dates, published)
        rows.append(
            {
                "claim_id": f"{source['source_id']}:{mention.start}",
                "mention_id": f"{source['source_id']}:{mention.start}",
                "source_id": source["source_id"],
                "file": source["file"],
                "start": mention.start,
                "end": mention.end,
                "sentence": sentence,
                "value": value,
                "value_high": value_high,
                "qualifier": qualifier,
                "qualifier_shared": shared,
                "low": literal[0],
                "high": literal[1],
                "newsroom_low": newsroom[0],
                "newsroom_high": newsroom[1],
                "counted": counted,
                "noun": noun,
                "action": action,
                "scope": scope_of(window, action, noun, campaign_start),
                "place": place_of(sentence, end + length),
                **_window_columns(window),
                "said_by": said_by,
                "reported_by": next(
                    outlet for first, last, outlet in outlets if first <= mention.start < last
                ),
            }
        )
    return rows


def values_of(number):
    """(value, value_high) of a number in a text: (7, 8) for "seven or eight", (18518, None) for "18,518"; integers."""
    lower = grammar.compiled("@vague|@figure|@spelled").match(number)
    upper = grammar.compiled(grammar.load()["range"]).match(number, lower.end())
    if not upper:
        return round(value_of(number)), None
    low, high = value_of(lower[0]), value_of(upper["upper"])
    scale = grammar.compiled(r".*?(?P<scale>@scale)").match(upper["upper"])
    if scale and low < value_of(scale["scale"]):
        low *= value_of(scale["scale"])
    return round(low), round(high)


def _shares(between, value, qualifier):
    """Whether a hedge before an earlier number covers this one: they are items of one list, and no precise figure contradicts it."""
    rough = qualifier in ("at_least", "at_most") or value % 10 == 0
    return (
        rough
        and bool(grammar.compiled(grammar.load()["list_gap"]).fullmatch(between))
        and not deeds_in(between)
    )


def scope_of(window, action, noun, campaign_start):
    """The scope of a claim from its window, action and noun: campaign, annual, operation, group or other."""
    deed = grammar.load()["actions"].get(action, {}).get("of", "other")
    if window.start and deed != "group":
        first, last = window.start[0], window.end[1]
        if (campaign_start and first.isoformat()[:7] == campaign_start) or (last - first).days > 550:
            return "campaign"
        if window.start[0] == window.start[1] and (first, last) == (
            date(first.year, 1, 1),
            date(first.year, 12, 31),
        ):
            return "annual"
    if not action and grammar.compiled(grammar.load()["operations"]).fullmatch(noun):
        return "operation"
    return deed


def place_of(sentence, behind):
    """The place named behind the number in its clause ("Henan province"), else the whole country if so said, else ""."""
    clause = grammar.compiled(r"[,;:]|\b(?:that|which|who|when|while|with|after|before)\b").search(
        sentence, behind
    )
    named = grammar.compiled(grammar.load()["place"]).search(
        sentence, behind, clause.start() if clause else len(sentence)
    )
    whole = grammar.compiled(grammar.load()["countrywide"]).search(sentence)
    return named["named"] if named else whole[0] if whole else ""


def _window_columns(window):
    start, end = window.start or (None, None), window.end or (None, None)
    days = dict(
        zip(("from_earliest", "from_latest", "to_earliest", "to_latest"), (*start, *end), strict=True)
    )
    return {
        **{name: day.isoformat() if day else "" for name, day in days.items()},
        "window_basis": window.basis,
    }


def claim_table(story, sources):
    """(mentions, claims) of all texts of a story as two frames, the rows of mentions.csv and claims.csv."""
    nouns = Nouns(story.facts["counted"])
    start = str((story.facts.get("campaign") or {}).get("start", ""))
    mentions, claims = [], []
    for source in sources.to_dict("records"):
        found, claimed = read_claims(read_text(story.raw / source["file"]), source, nouns, start)
        mentions += found
        claims += claimed
    frame = pd.DataFrame(claims)
    return pd.DataFrame(mentions), frame.assign(fact_id=fact_ids(frame))


def fact_ids(claims):
    """One name for each claim's fact: claims share it when the same thing, act and scope are counted, their windows can be the
    same and their numbers can agree as newsrooms round. A claim that fits several facts joins the first in table order."""
    facts = []
    names = []
    for claim in claims.to_dict("records"):
        for fact in facts:
            if all(same_fact(claim, other) for other in fact["claims"]):
                fact["claims"].append(claim)
                break
        else:
            fact = {"name": _fact_name(claim, {fact["name"] for fact in facts}), "claims": [claim]}
            facts.append(fact)
        names.append(fact["name"])
    return names


def same_fact(one, other):
    """Whether two claims can speak of the same quantity."""
    people = {one["counted"], other["counted"]}
    alike = (
        len(people) == 1
        or people <= {"", "people", "suspects"}
        or ("" in people and not (one["noun"] and other["noun"]))
    )
    if not alike or one["action"] != other["action"] or one["scope"] != other["scope"]:
        return False
    if people == {""} and one["noun"].lower() != other["noun"].lower():
        return False
    windows = all(
        _meet(one[f"{end}_earliest"], one[f"{end}_latest"], other[f"{end}_earliest"], other[f"{end}_latest"])
        for end in ("from", "to")
    )
    if not (one["from_earliest"] and other["from_earliest"]) and one["scope"] in (
        "operation",
        "group",
        "other",
    ):
        windows = windows and _days_apart(one["to_latest"], other["to_latest"]) <= SAME_NEWS
    numbers = _meet(one["newsroom_low"], one["newsroom_high"], other["newsroom_low"], other["newsroom_high"])
    return windows and numbers


def _meet(low, high, other_low, other_high):
    """Whether two intervals meet; an empty end is open."""

    def beyond(first, last):
        return _given(first) and _given(last) and first > last

    return not beyond(low, other_high) and not beyond(other_low, high)


def _days_apart(one, other):
    """Days between two ISO days; 0 if one is unknown."""
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days) if one and other else 0


def _given(value):
    return value not in ("", None) and not pd.isna(value)


def _fact_name(claim, taken):
    """A readable name that no other fact has: counted-action-scope-window or -value."""
    window = (
        "-".join(part for part in (claim["from_earliest"][:7], claim["to_latest"][:7]) if part)
        if claim["from_earliest"]
        else ""
    )
    base = "-".join(
        filter(
            None,
            [
                claim["counted"] or claim["noun"].lower() or "number",
                claim["action"],
                window or str(claim["value"]),
            ],
        )
    )
    base = re.sub(r"[^\w-]+", "_", base)
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name
