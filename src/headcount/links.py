"""The numbers of prose as links: a figure leads to its quote, a number worked out to the sum that makes it."""

import re
from itertools import combinations, product
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup, escape

from headcount.figures import anchor
from headcount.totals import EDGES
from headcount.wording import counted_text, figure_text, visible

MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
PASSED = (  # numerals that are no figures: days, years, tallies, decimals
    rf"\d\d?(?:–\d\d?)? (?:{MONTHS})\w*(?: \d{{4}})?|\b\d{{4}}\b(?!,\d)|\d[\d,]* (?:claim|report|outlet|voice)s?\b|\d+\.\d+"
)
NUMERAL = r"\d{1,3}(?:,\d{3})+|\d+"
CREDITS = 100  # claims that are credited under one answer
TERMS, CLAIMS = 3, 12  # of a sum that is looked for: its terms at most, and the claims it is looked for among


class Term(NamedTuple):
    """A part of a worked-out number: its sign, the bound of a claim, which one (least, most or "" for the figure itself), the claim."""

    sign: int
    bound: int
    side: str
    claim: dict


class Worked(NamedTuple):
    """A number that stands in no text, with its anchor and the Terms that make it."""

    number: int
    anchor: str
    terms: tuple


class Links:
    """Makes the numbers of prose links: a figure to its quote, a number worked out to the list of how, which it keeps in `worked`.
    `used` are the ids of the claims that its links lead to."""

    def __init__(self, claims, reading):
        self.claims = {claim["claim_id"]: claim for claim in claims}
        self.reading = reading
        self.worked = []
        self.used = set()

    def __call__(self, text, ids):
        """A text as Markup, in which the numbers lead to the quotes of the claims `ids`."""
        figures = {}
        for name in ids:
            figures.setdefault(figure_text(self.claims[name]), []).append(self.claims[name])
        known = "|".join(re.escape(words) for words in sorted(figures, key=len, reverse=True))
        pieces, end = [], 0
        for found in re.finditer(
            rf"(?P<passed>{PASSED})|(?<![\d,.])(?P<figure>(?i:{known or '(?!)'}))(?![\d,.]*\d)|(?P<other>{NUMERAL})",
            text,
        ):
            target = ""
            if found["figure"]:
                claim = nearest(figures[found["figure"].lower()], text, found.start())
                self.used.add(claim["claim_id"])
                target = quote_anchor(claim)
            elif found["other"]:
                target = self.worked_anchor(int(found[0].replace(",", "")), tuple(ids))
            pieces.append(escape(visible(text[end : found.start()])))
            words = escape(visible(found[0]))
            pieces.append(Markup('<a class="n" href="#{}">{}</a>').format(target, words) if target else words)
            end = found.end()
        return Markup("").join([*pieces, escape(visible(text[end:]))])

    def answers(self, some):
        """Yield Answers with linked numbers, and the claims they stand on where those links do not lead to all of them."""
        for one in some:
            ids = one.claims[:CREDITS]
            question, text = self(one.question, ids), self(one.answer, ids)
            linked = set(re.findall('href="#(.*?)"', question + text))
            whole = (
                len(ids) == len(one.claims) and {quote_anchor(self.claims[name]) for name in ids} <= linked
            )
            yield {
                "question": question,
                "answer": text,
                "claims": [] if whole else self.credits(ids),
                "more": len(one.claims) - len(ids),
            }

    def credits(self, ids):
        """The claims as (anchor, figure, what is counted, outlet), each said once."""
        rows = {}
        for name in ids:
            claim = self.claims[name]
            self.used.add(name)
            rows.setdefault(
                (figure_text(claim), counted_text(claim), claim["reported_by"]), quote_anchor(claim)
            )
        return [(target, *words) for words, target in rows.items()]

    def worked_anchor(self, number, ids):
        """The anchor of a number's entry in `worked`, made if it can be; "" if no sum of the claims gives it."""
        terms = sum_of(number, tuple(self.claims[name] for name in ids), self.reading)
        if not terms:
            return ""
        for one in self.worked:
            if one.number == number and one.terms == terms:
                return one.anchor
        same = sum(one.number == number for one in self.worked)
        self.used |= {term.claim["claim_id"] for term in terms}
        self.worked.append(Worked(number, f"worked-{number}{f'-{same + 1}' if same else ''}", terms))
        return self.worked[-1].anchor


def quote_anchor(claim):
    """The anchor of a claim's quote on the page."""
    return anchor(claim["claim_id"]).partition("#")[2]


def nearest(claims, text, place):
    """Of claims with one figure, that whose outlet is named nearest to a place in a text; the first if none is."""

    def distance(claim):
        found = re.finditer(re.escape(claim["reported_by"]), text)
        return min((abs(one.start() - place) for one in found), default=len(text))

    return min(claims, key=distance)


def sum_of(number, claims, reading):
    """The Terms of the shortest sum and difference of some claims' bounds that makes a number; () if there is none."""
    low, high = EDGES[reading]
    sides = {
        claim["claim_id"]: {
            int(claim[edge]): ""
            if claim["qualifier"] == "exact" and int(claim[edge]) == claim["value"]
            else side
            for edge, side in ((high, "most"), (low, "least"))
            if not pd.isna(claim[edge])
        }
        for claim in claims[:CLAIMS]
    }
    for size in range(1, TERMS + 1):
        for some in combinations(claims[:CLAIMS], size):
            for signs in product((1, -1), repeat=size):
                for bounds in product(*(sides[claim["claim_id"]] for claim in some)):
                    if sum(sign * bound for sign, bound in zip(signs, bounds, strict=True)) == number:
                        terms = [
                            Term(sign, bound, sides[claim["claim_id"]][bound], claim)
                            for sign, bound, claim in zip(signs, bounds, some, strict=True)
                        ]
                        return tuple(sorted(terms, key=lambda term: (-term.sign, -term.bound)))
    return ()
