"""What a count counts: the known noun, or the head word, of the words behind a number, or of those before it."""

import re
from functools import cache, lru_cache

from headcount import grammar
from headcount.mentions import REMEMBERED, lower


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
            copula, part = grammar.compiled(words["copula"]).match(after), among_them().match(after)
            if copula:
                return (*self.find(after[copula.end() :])[:2], 0)
            return "", "", part.end() if part else 0
        lowered = lower(after[: phrase.end() + self.reach])
        known = list(self.known.finditer(lowered, 0, phrase.end()))
        doing = grammar.compiled("~[a-z]+(?:ing|ed)\\b")
        last = next((noun for noun in known if is_thing(noun[0]) and doing.match(lowered, noun.end())), None)
        last = last or (known[-1] if known else None)
        head = None
        if not last or not is_thing(last[0]):
            head = grammar.compiled(words["head"]).match(after, 0, phrase.end())
        if last and not (head and head.start("noun") > last.start() and is_thing(head["noun"])):
            # longer than the phrase where it is "women and children"
            noun = self.known.match(lowered, last.start())
            return self.counted[noun[0]], after[slice(*noun.span())], noun.end()
        part = among_them().match(after)
        if head and (not part or is_thing(head["noun"])):
            return "", head["noun"], head.end()
        return "", "", part.end() if part else 0

    def find_ahead(self, sentence, start):
        """(counted, noun) where the noun stands before the number at `start`, "the number of [arrivals] rose to"; else ("", "")."""
        ahead = grammar.compiled(grammar.load()["noun_ahead"]).search(sentence, 0, start)
        return self.find(sentence[ahead.start("phrase") - 1 : ahead.end("phrase")])[:2] if ahead else ("", "")


@lru_cache(REMEMBERED)
def is_thing(noun):
    """Whether words name a crowd or several of a kind: "cases", "trafficking gangs"."""
    return bool(grammar.compiled("@things").fullmatch(noun))


@cache
def among_them():
    """The expression for what makes a number one of those counted before it, right behind it: " of them"."""
    return grammar.compiled(grammar.load()["sharing"]["behind"])
