"""What one count says: its value and hedge, what is counted, and what was done to or by those counted."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from headcount import grammar
from headcount.mentions import BEFORE, REMEMBERED, fits_before, lower, value_of

GLANCE = 24  # characters by which it is told whether a hedge could fit before a number

# --- the number and its hedge ------------------------------------------------------------------------------------------


def lower_end(number):
    """The lower number of a range, "seven" of "seven or eight"; any other number as it is."""
    lower, upper = _ends(number)
    return lower if upper else number


def _ends(number):
    """(lower, upper) number of a range; upper is "" for any other number."""
    lower = grammar.numbers().match(number)
    if not lower or lower.end() == len(number):
        return number, ""
    upper = grammar.compiled(grammar.load()["range"]).match(number, lower.end())
    return lower[0], upper["upper"] if upper else ""


@lru_cache(REMEMBERED)
def values_of(number):
    """(value, value_high) of a number in a text: (7, 8) for "seven or eight", (18518, None) for "18,518"; integers."""
    lower, upper = _ends(number)
    if not upper:
        return round(value_of(number)), None
    low, high = value_of(lower), value_of(upper)
    scale = grammar.compiled(r".*?(?P<scale>@scale)").match(upper)
    if scale and low < min(1000, value_of(scale["scale"])):
        low *= value_of(scale["scale"])
    return round(low), round(high)


def shares(between, value, qualifier):
    """Whether a hedge before an earlier number covers this one: they are items of one list, and no precise figure contradicts it."""
    rough = qualifier in ("at_least", "at_most") or value % 10 == 0
    return (
        rough
        and bool(grammar.compiled(grammar.load()["list_gap"]).fullmatch(between))
        and not deeds_in(between)
    )


@cache
def _hedges():
    load = grammar.load()
    before = "|".join(f"(?P<{hedge['qualifier']}>{hedge['before']})" for hedge in load["hedges"])
    after = "|".join(
        f"(?P<{hedge['qualifier']}>{hedge['after']})" for hedge in load["hedges"] if hedge["after"]
    )
    head = rf"(?i:{before}){load['hedge_gap']}"
    return grammar.sieve([head], backwards=True), grammar.before(head), grammar.compiled(rf"~?(?:{after})")


def hedge_of(text, start, end):
    """The qualifier of the number at `start` to `end`, from the words right before and behind it."""
    sieve, head, tail = _hedges()
    hedged = sieve.could(text[max(0, start - GLANCE) : start][::-1])
    match = (hedged and fits_before(head, text, start)) or tail.match(text, end)
    if match:
        return match.lastgroup
    return "indefinite" if grammar.compiled("@vague").fullmatch(text, start, end) else "exact"


@lru_cache(REMEMBERED)
def bounds(value, high, qualifier):
    """((low, high) literal, (low, high) as newsrooms round) of a hedged number; None where the words set no bound.

    Literally "more than 13,000" is 13,001 or more. In the newsroom it is rounded down to its last stated place: 13,001 to 13,999;
    "some 35,000" is 34,500 to 35,499; a bare round number (two significant digits at most, 100 or more) may itself be rounded.
    """
    high = high or value
    place = 10 ** (len(str(value)) - len(str(value).rstrip("0"))) if value else 1
    rounded, below = place > 1, max(0, value - 1)
    if qualifier == "more_than":
        return (value + 1, None), (value + 1, value + place - 1 if rounded else None)
    if qualifier == "at_least":
        return (value, None), (value, None)
    if qualifier == "almost":
        return (None, below), (value - place + 1 if rounded else None, below)
    if qualifier == "less_than":
        return (None, below), (None, below)
    if qualifier == "at_most":
        return (None, high), (None, high)
    if qualifier == "about":
        return (None, None), (value - place // 2, high + (place + 1) // 2 - 1) if rounded else (None, None)
    if qualifier == "indefinite":
        return (2 * value, None), (2 * value, None)
    if place >= 10 and value >= 100 and len(str(value).rstrip("0")) <= 2 and high == value:
        return (value, value), (value - place // 2, value + (place + 1) // 2 - 1)
    return (value, high), (value, high)


# --- what is counted ---------------------------------------------------------------------------------------------------


class Nouns:
    """The nouns of a story, compiled: finds the thing counted in the words behind a number."""

    def __init__(self, counted):
        self.counted = {noun.lower(): name for name, nouns in counted.items() for noun in nouns}
        longest = sorted(self.counted, key=len, reverse=True)
        self.known = re.compile(
            rf"(?<![\w-])(?:{grammar.by_initial('|'.join(map(re.escape, longest)))})(?![\w-])"
        )
        self.reach = len(longest[0]) + 1 if longest else 0

    def find(self, after):
        """(counted, noun, end) for the words behind a number: the known noun of its phrase, else the phrase's head word, else what the
        number is said to be ("371 are men"), its end 0.

        Of several known nouns the last, "child trafficking [gangs]", up to one whose doings follow, "[cases] involving infants"; none
        that only describes another noun, "baby hatcheries".
        """
        words = grammar.load()["noun_phrase"]
        phrase = grammar.compiled(words["phrase"]).match(after)
        if not phrase:
            copula = grammar.compiled(words["copula"]).match(after)
            return (*self.find(after[copula.end() :])[:2], 0) if copula else ("", "", 0)
        lowered = lower(after[: phrase.end() + self.reach])
        known = list(self.known.finditer(lowered, 0, phrase.end()))
        things, doing = grammar.compiled("@things"), grammar.compiled("~[a-z]+(?:ing|ed)\\b")
        last = next(
            (noun for noun in known if things.fullmatch(noun[0]) and doing.match(lowered, noun.end())), None
        )
        last = last or (known[-1] if known else None)
        head = None
        if not last or not things.fullmatch(last[0]):
            head = grammar.compiled(words["head"]).match(after, 0, phrase.end())
        if last and not (head and head.start("noun") > last.start() and things.fullmatch(head["noun"])):
            # longer than the phrase where it is "women and children"
            noun = self.known.match(lowered, last.start())
            return self.counted[noun[0]], after[slice(*noun.span())], noun.end()
        of_them = _of_them().match(after)
        if head and (not of_them or things.fullmatch(head["noun"])):
            return "", head["noun"], head.end()
        return "", "", of_them.end() if of_them else 0

    def find_ahead(self, sentence, start):
        """(counted, noun) where the noun stands before the number at `start`, "the number of [arrivals] rose to"; else ("", "")."""
        ahead = grammar.compiled(grammar.load()["noun_ahead"]).search(sentence, 0, start)
        return self.find(sentence[ahead.start("phrase") - 1 : ahead.end("phrase")])[:2] if ahead else ("", "")


# --- what was done, and where --------------------------------------------------------------------------------------------


class Deed(NamedTuple):
    """A word in a sentence that says what was done: `sentence[start:end]` and the action it names."""

    start: int
    end: int
    action: str


@cache
def _actions():
    """One expression for a deed right behind a character that is no letter; the name of its group is the action."""
    actions = grammar.load()["actions"].items()
    named = "|".join(f"(?P<{name}>{action['forms']})" for name, action in actions)
    # seen to be none of these sooner than by the named groups
    forms = grammar.by_initial("|".join(grammar.expand(action["forms"]) for _, action in actions))
    return grammar.compiled(rf"[^a-z](?<![\w-])(?={forms})(?:{named})(?![\w-])")


@cache
def _around_deeds():
    """What may stand between those counted and a deed, and around a number, compiled."""
    words = grammar.load()
    return {
        "befell": grammar.compiled(words["whereabouts"] + words["befell"]),
        "circumstance": grammar.backwards(words["circumstance"]),
        "after": grammar.compiled(words["other_deed"]["after"]),
        "before": grammar.backwards(words["other_deed"]["before"]),
        "parts": grammar.compiled(words["next_clause"]),
        "whole": grammar.backwards(words["whole"]),
        "counted_twice": grammar.compiled(words["counted_twice"]),
        "intransitive": grammar.compiled(words["intransitive"]),
        "object": grammar.compiled(r"~(?:@number|an?|the|their|his|her|its|and~\w+ed)\b"),
        "participle": grammar.compiled(r"[a-z]+(?:e[dn]|(?P<doing>ing))\b"),
    }


def deeds_in(sentence):
    """The Deeds of a sentence, in order."""
    matches = _actions().finditer(" " + lower(sentence))
    return [Deed(match.start(), match.end() - 1, match.lastgroup) for match in matches]


def deed_of(sentence, start, behind, deeds):
    """The Deed done to or by those counted at `start`, whose noun ends at `behind`: "34,813 women [rescued]", "[rescuing] 178".

    `deeds` are those of the sentence that its number can share. None where those counted are only the circumstance ("in 2 cases"), do
    to others what the next word says ("gunmen killed"), are a whole of which it befell a part ("two of the 139 died", but "two of the
    12 killed" are of those killed), or are times and not those to whom it was done ("arrested twice").
    """
    words, around = grammar.load(), _around_deeds()
    if grammar.compiled("(?i:once|twice|thrice)\\b").match(sentence, start):
        return None
    if around["counted_twice"].match(sentence, behind):
        return None
    named = next((deed for deed in deeds if start <= deed.start and deed.end == behind), None)
    if named and is_deed(sentence[named.start : named.end]):
        return named
    earlier = [deed for deed in deeds if deed.end <= start]
    later = next((deed for deed in deeds if deed.start >= behind), None)
    between = sentence[behind : later.start] if later else ""
    if around["whole"].match(sentence, 0, start):
        own = later and not between.strip() and not around["intransitive"].match(sentence, later.start)
        return later if own and not around["object"].match(sentence, later.end) else None
    circumstance = around["circumstance"].match(sentence, 0, start)
    if later and around["befell"].fullmatch(sentence, behind, later.start):
        if grammar.compiled("@number").search(between):
            own = _governing(sentence, start, earlier)
            if own or circumstance:
                return own  # "recovered nine bodies, and 131 people were rescued"
        object_follows = around["object"].match(sentence, later.end)
        relative = grammar.compiled(
            r"~(?:that|who|which|were|was|are|is|been|being)~(?:(?:still|now|also|already)~)*$"
        ).search(between)
        if object_follows and not relative and later.action not in words["doers"]:
            return earlier[-1] if earlier and earlier[-1].end >= start - 1 else None
        own = _governing(sentence, start, earlier)
        bare = own and not between.strip() and around["participle"].match(sentence, later.start)
        governs = bare and (own in earlier or bare["doing"])  # "recorded 12 killed"
        return own if governs and own.action != "found" else later
    if earlier and earlier[-1].end >= start - 1:
        return earlier[-1]
    if circumstance:
        return None
    own = _governing(sentence, start, earlier) or _befallen(sentence, start, behind, earlier)
    return own or (earlier[-1] if earlier else None)


def _governing(sentence, start, earlier):
    """The Deed right before a number, one of the `earlier` or one that no action lists: "[intercepted] 46 shipments"."""
    match = _around_deeds()["before"].match(sentence, max(0, start - 40), start)
    if match and earlier and earlier[-1].end > match.start("deed"):
        return earlier[-1]
    return _other_deed(match)


def _befallen(sentence, start, behind, earlier):
    """The Deed right behind those counted, one that no action lists: "1,000 pilgrims [arrived]". Where an earlier deed may govern the
    number, "rescued 12 men trapped …", what they are is no deed."""
    around = _around_deeds()
    match = around["after"].match(sentence, behind)
    governed = earlier and not around["parts"].search(sentence, earlier[-1].end, start)
    part = sentence[:behind].endswith((" them", " whom"))
    active = match and (match["finite"] or part or around["object"].match(sentence, match.end()))
    return _other_deed(match) if not governed or (active and not match["list"]) else None


def _other_deed(match):
    return Deed(*match.span("deed"), "_".join(match["deed"].split())) if match else None


def belongs(sentence, before, number):
    """Whether the number at `number` shares the noun and the deed of the one at `before` (both (start, end)): an item of one list, a
    part of those counted there, or what they are compared with."""
    words, sharing = grammar.load(), grammar.load()["sharing"]
    whole = grammar.backwards(sharing["whole"]).match(sentence, 0, before[0])
    return bool(
        grammar.compiled(words["list_gap"]).fullmatch(sentence, before[1], number[0])
        or _of_them().match(sentence, number[1])
        or grammar.backwards(sharing["before"]).match(sentence, before[1], number[0])
        or (whole and grammar.compiled("[^.;]*,~(?:@rough~)?").fullmatch(sentence, before[1], number[0]))
    )


@cache
def _of_them():
    return grammar.compiled(grammar.load()["sharing"]["behind"])


def is_deed(noun):
    """Whether a noun names what was done to those counted, one by one: "388 arrests"."""
    return bool(grammar.compiled(grammar.load()["deed_nouns"]).fullmatch(noun))


def place_of(sentence, start, behind):
    """Where: the place right before the number at `start` ("and in Bruck 12 died"), else the one named behind its noun, which ends at
    `behind`, in its clause, else the whole country if so said, else the one that the sentence opens with, else ""."""
    words = grammar.load()
    near = grammar.backwards(words["place_before"]).match(sentence, max(0, start - BEFORE), start)
    if near:
        return near["named"]
    clause = grammar.compiled(words["place_end"]).search(sentence, behind)
    named = grammar.compiled(words["place"]).search(
        sentence, behind, clause.start() if clause else len(sentence)
    )
    if named:
        return named["named"]
    opening, until = _opening_place(sentence)
    return _countrywide(sentence) or (opening if start < until else "")


@lru_cache(64)  # the counts of a sentence ask for the same
def _opening_place(sentence):
    """The place with which a sentence opens, "" if none, and the offset up to which it holds."""
    words = grammar.load()
    opening = grammar.compiled(words["place_opening"]).match(sentence)
    if not opening:
        return "", 0
    end = grammar.compiled(words["place_opening_end"]).search(sentence, opening.end())
    return opening["named"], end.start() if end else len(sentence)


@lru_cache(64)  # the counts of a sentence ask for the same
def _countrywide(sentence):
    """The words by which a sentence speaks of the whole country, else ""."""
    whole = grammar.compiled(grammar.load()["countrywide"]).search(sentence)
    return whole[0] if whole else ""
