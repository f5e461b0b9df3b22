"""What the claims allow all together, as questions and answers: whether they can be true, how many by a day, and guesses."""

import pandas as pd

from headcount.answers import Answer, by_day
from headcount.antecedents import nameless
from headcount.totals import (
    contradictions,
    eve_of,
    of_whole,
    parts_of,
    series_claims,
    tied_counts,
    withdrawn,
)
from headcount.wording import arithmetic, day_text, figure_texts, joined, number_word, sentence_case

SHOWN = 20  # contradictions of one group of counts that are told in words


def consistency(claims, story, reading):
    """Yield, for each group of tied counts on which two claims or more bear, whether all can hold, and every contradiction, as an
    Answer."""
    broken = {}
    for one in contradictions(claims, story, reading):
        broken.setdefault((one.group.action, one.group.counts), []).append(one)
    by_id = {claim["claim_id"]: claim for claim in claims.to_dict("records")}
    for group in tied_counts(claims, story, reading):
        ids = {bound.claim_id for bound in group.bounds}
        sums = story.facts.get("sums") or {}
        told = {by_id[name]["counted"] for name in ids}
        things = sorted(thing for thing in told if thing not in sums or not told >= {*parts_of(thing, sums)})
        name = f"{joined([thing.replace('_', ' ') for thing in things])} {group.action.replace('_', ' ')}"
        question = f"Can all dated counts of {name} be true together?"
        alike = claims[claims["counted"].isin(told) & (claims["action"] == group.action)]
        undated = sorted(set(alike["claim_id"]) - ids - withdrawn(claims).keys())
        if sets := broken.get((group.action, group.counts)):
            most = "" if sets[0].complete else f" The first {len(sets):,} contradictions found are:"
            text = f"No.{most} " + " ".join(dict.fromkeys(arithmetic(one, by_id) for one in sets[:SHOWN]))
            text += f" {len(sets) - SHOWN:,} more stand in verdicts.csv." if len(sets) > SHOWN else ""
            yield Answer(question, text, tuple(sorted({name for one in sets[:SHOWN] for name in one.claims})))
        elif len(ids) > 1:
            rest = (
                f" {number_word(len(undated), 'further figure').capitalize()} without a window of "
                f"{'its' if len(undated) == 1 else 'their'} own could not be held against them."
                if undated
                else ""
            )
            yield Answer(
                question,
                f"Yes, {'both' if len(ids) == 2 else 'all of them'}.{rest}",
                tuple(sorted(ids)),
            )


def standings(claims, totals, story, reading, day=""):
    """Yield the lowest and highest total of each series of a story on a day, "" for the last one, as an Answer."""
    chosen = totals[totals["reading"] == reading]
    for one in story.facts["series"]:
        if one["action"] in (story.facts.get("falls") or []):
            yield last_known(series_claims(of_whole(claims, story.facts), **one), day, **one)
            continue
        rows = chosen[(chosen["counted"] == one["counted"]) & (chosen["action"] == one["action"])]
        when = day or max(rows["date"], default="")
        what = f"{one['counted'].replace('_', ' ')} {one['action'].replace('_', ' ')}"
        question = f"How many {what} by {day_text(when)}?" if when else f"How many {what}?"
        on_day = rows[rows["date"] == when].to_dict("records")
        if on_day:
            [row] = on_day
            limits = [f"at least {row['low']:,}"] if row["low"] else []
            limits += [] if pd.isna(row["high"]) else [f"at most {int(row['high']):,}"]
            text = joined(limits) if limits else "any number"
            ids = row["claims"].split()
            if row["low"] == row["high"]:
                others = nameless(claims, one["counted"])
                text, ids = exactly(row["low"], others), [*ids, *others["claim_id"]]
            yield Answer(question, f"{sentence_case(text)}.", tuple(ids))
        elif not story.campaign_start:
            yield Answer(question, "story.yml names no campaign or event to count from.", ())
        elif when and when <= eve_of(story.campaign_start).isoformat():
            yield Answer(question, "None: it had not begun.", ())
        else:
            told, parts = (
                series_claims(claims, **one),
                parts_of(one["counted"], story.facts.get("sums") or {}),
            )
            bounded = any(
                group.action == one["action"] and {*group.counts} & {*parts}
                for group in tied_counts(claims, story, reading)
            )
            text = (
                "No total of them stands in the texts."
                if told.empty
                else "The claims contradict each other: no total fits them all."
                if bounded
                else "The figures set no bounds to the total."
            )
            yield Answer(question, text, () if bounded else tuple(told["claim_id"]))


def exactly(total, others):
    """That a total is known to be so many, in words, unless other claims (a frame) do not say what they count."""
    if others.empty:
        return f"exactly {total:,}"
    figures = joined(figure_texts(others.to_dict("records")))
    count = "counts" if len(others) == 1 else "count"
    return f"{total:,} by the figures that say what they count; no text says what {figures} {count}, which may be of them too"


def last_known(claims, day, counted, action):
    """What claims of a count that can fall say of the days up to one, "" for the last one, as an Answer."""
    told = claims[(claims["to_latest"] <= day) | (day == "")]
    what = f"{counted.replace('_', ' ')} {action.replace('_', ' ')}"
    question = f"How many {what} by {day_text(day)}?" if day else f"How many {what} at last?"
    if told.empty:
        return Answer(question, "No figure with a day of its own stands in the texts.", ())
    text = f"{sentence_case(by_day(told, 'on'))}. This count can fall: that it did is no contradiction."
    return Answer(question, text, tuple(told["claim_id"]))


def guesses(estimates):
    """Yield when figures of unknown date would have been true by the estimates, and whether those of one text agree, as
    Answers."""
    for row in estimates.to_dict("records"):
        what = f"{row['figure']} {row['counted'].replace('_', ' ')} {row['action'].replace('_', ' ')}"
        when = f"Between {day_text(row['earliest'])} and {day_text(row['latest'])}"
        yield Answer(
            f"When would {what} have been true?",
            f"{when}, {row['assumption']}.",
            tuple(row["claims"].split()),
        )
    for source, rows in estimates.groupby("source_id"):
        if len(rows) > 1:
            agree = (
                "Yes, the ranges meet."
                if max(rows["earliest"]) <= min(rows["latest"])
                else "No, the ranges do not meet: the pace was not even, or the figures were not counted on one day."
            )
            ids = tuple(ids.split()[0] for ids in rows["claims"])
            yield Answer(f"Can these figures of {source} be of the same day, at an even pace?", agree, ids)
