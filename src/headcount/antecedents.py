"""What a figure counts that does not say so itself: "the ministry put the number at 40" counts what the figure before it does."""

from collections import deque
from functools import cache

from headcount import grammar
from headcount.counts import values_of
from headcount.tolls import of_some

REACH = 120  # characters before a number in which the words that make it stand for another are looked for
MOST = 100  # claims of a sentence, the last ones, that are asked
FAR = 600  # characters by which the figure that it stands for is at most ahead of it
STARTS = ("from_earliest", "from_latest")
ENDS = (*STARTS, "to_earliest", "to_latest")
WITHDRAWN = ("denied", "superseded")  # doubts of a figure of which the sentence says no act


@cache
def _stand_ins():
    """(how it does, expression before the number) of the stand_ins of grammar.yml, compiled."""
    return [(rule["as"], grammar.backwards(rule["before"])) for rule in grammar.load()["stand_ins"]]


def stands_in(text, start):
    """How the number at `start` stands for a count named before: "same", "whole" or "moved", as grammar.yml tells; "" if it does not."""
    first = max(0, start - REACH)
    return next((how for how, before in _stand_ins() if before.match(text, first, start)), "")


def carried(claims, text):
    """The claims of one text, in order (dicts, changed in place): a figure that stands for another takes what that counts, and its window
    where it has none. Where several things were counted last, or none, it stays as it is."""
    last, latest = [], {}
    for group in _by_sentence(claims):
        told, things = deque(maxlen=MOST), {}
        for claim in group:
            how = stands_in(text, claim["start"]) if not claim["action"] and _bare(claim) else ""
            other = how and _antecedent(claim, told or last, latest, text)
            if other:
                _adopt(claim, other, how)
            if claim["action"] and not claim["noun"] and not claim["counted"]:
                claim["counted"] = things.get(claim["action"], "")  # "12 doses were given here and 53 in all"
            if not _doubted(claim):
                told.append(claim)
                things[claim["action"]] = claim["counted"]
                if claim["action"]:
                    latest[claim["counted"]] = claim
        for claim in group:
            if claim["action"] in WITHDRAWN and _bare(claim):
                _name_withdrawn(claim, group)
        last = told or last
    return claims


def _by_sentence(claims):
    """The claims of each sentence, in order; where one is repeated word for word, of each time."""
    group = []
    for claim in claims:
        first = group[0] if group else claim
        other = claim["source_id"] != first["source_id"] or claim["sentence"] != first["sentence"]
        if other or claim["start"] - first["start"] >= len(claim["sentence"]):
            yield group
            group = []
        group.append(claim)
    if group:
        yield group


@cache
def _doubts():
    return {rule["doubt"] for rule in grammar.load()["doubts"]}


def _doubted(claim):
    """Whether a claim is not asserted as so."""
    return claim["action"].partition("_")[0] in _doubts()


def _bare(claim):
    """Whether a claim names no other thing than those that story.yml lists."""
    return bool(claim["counted"] or not claim["noun"])


def _antecedent(claim, ahead, latest, text):
    """The claim that another stands for: the last of those `ahead`, in its sentence or the last one with counts, if they are of one kind; of
    a claim that names a thing counted, the `latest` of it. None where it is not known."""
    if claim["counted"]:
        ahead = [latest[claim["counted"]]] if claim["counted"] in latest else []
    kinds = {(one["counted"], one["action"]) for one in ahead}
    known = len(kinds) == 1 and all(*kinds) and claim["start"] - ahead[-1]["start"] <= FAR
    return ahead[-1] if known and not of_some(ahead[-1] | {"sentence": text}, 0, ()) else None


def _adopt(claim, other, how="same"):
    """Let a claim count what another counts, there and then, as far as it names no place and time and `how` it stands for it allows."""
    claim.update(counted=other["counted"], action=other["action"], scope=other["scope"])
    claim["place"] = claim["place"] or (other["place"] if how != "whole" else "")
    if claim["window_basis"] == "open":
        if how != "moved" and other["window_basis"] != "open":
            claim.update({name: other[name] for name in ENDS}, window_basis="date_in_text")
    elif claim["from_earliest"] == claim["to_latest"] and (
        other["scope"] == "campaign" or not other["from_earliest"]
    ):
        claim.update({name: other[name] for name in STARTS})  # "on Monday it was 321": up to Monday


def _name_withdrawn(claim, group):
    """Let a figure that its sentence withdraws ("229, not 236") count what the last figure before it, or else the next behind it, does."""
    named = [one for one in group if one["action"] and one["counted"] and not _doubted(one)]
    named = [one for one in named if claim["counted"] in ("", one["counted"])]
    ahead = [one for one in named if one["start"] < claim["start"]]
    if named:
        other = (ahead or named[:1])[-1]
        claim.update(counted=other["counted"], action=f"{claim['action']}_{other['action']}")


def corrected(claims):
    """The claims of a story's texts (dicts, changed in place): a correction that says not what it counts ("the correct figure is 229, not
    236") counts what the other texts told by then count with the withdrawn figure, if that is one thing."""
    told = {}
    for claim in claims:
        if claim["action"] and claim["counted"] and not _doubted(claim):
            told.setdefault(claim["value"], []).append(claim)
    for group in _by_sentence(claims):
        for old in [one for one in group if one["action"] in WITHDRAWN and _bare(one)]:
            others = [one for one in told.get(old["value"], []) if _told_by(one, old)]
            if len({(one["counted"], one["action"]) for one in others}) == 1:
                things = {"", others[0]["counted"]}
                bare = [
                    one for one in group if not one["action"] and (one["counted"] or one["noun"]) in things
                ]
                if len(bare) == 1:
                    _adopt(bare[0], max(others, key=lambda one: one["to_latest"]))
                _name_withdrawn(old, group)
    return claims


def _told_by(claim, old):
    """Whether another text told a claim by the time that one withdrew a figure."""
    return claim["source_id"] != old["source_id"] and (claim["told"] or "9999") <= (old["told"] or "9999")


def nameless(claims, counted):
    """The claims (a frame) without a time of their own that stand for a count that their texts do not name, and that may be of a thing
    counted."""
    bare = claims[(claims["action"] == "") & (claims["from_earliest"] == "")]
    bare = bare[(bare["counted"] == counted) | (bare["noun"] == "")]
    return bare.loc[[_stands_in_sentence(claim) for claim in bare.to_dict("records")]]


def _stands_in_sentence(claim):
    """Whether the number of a claim stands for another in its sentence."""
    numbers = grammar.compiled(r"(?<![\w.,])@number").finditer(claim["sentence"])
    return any(
        values_of(number[0])[0] == claim["value"] and stands_in(claim["sentence"], number.start())
        for number in numbers
    )
