"""Stage 2b, claims: each count with what is counted, what was done, its hedge, its window, and who said it."""

from bisect import bisect_right
from datetime import date
from functools import cache, lru_cache
from itertools import groupby

import pandas as pd

from headcount import counts, grammar
from headcount.antecedents import carried, corrected
from headcount.deeds import belongs, deed_of, deeds_in, is_deed, is_part, named_in_passing
from headcount.doubts import doubt_of
from headcount.facts import fact_ids
from headcount.mentions import find_mentions, value_of
from headcount.nouns import Nouns, among_them
from headcount.places import place_of
from headcount.sentences import sentence_at, sentence_breaks, unwrapped
from headcount.sources import read_sources, read_text
from headcount.speech import Voices, reporters
from headcount.story import Story
from headcount.tables import checked
from headcount.times_before import dated_back
from headcount.tolls import count_tolls
from headcount.windows import scope_of, since_the_campaign, window_columns, window_of

LONGEST_NUMBER = 60  # characters; what is longer is a code
LARGEST = 10**15  # a count; beyond, sums and tables would no longer be exact
MOST_DATES = 12  # calendar expressions of a sentence, the nearest, that are asked about a number
TEASER = 60  # characters in which a sentence cut off by "…" agrees with the full one

# --- the claims of a text, and of all texts ------------------------------------------------------------------------------


def read_claims(text, source, nouns, campaign_start=None):
    """(mentions, claims) of one text as two lists of dicts, rows of mentions.csv and claims.csv without fact_id.

    `source` is its row of sources.csv, `nouns` the story's Nouns, `campaign_start` the (earliest, latest) day on which its campaign can have begun, or None.
    """
    whole, text = text, unwrapped(text)
    breaks = sentence_breaks(text)
    published, voices = _published(source), Voices(text, breaks)
    outlets = reporters(text, source["publisher"])
    mentions, claims = [], []
    found = [_held(mention, text) for mention in find_mentions(text)]
    for (start, end), group in _by_sentence(text, breaks, found):
        mentions += [_mention_row(text, source, mention, start, end) for mention in group]
        if not grammar.claimed().isdisjoint([mention.rule for mention in group]):
            claims += _sentence_claims(
                text, source, (start, end), group, nouns, voices, published, outlets, campaign_start
            )
    claims = carried(dated_back(complete(claims, nouns), campaign_start), text)
    return _as_they_stand(whole, mentions, claims) if whole != text else (mentions, claims)


def _as_they_stand(text, mentions, claims):
    """The rows of mentions and claims with the words as they stand in a text whose lines were read as unwrapped."""
    sentences = {row["mention_id"]: text[row["sentence_start"] : row["sentence_end"]] for row in mentions}
    return (
        [row | {"text": text[row["start"] : row["end"]]} for row in mentions],
        [claim | {"sentence": sentences[claim["mention_id"]]} for claim in claims],
    )


def _by_sentence(text, breaks, mentions):
    """((start, end), mentions) of each sentence of a text that has mentions."""
    groups = {}
    for _, together in groupby(mentions, lambda mention: bisect_right(breaks, mention.start)):
        group = list(together)
        start, end = sentence_at(text, breaks, group[0].start)
        for mention in group:
            groups.setdefault((start, max(end, mention.end)), []).append(mention)
    return groups.items()


def complete(claims, nouns):
    """The claims of one text, completed from one another.

    A number without a noun takes it from the claim that repeats it in full, and so does a headline its window; a teaser cut off by
    "…" takes the speaker of the full sentence.
    """
    window = ("from_earliest", "from_latest", "to_earliest", "to_latest")
    named, whole, teased = {}, {}, {}
    for claim in claims:
        key = claim["value"], claim["qualifier"], claim["action"]
        if not _nameless(claim):
            named.setdefault(key, set()).add(claim["counted"])
        if claim["from_earliest"]:
            whole.setdefault((*key, claim["counted"]), claim)
        if claim["said_by"]:
            teased.setdefault((*key, claim["sentence"][:TEASER]), claim)
    for claim in claims:
        key = claim["value"], claim["qualifier"], claim["action"]
        if not claim["noun"] or (not claim["counted"] and _nameless(claim)):
            if len(named.get(key, ())) == 1:
                [claim["counted"]] = named[key]
            elif (
                not claim["counted"]
                and "people" in nouns.counted.values()
                and claim["action"] in grammar.load()["of_people"]
            ):
                claim["counted"] = "people"
        if claim["window_basis"] == "open":
            fuller = whole.get((*key, claim["counted"]))
            headline = claim["sentence"] == claims[0]["sentence"] and (claim["counted"] or claim["action"])
            if fuller and headline and not claim["said_by"]:
                claim.update({name: fuller[name] for name in window})
                claim.update(window_basis="date_in_text", scope=fuller["scope"])
        if not claim["said_by"] and claim["sentence"].endswith("…"):
            full = teased.get((*key, claim["sentence"][:TEASER]))
            claim["said_by"] = full["said_by"] if full else ""
    return claims


def _nameless(claim):
    """Whether the noun of a claim does not say what is counted: there is none, or it is "others", or the deed: "388 arrests"."""
    return claim["noun"] in ("", "others") or is_deed(claim["noun"])


@cache
def _cases_of():
    return grammar.compiled(grammar.load()["cases_of"])


def _held(mention, text):
    """A mention, unclassified if its number, or the upper end of its range, is more than a count can be."""
    if mention.rule in grammar.claimed():
        number = text[mention.start : mention.number_end]
        largest = max(filter(None, counts.values_of(number)), default=0)
        return mention._replace(kind="unclassified", rule="") if largest > LARGEST else mention
    return mention


