"""The reconciliation as questions and answers, in plain text."""

from typing import NamedTuple

import pandas as pd

from headcount.operations import dated
from headcount.reconcile import busiest, grouped
from headcount.relations import position
from headcount.totals import (
    TOTALS,
    contradictions,
    tied_counts,
)
from headcount.voices import voice_names
from headcount.wording import (
    WORDS,
    arithmetic,
    between_text,
    counted_text,
    day_text,
    deed_text,
    figure_text,
    figure_texts,
    joined,
    number_word,
    sentence_case,
    some_of,
    undated_text,
    window_phrase,
)


class Answer(NamedTuple):
    """A question, its answer, and the ids of the claims they speak of."""

    question: str
    answer: str
    claims: tuple


READING = {"literal": "Read to the letter", "newsroom": "Read as newsrooms round"}


def topic_of(row, left, right):
    """What a verdict on two lists of claims is about: totals, operations as parts of them, reports of one fact, or other deeds."""
    if len({claim["fact_id"] for claim in left + right}) == 1:
        return "echoes" if row["relation"] == "same_figure" else "reports"
    totals = [claim["scope"] in TOTALS for claim in left + right]
    if row["relation"] == "conflict" or all(totals):
        return "totals"
    return "parts" if any(totals) else "deeds"


def asked(claims, verdicts, reading):
    """Yield the verdicts under a reading, each as (topic, row, left, right) with its two sides as lists of claims, the largest totals
    first; verdicts that ask the same question once."""
    by_id = {claim["claim_id"]: claim for claim in dated(claims)}
    chosen = [
        (row, [by_id[name] for name in row["left"].split()], [by_id[name] for name in row["right"].split()])
        for row in verdicts[verdicts["reading"] == reading].to_dict("records")
    ]

    def rank(item):
        _, left, right = item
        return (
            counted_text(left[0]),
            len(left),
            left[0]["qualifier"] != "exact",
            -left[0]["value"],
            -right[0]["value"],
        )

    seen = set()
    for row, left, right in sorted(chosen, key=rank):
        question = topic_of(row, left, right), question_text(row, left, right)
        if question not in seen:
            seen.add(question)
            yield question[0], row, left, right


def answers(claims, verdicts, reading, topic):
    """Yield the verdicts of a topic (totals, deeds, reports) under a reading, each as an Answer; where the other
    reading judges otherwise, its verdict too. Totals that rise from day to day are one Answer for CHAIN verdicts or more. What is asked
    once for many verdicts is left to parts and echoes."""
    others = {
        (row["left"], row["right"]): row
        for row in verdicts[verdicts["reading"] != reading].to_dict("records")
    }
    chains, rest = {}, []
    for about, row, left, right in asked(claims, verdicts, reading):
        if about != topic:
            continue
        text = answer_text(row)
        other = others.get((row["left"], row["right"]))
        if other and other["relation"] != row["relation"]:
            text += f" {READING[other['reading']]}: {answer_text(other)}"
        one = Answer(question_text(row, left, right), text, tuple(row["claims"].split()))
        known = all(claim["to_earliest"] == claim["to_latest"] for claim in left + right)
        daily = row["relation"] == "later_total" and known and text == answer_text(row)
        count = (left[0]["counted"], left[0]["action"])
        (chains.setdefault(count, []) if daily else rest).append((one, left + right))
    for chain in chains.values():
        if len(chain) < CHAIN:
            rest += chain
        else:
            yield rising({claim["claim_id"]: claim for _, told in chain for claim in told})
    yield from (one for one, _ in rest)


CHAIN = 4  # verdicts


def rising(claims):
    """That totals of one count (claims by id) on known days only rise, as an Answer."""
    told = pd.DataFrame(claims.values())
    what = f"{counted_text(told.iloc[0])} {deed_text(told.iloc[0])}"
    text = f"A later day can have a higher total: {by_day(told, 'by')}."
    return Answer(f"Why do {number_word(len(told), 'figure')} of {what} differ?", text, tuple(sorted(claims)))


def by_day(claims, word):
    """The figures of claims on the last DAYS days that they tell of, a day after the other, in words."""
    last = sorted(set(claims["to_latest"]))[-DAYS:]
    return joined(
        [
            f"{' or '.join(figure_texts(rows.to_dict('records')))} {word} {day_text(day)}"
            for day, rows in claims[claims["to_latest"].isin(last)].groupby("to_latest")
        ]
    )


DAYS = 7  # of a count that are told


REASONS = {
    "later_total": "one can be a later total",
    "part_of": "one is part of the other",
    "rounding": "one is the other, rounded",
    "sums_to": "they add up",
    "conflict": "they conflict",
    "not_comparable": "they cannot be compared",
}


def in_short(claims, verdicts, story, reading):
    """Whether all dated counts of a story can be true together, and how often which reason makes totals differ, in a sentence or
    two."""
    held, falls = list(asked(claims, verdicts, reading)), story.facts.get("falls") or []
    falling = {
        frozenset(row["claims"].split())
        for _, row, left, _ in held
        if row["relation"] == "conflict" and left[0]["action"] in falls
    }
    by_id = {claim["claim_id"]: claim for claim in claims.to_dict("records")}
    contradicted = {arithmetic(one, by_id) for one in contradictions(claims, story, reading)}
    verdict = "Yes: no totals exclude each other."
    if broken := len(contradicted) + len(falling):
        verdict = f"No: {number_word(broken, 'set')} of figures cannot all be true."
    elif not any(group.bounds for group in tied_counts(claims, story, reading)):
        verdict = "No figure has a window of its own, so none can contradict another."
    relations = [
        row["relation"]
        for _, row, left, right in held
        if all(claim["scope"] in TOTALS for claim in left + right)
    ]
    reasons = [f"{words} ({relations.count(name)})" for name, words in REASONS.items() if name in relations]
    return (f"{verdict} Where two differ, {joined(reasons)}." if reasons else verdict) + left_out(claims)


