"""Which claims speak of the same quantity: one fact_id for the same total or operation, told by whichever text."""

import re
from datetime import date
from functools import cache

from headcount import grammar

SAME_NEWS = 31  # days within which reports without a full window can tell of the same operation


def fact_ids(claims):
    """One name for each claim's fact, in the order of the claims (dicts)."""
    facts = Facts()
    return [facts.name(claim) for claim in claims]


class Facts:
    """Gives each claim the name of its fact.

    Claims share a fact when the same thing, act and scope are counted, their windows can be the same, their places are, and their
    numbers can agree as newsrooms round. A claim that fits several facts joins the first. Intervals that meet pairwise have a common part, so
    that it is enough to keep, of each fact, what its claims have in common. Totals of one place and exactly one window are one
    fact even when their numbers cannot agree: then its reports conflict.
    """

    def __init__(self):
        self.known = {}
        self.totals = {}
        self.names = {}

    def name(self, claim):
        """The name of the fact that the claim, a row of claims.csv as a dict, speaks of."""
        total = tuple(claim[key] for key in TOTAL_KEYS) if is_total(claim) else None
        name = self.totals.get(total) or self._name(claim)
        if total:
            self.totals.setdefault(total, name)
        return name

    def _name(self, claim):
        claim = claim | dict(zip(("near_low", "near_high"), near(claim), strict=True))
        size, kind = claim["value"].bit_length(), (claim["action"], claim["scope"], thing_of(claim))
        for bucket in (size - 1, size, size + 1):
            shelf = self.known.get((*kind, bucket))
            for fact in shelf.candidates(claim) if shelf else ():
                if same_fact(claim, fact):
                    for low, high in INTERVALS:
                        fact[low], fact[high] = _common(fact[low], fact[high], claim[low], claim[high])
                    shelf.dated(fact)
                    return fact["fact_id"]
        name = _fact_name(claim, self.names)
        fact = {key: claim[key] for key in FACT_KEYS} | {"fact_id": name}
        self.known.setdefault((*kind, size), Shelf()).add(fact)
        return name


def thing_of(claim):
    """What two claims of one fact have in common: the thing counted, or the noun where story.yml lists none."""
    if claim["counted"] in grammar.load()["interchangeable"]:
        return "interchangeable"
    return claim["counted"] or ("noun", claim["noun"].lower())


class Shelf:
    """Facts of one kind in the order in which they came, found by their windows and by when they were told, so that a claim need not
    be held against all of them."""

    def __init__(self):
        self.all, self.by_window, self.by_told, self.undated = [], {}, {}, {}
        self.loose, self.timeless = [], []

    def add(self, fact):
        """Put a fact behind the others."""
        fact["number"] = len(self.all)
        self.all.append(fact)
        month = _month(fact)
        if month is None:
            self.timeless.append(fact)
        else:
            self.by_told.setdefault(month, []).append(fact)
        if not fact["from_earliest"] and month is not None:
            self.undated.setdefault(month, []).append(fact)
        elif _window(fact):
            self.by_window.setdefault(_window(fact), []).append(fact)
        else:
            self.loose.append(fact)
        fact["undated"] = not fact["from_earliest"]

    def dated(self, fact):
        """Note that a fact may have got a beginning from a claim that joined it."""
        if fact["undated"] and fact["from_earliest"]:
            fact["undated"] = False
            self.loose.append(fact)

    def candidates(self, claim):
        """The facts, in order, that a claim can speak of: told within a month of it, or with a window that can be its own."""
        month, window = _month(claim), _window(claim)
        if month is None or (claim["from_earliest"] and not window):
            return self.all
        found = list(self.timeless)
        for near in (month - 1, month, month + 1):
            found += (self.undated if window else self.by_told).get(near, [])
        if window:
            found += self.by_window.get(window, []) + self.loose
        found.sort(key=lambda fact: fact["number"])
        return found


def _month(one):
    """When a claim or fact was told, in spans of SAME_NEWS days; None if that is unknown."""
    return date.fromisoformat(one["told"]).toordinal() // SAME_NEWS if one["told"] else None


def _window(one):
    """(first, last) day of a window known to the day; None for any other."""
    if one["from_earliest"] == one["from_latest"] != "" and one["to_earliest"] == one["to_latest"] != "":
        return one["from_earliest"], one["to_latest"]
    return None


TOTAL_KEYS = (
    "counted",
    "action",
    "scope",
    "place",
    "from_earliest",
    "from_latest",
    "to_earliest",
    "to_latest",
)


def is_total(claim):
    """Whether a claim is a total of the campaign or of a year, of a thing that story.yml lists, with a whole window."""
    return claim["scope"] in ("campaign", "annual") and all(
        claim[key] for key in TOTAL_KEYS if key != "place"
    )


INTERVALS = (
    ("near_low", "near_high"),
    ("from_earliest", "from_latest"),
    ("to_earliest", "to_latest"),
)
FACT_KEYS = (
    "counted",
    "noun",
    "action",
    "scope",
    "place",
    "told",
    *(end for interval in INTERVALS for end in interval),
)


def _common(low, high, other_low, other_high):
    """What two intervals have in common; an empty end is open."""
    lows = [end for end in (low, other_low) if end not in ("", None)]
    highs = [end for end in (high, other_high) if end not in ("", None)]
    return max(lows, default=low), min(highs, default=high)


def near(claim):
    """(low, high): the numbers that a claim's figure can stand for when another text gives it too. As newsrooms round, and "at least 131"
    is 131, "up to 2,000" 1,001 to 2,000: a bound is named near the number."""
    value, high = claim["value"], claim["value_high"] or claim["value"]
    place = 10 ** (len(str(high)) - len(str(high).rstrip("0"))) if high else 1
    if claim["qualifier"] == "at_least":
        return value, value + place - 1
    if claim["qualifier"] in ("at_most", "less_than"):
        return max(0, high - place + 1), high
    return claim["newsroom_low"], claim["newsroom_high"]


def same_fact(one, other):
    """Whether two claims (or a claim and what is known of a fact) can speak of the same quantity."""
    if not all(_meet(one[low], one[high], other[low], other[high]) for low, high in INTERVALS):
        return False
    things = {one["counted"], other["counted"]}
    if not (len(things) == 1 or things <= set(grammar.load()["interchangeable"])):
        return False
    if things == {""} and one["noun"].lower() != other["noun"].lower():
        return False
    places = {claim["place"] for claim in (one, other) if claim["place"]}
    if len(places) == 2 and not any(map(_countrywide().fullmatch, places)):
        return False
    whole = one["from_earliest"] and other["from_earliest"]
    return bool(whole) or _days_apart(one["told"], other["told"]) <= SAME_NEWS


@cache
def _countrywide():
    return grammar.compiled(grammar.load()["countrywide"])


def _meet(low, high, other_low, other_high):
    """Whether two intervals meet; an empty end is open."""
    empty = ("", None)
    return (low in empty or other_high in empty or low <= other_high) and (
        other_low in empty or high in empty or other_low <= high
    )


def _days_apart(one, other):
    """Days between two ISO days; 0 if one is unknown."""
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days) if one and other else 0


def _fact_name(claim, taken):
    """A readable name that no other fact has: counted-action-scope-window or -value. `taken` holds the names, with the number to
    try first behind each."""
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
    name, number = base, taken.get(base, 2)
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken[base] = number
    taken.setdefault(name, 2)
    return name
