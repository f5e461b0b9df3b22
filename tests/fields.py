"""What two readers say of counts in news that no rule was tuned to, beside the number itself: noun, deed, place, speaker and window."""

import csv

import corpus

from headcount import grammar
from headcount.claims import read_claims
from headcount.deeds import deeds_in

WINDOW = ("from_earliest", "from_latest", "to_earliest", "to_latest")
FIELDS = ("noun", "action", "place", "said_by", "window")
READERS = [corpus.GOLD / f"news_fields_reader_{reader}.csv" for reader in "ab"]


def labels():
    """[(first reader's row, second reader's row)] of the counts that both take for counts."""
    tables = []
    for path in READERS:
        with path.open(encoding="utf-8", newline="") as file:
            tables.append(list(csv.DictReader(file)))
    return [rows for rows in zip(*tables, strict=True) if all(row["is_count"] == "1" for row in rows)]


def deed(claim):
    """The action of a claim without what is doubted about it, which the readers did not label."""
    doubts = {rule["doubt"] for rule in grammar.load()["doubts"]}
    first, _, rest = claim["action"].partition("_")
    return rest if first in doubts else claim["action"]


def accepted(row, field):
    """What a reader takes for right: a set of words, or of windows."""
    if field == "window":
        ends = tuple(row[end] for end in WINDOW)
        # of a window that is open, only the last day is known: the readers put the publication there, our conventions the saying
        return {("", "", "", "")} if not (ends[0] or ends[2]) else {ends}
    words = {word.strip().lower().replace("_", " ").removeprefix("the ") for word in row[field].split("|")}
    if field == "noun":
        return words | {word.split()[-1] for word in words if word}
    if field == "action":
        return words | {deed.action for word in words for deed in deeds_in(word)}
    return words


def agree(field, one, other):
    """Whether what two accept has something in common: of places and speakers, one name within the other."""
    within = field in ("place", "said_by")
    return any(a == b or (within and a and b and (a in b or b in a)) for a in one for b in other)


def compare(source_of, nouns):
    """({field: (right, of)}, {field: (agreed, of)}): our claims against what both readers say where they agree, and how often they do."""
    right, agreed = {field: [0, 0] for field in FIELDS}, {field: [0, 0] for field in FIELDS}
    texts, claims = corpus.news_articles(), {}
    for rows in labels():
        number, start, published = int(rows[0]["row"]), int(rows[0]["start"]), rows[0]["published"]
        if number not in claims:
            claims[number] = {
                claim["start"]: claim for claim in read_claims(texts[number], source_of(published), nouns)[1]
            }
        ours = claims[number].get(start)
        for field in FIELDS:
            first, second = (accepted(row, field) for row in rows)
            agreed[field][0] += agree(field, first, second)
            agreed[field][1] += 1
            if ours and agree(field, first, second):
                right[field][0] += agree(
                    field, accepted({**ours, "action": deed(ours)}, field), first | second
                )
                right[field][1] += 1
    return right, agreed