def left_out(claims):
    """That of very many claims only those told most often are held against each other pair by pair; "" where all are."""
    records = claims.to_dict("records")
    chosen = busiest(records)
    if len(chosen) == len(records):
        return ""
    return (
        f" Of {len(records):,} claims, {len(chosen):,} are held against each other pair by pair: the figures told most often. "
        "What cannot be true together is asked of all that have a window of their own."
    )


def question_text(row, left, right):
    """The question that a verdict answers."""
    ours, theirs = (joined([figure_text(claim) for claim in side]) for side in (left, right))
    what = f"{counted_text(right[0])} {deed_text(right[0])}".strip()
    if len(left) + len(right) > 2:
        sides = [f"{figure_text(claim)} {counted_text(claim)}" for claim in left]
        if row["relation"] == "sums_to":
            return f"Do {joined(sides)} make {theirs} {what}?"
        others = [f"{figure_text(claim)} {counted_text(claim)}" for claim in right]
        return f"Can {joined(sides + others)} {deed_text(right[0])} all be true?"
    if left[0]["action"] != right[0]["action"]:
        return f"Can {theirs} {what} be held against {ours} {counted_text(left[0])} {deed_text(left[0])}?"
    return sentence_case(f"{ours} or {theirs} {what}?")


def answer_text(row):
    """The relation of a verdict, its reason, and how far the figures are apart."""
    related = row["relation"] in ("later_total", "part_of")
    apart = between_text(row["difference_low"], row["difference_high"]) if related else ""
    return f"{WORDS[row['relation']]} {row['because']} {apart}".strip()


POSITIONS = {
    "within": "to {}",
    "before": "not to {}, counted later",
    "after": "not to {}, which had stopped counting by then",
    "partly": "only in part to {}",
    "unclear": "perhaps to {}, which can have stopped before",
    "undated": "unknown: {}",
}


def parts(claims, verdicts):
    """Yield, for each figure of an operation that a verdict holds against totals, to which of them it belongs, as an Answer."""
    by_id = {claim["claim_id"]: claim for claim in dated(claims)}
    totals = {}
    for row in verdicts.sort_values("left").to_dict("records"):
        if (
            " " not in row["left"] + row["right"]
            and row["reading"] == "literal"
            and row["relation"] != "conflict"
        ):
            total, operation = by_id[row["left"]], by_id[row["right"]]
            if total["scope"] in TOTALS and operation["scope"] == "operation":
                totals.setdefault(row["right"], []).append(total)
    for name in sorted(totals, key=lambda name: (by_id[name]["counted"], by_id[name]["to_latest"], name)):
        operation, found = by_id[name], {}
        for total in sorted(totals[name], key=lambda claim: -claim["value"]):
            found.setdefault(position(total, operation), []).append(figure_text(total))
        if "undated" in found:
            found = {"undated": [undated_text(operation)]}
            when = ""
        else:
            when = f" ({window_phrase(operation)})"
        words = "; ".join(POSITIONS[where].format(joined(figures)) for where, figures in found.items())
        what = f"{figure_text(operation)} {counted_text(operation)} {deed_text(operation)}"
        yield Answer(
            f"To which totals do the {what}{when} belong?",
            f"{sentence_case(words)}.",
            (name, *(total["claim_id"] for total in totals[name])),
        )


AGREEMENTS = {
    "echo": "They give one figure, and no second voice is named",
    "agree": "Independent voices give the same figure",
    "rounded": "The figures differ only as rounded ones do",
    "conflict": "The figures contradict each other",
}


def echoes(claims, facts, story):
    """Yield, for each fact reported more than once by more than one outlet, how many reports and voices stand behind it, as an
    Answer."""
    by_fact = grouped(claims.to_dict("records"), "fact_id")
    for fact in facts[facts["reports"] > 1].sort_values(["counted", "fact_id"]).to_dict("records"):
        told = by_fact[fact["fact_id"]]
        outlets = list(dict.fromkeys(claim["reported_by"] for claim in told))
        if len(outlets) < 2:
            continue
        first = told[0]
        names = voice_names([claim["said_by"] for claim in told], story.facts.get("voices") or {})
        figures = figure_texts(told)
        nouns = list(dict.fromkeys(claim["noun"].lower() for claim in told if claim["noun"]))
        agreed = AGREEMENTS[fact["agreement"]]
        if len(nouns) > 1:
            agreed += f"; they speak of {joined(nouns)}, which are one thing counted here"
        yield Answer(
            sentence_case(
                f"{some_of(figures)} {counted_text(first)} {deed_text(first)}: how many reports, how many voices?"
            ),
            f"{fact['reports']} reports by {len(outlets)} outlets ({some_of(outlets)}), {fact['voices']} "
            f"{'voice' if fact['voices'] == 1 else 'voices'}: {some_of(names) if names else 'nobody is named'}. {agreed}.",
            tuple(claim["claim_id"] for claim in told),
        )