def _published(source):
    days = source["published_earliest"], source["published_latest"]
    return tuple(map(date.fromisoformat, days)) if all(days) else None


def _mention_row(text, source, mention, start, end):
    words = text[mention.start : mention.end]
    number = text[mention.start : mention.number_end]
    value = "" if mention.kind == "date" or len(number) > LONGEST_NUMBER else _value_text(number)
    return {
        "mention_id": f"{source['source_id']}:{mention.start}",
        "source_id": source["source_id"],
        "file": source["file"],
        "start": mention.start,
        "end": mention.end,
        "text": words,
        "kind": mention.kind,
        "value": value,
        "rule": mention.rule,
        "sentence_start": start,
        "sentence_end": end,
    }


@lru_cache(counts.REMEMBERED)
def _value_text(number):
    """The value of a number, of a range its lower end, as it stands in mentions.csv."""
    value = value_of(counts.lower_end(number))
    return str(value if value.denominator == 1 else float(value))


def _sentence_claims(text, source, span, group, nouns, voices, published, outlets, campaign_start):
    """The claims of one sentence: `group` are its mentions, `span` its (start, end) in `text`."""
    offset, sentence = span[0], text[slice(*span)]
    deeds, speakers = deeds_in(sentence), voices.speakers(*span)
    dates = [(mention.start - offset, mention.end - offset) for mention in group if mention.kind == "date"]
    rows, listed, deed, whole = [], None, None, None
    for mention in group:
        if mention.rule not in grammar.claimed():
            continue
        start, end = mention.start - offset, mention.end - offset
        number = sentence[start:end]
        counted, noun, length = nouns.find(sentence[end:])
        if not noun:
            counted, noun = nouns.find_ahead(sentence, start)
        before = rows[-1] if rows else None
        shares = before and belongs(
            sentence, (before["start"] - offset, before["end"] - offset), (start, end)
        )
        if (shares and not noun) or (before and _cases_of().match(sentence, end)):
            counted, noun = before["counted"], ""
        value, value_high = counts.values_of(number)
        qualifier = counts.hedge_of(sentence, start, end)
        shared = (
            qualifier == "exact"
            and not among_them().match(sentence, end)
            and listed is not None
            and counts.shares(sentence[listed[0] : start], value, listed[1])
        )
        if shared:
            qualifier = listed[1]
        listed = (end, qualifier) if qualifier not in ("exact", "indefinite") else None
        literal, newsroom = counts.bounds(value, value_high, qualifier)
        lent = [deed] if deed and shares else []
        part = shares and is_part(sentence, (before["start"] - offset, before["end"] - offset), (start, end))
        deed = deed_of(sentence, start, end + length, sorted(deeds + lent))
        if part and not deed and named_in_passing(sentence, end + length):
            deed = lent[0] if lent else None
        action = deed.action if deed else ""
        doubt = doubt_of(sentence, start, end + length)
        near = sorted(dates, key=lambda date: abs(date[0] - start))[:MOST_DATES]
        window = window_of(sentence, (start, end + length), sorted(near), published)
        window = since_the_campaign(window, sentence, campaign_start)
        if part and (window.basis == "open" or len(dates) == 1):
            window = whole
        whole = window
        said_by, outlet = voices.relayed(voices.speaker(speakers, offset, mention.start), *span)
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
                "action": "_".join(filter(None, (doubt, action))),
                "scope": "other"
                if doubt or mention.kind == "rate"
                else scope_of(window, action, noun, campaign_start),
                "place": place_of(sentence, start, end + length) or (before["place"] if part else ""),
                **window_columns(window),
                "told": source["published_latest"],  # no column of claims.csv: only to tell facts apart
                "said_by": said_by,
                "reported_by": outlet
                or next(outlet for first, last, outlet in outlets if first <= mention.start < last),
            }
        )
    return rows


def claims_of(story: Story) -> pd.DataFrame:
    """The claims of a story's texts as a table, checked, as in claims.csv. Reads the texts and sources.yml; writes nothing.

    >>> from headcount.story import ROOT, Story
    >>> claims = claims_of(Story.at(ROOT)).set_index("claim_id")
    >>> claims.loc["xinhua-2011:2266", ["counted", "action", "to_latest", "said_by"]].tolist()
    ['children', 'rescued', '2011-12-06', 'Official figures']
    """
    sources = checked(read_sources(story), "sources", story.raw / "sources.yml")
    return checked(claim_table(story, sources)[1], "claims", story.raw)


def claim_table(story: Story, sources: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(mentions, claims) of all texts of a story as two frames, the rows of mentions.csv and claims.csv."""
    nouns = Nouns(story.facts["counted"])
    publishers = {name.removeprefix("The "): name for name in sources["publisher"]}
    mentions, claims = [], []
    for source in sources.to_dict("records"):
        found, claimed = read_claims(
            read_text(story.raw / source["file"], source["sha256"]), source, nouns, story.campaign_start
        )
        mentions += found
        claims += claimed
    for claim in claims:  # "the Holm Herald reported" is The Holm Herald
        claim["reported_by"] = publishers.get(claim["reported_by"].removeprefix("The "), claim["reported_by"])
    count_tolls(corrected(claims), mentions, sources.to_dict("records"), story.facts, story.campaign_start)
    for claim, name in zip(claims, fact_ids(claims), strict=True):
        claim["fact_id"] = name
    return pd.DataFrame(mentions), pd.DataFrame(claims)
