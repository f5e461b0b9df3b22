"""Words that several charts share: how two marks stand to each other, and what each figure counts, said by whom."""

from headcount.wording import figure_text, joined, sentence_case, window_phrase


def relations(verdicts, reading):
    """{(left, right): relation} of the verdicts under a reading, both ways round."""
    rows = verdicts[verdicts["reading"] == reading]
    found = {}
    for left, right, name in zip(rows["left"], rows["right"], rows["relation"], strict=True):
        found.setdefault((left, right), name)
        found.setdefault((right, left), name)
    return found


def relation(one, other, related):
    """The relation that `relations` gives for two marks; "" if it holds none."""
    pairs = ((a, b) for a in one["claims"].split() for b in other["claims"].split())
    return next((related[pair] for pair in pairs if pair in related), "")


def caption(claims, counted):
    """What each figure counts, from when to when, said by whom in which outlet: a sentence a figure."""
    sentences = [f"Totals of {counted}."]
    claims = claims.sort_values(["value", "claim_id"], ascending=[False, True])
    for _, group in claims.groupby(["value", "qualifier"], sort=False):
        first = group.iloc[0]
        voices = list(dict.fromkeys(filter(None, group["said_by"])))
        window = window_phrase(first) if first["to_earliest"] and first["from_latest"] else "no stated time"
        said = f", according to {joined(voices)}" if voices else ""
        outlets = joined(list(dict.fromkeys(group["reported_by"])))
        one_day = first["from_earliest"] == first["to_latest"] != ""
        counts = "is of" if one_day else "counts"
        sentences.append(sentence_case(f"{figure_text(first)} {counts} {window}{said} (in {outlets})."))
    return " ".join(sentences)
