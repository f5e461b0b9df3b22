"""The rule table: every example of every rule, shape, hedge, action and window role shows what its rule does, and leaves alone."""

import re

import pytest

from headcount import counts, grammar
from headcount.antecedents import stands_in
from headcount.deeds import deeds_in
from headcount.doubts import doubt_of
from headcount.mentions import find_mentions
from headcount.times_before import time_named
from headcount.tolls import of_some
from headcount.windows import role_of

RULES = grammar.load()["shapes"] + grammar.load()["rules"] + grammar.load()["furniture"]


def marked(example):
    """(text, [(start, end)]) of an example with its mentions in square brackets."""
    pieces = re.split(r"\[([^\]]+)\]", example)
    text, spans = "", []
    for number, piece in enumerate(pieces):
        if number % 2:
            spans.append((len(text), len(text) + len(piece)))
        text += piece
    return text, spans


def claimed(rule, example):
    """(what the example marks, what the rule claims of it), each a set of spans; everything claimed is marked where nothing is."""
    text, spans = marked(example)
    found = {(mention.start, mention.end) for mention in find_mentions(text) if mention.rule == rule["id"]}
    return set(spans) or found, found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_rule(rule):
    """It claims all that its examples mark, and nothing that its counter-examples mark."""
    for example in rule.get("fits", []):
        wanted, found = claimed(rule, example)
        assert wanted and wanted <= found, example
    for example in rule.get("leaves", []):
        wanted, found = claimed(rule, example)
        assert not wanted & found, example


HEDGES = [(hedge, example) for hedge in grammar.load()["hedges"] for example in hedge["fits"]]
NO_HEDGES = [(hedge, example) for hedge in grammar.load()["hedges"] for example in hedge["leaves"]]


@pytest.mark.parametrize("hedge, example", HEDGES)
def test_hedge_is_read(hedge, example):
    text, [span] = marked(example)
    assert counts.hedge_of(text, *span) == hedge["qualifier"]


@pytest.mark.parametrize("hedge, example", NO_HEDGES)
def test_hedge_is_not_read(hedge, example):
    text, [span] = marked(example)
    assert counts.hedge_of(text, *span) != hedge["qualifier"]


ACTIONS = [
    (name, example) for name, action in grammar.load()["actions"].items() for example in action["fits"]
]


@pytest.mark.parametrize("name, example", ACTIONS)
def test_action_is_named(name, example):
    text, [span] = marked(example)
    assert (*span, name) in deeds_in(text)


ROLES = [
    (rule["role"], example) for rule in grammar.load()["window_roles"] for example in rule.get("fits", [])
]


@pytest.mark.parametrize("role, example", ROLES)
def test_window_role_is_read(role, example):
    text, spans = marked(example)
    dates = {(found.start, found.end) for found in find_mentions(text) if found.kind == "date"}
    expression = next((span for span in reversed(spans) if span in dates), spans[-1])
    count = next((span for span in spans if span != expression), (len(text), len(text)))
    assert role_of(text, expression, count) == role


DOUBTS = [
    (rule["doubt"] if key == "fits" else "", example)
    for rule in grammar.load()["doubts"]
    for key in ("fits", "leaves")
    for example in rule[key]
]


@pytest.mark.parametrize("doubt, example", DOUBTS)
def test_doubt_is_read(doubt, example):
    text, [span] = marked(example)
    assert doubt_of(text, *span) == doubt


@pytest.mark.parametrize("rule", grammar.load()["stand_ins"], ids=lambda rule: rule["fits"][0])
def test_figures_that_stand_for_another(rule):
    for key, read in (("fits", rule["as"]), ("leaves", "")):
        for example in rule[key]:
            text, [(start, _)] = marked(example)
            assert stands_in(text, start) == read, example


@pytest.mark.parametrize("rule", grammar.load()["time_before"], ids=lambda rule: rule["fits"][0])
def test_words_for_the_time_of_an_earlier_count(rule):
    assert [time_named(example) for example in rule["fits"]] == [rule["as"]] * len(rule["fits"])
    assert not any(time_named(example) for example in rule["leaves"])


@pytest.mark.parametrize("name", ["of_some", "further"])
@pytest.mark.parametrize("of_all, key", [(False, "fits"), (True, "leaves")])
def test_some_of_those_counted(of_all, key, name):
    for example in grammar.load()[name][key]:
        sentence, [(start, end)] = marked(example)
        claim = {"sentence": sentence, "start": start + 7, "end": end + 7, "action": "killed"}
        assert of_some(claim, 7, {"injured", "killed"}) != of_all, example
        assert of_some(claim, 7, {"injured"}) != (of_all or name == "further"), example


def test_every_rule_has_examples():
    assert [
        rule["id"]
        for rule in grammar.load()["shapes"] + grammar.load()["rules"]
        if not rule.get("fits") or not rule.get("leaves")
    ] == []


def test_rule_ids_are_unique():
    ids = [rule["id"] for rule in RULES]
    assert len(ids) == len(set(ids))


def test_lists_grouped_by_initial_keep_their_items():
    patterns = [*grammar.load()["words"].values(), grammar.load()["speech"]["verb"]]
    lists = [match["items"] for pattern in patterns for match in grammar.LIST.finditer(pattern)]
    assert len(lists) > 20
    assert ["|".join(re.findall(grammar.ITEM, items)) for items in lists] == lists
    assert grammar.by_initial("and|by|at(?:e|)|b[ei]") == "a(?:nd|t(?:e|))|b(?:y|[ei])"
