"""What was done to or by those counted: the words of a sentence that say so, and which of them speak of a number."""

from functools import cache
from typing import NamedTuple

from headcount import grammar
from headcount.mentions import lower
from headcount.nouns import among_them


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
        "own_clause": grammar.compiled(words["clause_of_its_own"]),
        "clause_apart": grammar.compiled(words["clause_apart"]),
        "whole": grammar.backwards(words["whole"]),
        "part_of": grammar.compiled(words["part_of"]),
        "part_verb": grammar.compiled(words["part_verb"]),
        "counted_twice": grammar.compiled(words["counted_twice"]),
        "risen": grammar.backwards(words["risen"]),
        "toll": grammar.compiled(words["toll"]),
        "counted_off": grammar.backwards(r"@number(?:~(?!@function\b)[\w’-]+){0,3}~"),
        "intransitive": grammar.compiled(words["intransitive"]),
        "object": grammar.compiled(r"~(?:@number|an?|the|their|his|her|its|and~\w+ed)\b"),
        "doing": grammar.compiled(r"[a-z]+ing\b"),
        "finite": grammar.compiled(r"\b(?:were|was|are|is|been|have|has|had|who|that|which)\b"),
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
    verb = around["part_of"].match(sentence, start) and around["part_verb"].match(sentence, behind)
    if verb:
        return next((deed for deed in deeds if deed.start == verb.start("deed")), _other_deed(verb))
    earlier = [deed for deed in deeds if deed.end <= start]
    toll = [deed for deed in earlier if around["toll"].fullmatch(sentence, deed.start, deed.end)]
    if toll and around["risen"].match(sentence, toll[-1].end, start):
        return toll[-1]
    later = next((deed for deed in deeds if deed.start >= behind), None)
    between = sentence[behind : later.start] if later else ""
    if around["whole"].match(sentence, 0, start):
        own = later and not between.strip() and not around["intransitive"].match(sentence, later.start)
        return later if own and not around["object"].match(sentence, later.end) else None
    circumstance = around["circumstance"].match(sentence, 0, start)
    if later and around["befell"].fullmatch(sentence, behind, later.start):
        if grammar.compiled(r"\W@number").search(between):
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
        governs = own in earlier or (own and around["doing"].match(sentence, later.start))
        # "arrested 12 men accused of", but "found 12 people dead" and "arrested 12 men who were charged"
        if governs and own.action != "found" and not around["finite"].search(between):
            return own
        return later
    if earlier and earlier[-1].end >= start - 1:
        return earlier[-1]
    if circumstance:
        return None
    own = _governing(sentence, start, earlier) or _befallen(sentence, start, behind, earlier)
    if own or not earlier or around["clause_apart"].search(sentence, earlier[-1].end, start):
        return own
    return earlier[-1]


def _governing(sentence, start, earlier):
    """The Deed right before a number, one of the `earlier` or one that no action lists: "[intercepted] 46 shipments"."""
    match = _around_deeds()["before"].match(sentence, max(0, start - 40), start)
    if match and earlier and earlier[-1].end > match.start("deed"):
        return earlier[-1]
    return _other_deed(match)


def _befallen(sentence, start, behind, earlier):
    """The Deed right behind those counted, one that no action lists: "1,000 pilgrims [arrived]". Where an earlier deed may govern the
    number, "rescued 12 men trapped …", or words for where they are stand between, "12 men in a house damaged by …", what they are is
    no deed."""
    around = _around_deeds()
    match = around["after"].match(sentence, behind)
    governed = earlier and not around["own_clause"].search(sentence, earlier[-1].end, start)
    if governed and around["counted_off"].match(sentence, 0, earlier[-1].start):
        governed = False  # "nine arrested and three bosses sacked"
    if match and sentence[:start].endswith(", ") and not sentence[match.end() :].strip():
        governed = False  # "Police bust ring, 47 held"
    part = sentence[:behind].endswith((" them", " whom", " which"))
    active = match and (match["finite"] or part or around["object"].match(sentence, match.end()))
    sure = not governed and (active or not (match and match["where"]))
    return _other_deed(match) if sure or (active and not match["list"]) else None


def _other_deed(match):
    if not match:
        return None
    verb, *particle = match["deed"].split()
    return Deed(*match.span("deed"), "_".join([_past(verb), *particle]))


@cache
def _past(word):
    """The past form of a verb in -ing, in its plain form or with an -s, any other word as it is: "acquitting" is acquitted, "freeing"
    freed, "carries" carried."""
    if word.endswith("s") and not word.endswith("ss"):
        word = (
            f"{word[:-3]}y"
            if word.endswith("ies")
            else grammar.compiled("(?<=ch|sh|ss|zz)es$|(?<=x)es$|s$").sub("", word)
        )
    irregular, stem = grammar.load()["past_forms"], word.removesuffix("ing")
    verbs = [stem, f"{stem}e", stem[:-1], f"{stem[:-1]}ie"] if stem != word else [word]
    for verb in verbs:
        if verb in irregular:
            return irregular[verb]
    if word.endswith("ed") or grammar.compiled("@irregular").fullmatch(word):
        return word
    if stem.endswith("e"):
        return f"{stem}d"
    if stem == word and grammar.compiled("[^aeiou]*[aeiou][^aeiouwxy]").fullmatch(word):
        return f"{word}{word[-1]}ed"
    return grammar.compiled("(?<=[^aeiou])y$").sub("i", stem) + "ed"


def belongs(sentence, before, number):
    """Whether the number at `number` shares the noun and the deed of the one at `before` (both (start, end)): an item of one list, a
    part of those counted there, or what they are compared with."""
    words, sharing = grammar.load(), grammar.load()["sharing"]
    whole = grammar.backwards(sharing["whole"]).match(sentence, 0, before[0])
    return bool(
        grammar.compiled(words["list_gap"]).fullmatch(sentence, before[1], number[0])
        or among_them().match(sentence, number[1])
        or grammar.backwards(sharing["before"]).match(sentence, before[1], number[0])
        or (whole and grammar.compiled("[^.;]*,~(?:@rough~)?").fullmatch(sentence, before[1], number[0]))
    )


def is_part(sentence, before, number):
    """Whether the number at `number` is of some of those counted at `before` (both (start, end)): "45 of them", "among them two"."""
    named = grammar.backwards(grammar.load()["sharing"]["part"]).match(sentence, before[1], number[0])
    return bool(among_them().match(sentence, number[1]) or named)


def named_in_passing(sentence, behind):
    """Whether nothing is told of those counted up to `behind` but who they are: "36, 12 of them women, were freed"."""
    return bool(grammar.compiled(grammar.load()["sharing"]["aside"]).match(sentence, behind))


def is_deed(noun):
    """Whether a noun names what was done to those counted, one by one: "388 arrests"."""
    return bool(grammar.compiled(grammar.load()["deed_nouns"]).fullmatch(noun))
