"""Figures, days, windows and relations in words."""

import calendar
import re
from datetime import date, timedelta

import pandas as pd

from headcount import grammar
from headcount.story import whole_of

WORDS = {
    "same_figure": "The same figure.",
    "rounding": "One is the other, rounded.",
    "later_total": "No conflict: it can be a later total.",
    "part_of": "No conflict: one is part of the other.",
    "sums_to": "They add up.",
    "conflict": "They conflict.",
    "not_comparable": "They cannot be compared.",
}


def between_text(low, high):
    """The bounds of a difference, first less second, in words, or "" where there are none."""
    low, high = (None if pd.isna(limit) else int(limit) for limit in (low, high))
    if low is None and high is None:
        return ""
    if low == high == 0:
        return ""
    if low == high:
        by = f"{low:,}"
    elif low is None or (low == 0 and high):
        by = f"at most {high:,}"
    else:
        by = f"at least {low:,}" if high is None else f"{low:,} to {high:,}"
    return f"The second is {by} below the first."


HEDGES = {
    "exact": "{}",
    "more_than": "more than {}",
    "at_least": "at least {}",
    "almost": "almost {}",
    "about": "some {}",
    "at_most": "up to {}",
    "less_than": "fewer than {}",
    "indefinite": "{} or more",
}


def figure_text(claim):
    """The figure of a claim in words: 18,518, "seven or eight" as 7 to 8; with its hedge in quotation marks where the text has these very
    words, “more than 13,000”, and without where it says it otherwise ("over 24,000", or a hedge shared by two numbers)."""
    value = f"{claim['value']:,}"
    if not pd.isna(claim.get("value_high")):
        value += f" to {claim['value_high']:,}"
    text = HEDGES[claim["qualifier"]].format(value)
    said = claim["qualifier"] != "exact" and text in claim["sentence"].lower()
    return f"“{text}”" if said else text


def figure_texts(claims):
    """The different figures of claims (dicts) in words, in order, each once: in quotation marks if one of the texts has these words."""
    words = {}
    for text in map(figure_text, claims):
        plain_words = text.strip("“”")
        words[plain_words] = max(text, words.get(plain_words, ""), key=len)
    return list(words.values())


def day_text(iso, later=0):
    """An ISO day, or one so many days later, as newspapers write it: 6 December 2011."""
    day = date.fromisoformat(iso) + timedelta(days=later)
    return f"{day.day} {day:%B %Y}"


def month_text(iso):
    """The month of an ISO day: April 2009."""
    return f"{date.fromisoformat(iso):%B %Y}"


def counted_text(claim):
    """What a claim counts, in words: children, women and children, or the noun of a thing that story.yml does not list."""
    return claim["counted"].replace("_", " ") or claim["noun"].lower()


def action_text(claim):
    """The act of a claim in words."""
    return claim["action"].replace("_", " ")


def deed_text(claim):
    """What was done, as it stands behind those counted: "rescued" in "children rescued", "that took part"."""
    return f"that {action_text(claim)}" if claim["action"] in grammar.load()["doers"] else action_text(claim)


def did_text(claim):
    """What was done, as a verb: "were rescued", "took part"."""
    return action_text(claim) if claim["action"] in grammar.load()["doers"] else f"were {action_text(claim)}"


def open_window(claim):
    """Whether an end of a claim's window is open."""
    return not all(claim[name] for name in ("from_earliest", "from_latest", "to_earliest", "to_latest"))


def undated_text(claim):
    """That no text dates a figure, and by when it was told."""
    told = f"; they were told of by {day_text(claim['to_latest'])}" if claim["to_latest"] else ""
    return f"no text says when the {figure_text(claim)} {counted_text(claim)} {did_text(claim)}{told}"


def period_text(early, late):
    """A day known as an interval, in words: a day, a month, a year, or from when to when."""
    if early == late:
        return day_text(early)
    if early[:7] == late[:7] and early.endswith("-01"):
        return month_text(early)
    if early[:4] == late[:4] and early[5:] == "01-01" and late[5:] == "12-31":
        return f"an unknown day of {early[:4]}"
    return f"a day between {day_text(early)} and {day_text(late)}"


def window_phrase(claim):
    """The window of a claim in words."""
    start, start_late, end, end_late = (
        claim[name] for name in ("from_earliest", "from_latest", "to_earliest", "to_latest")
    )
    if open_window(claim):
        since = f"from {period_text(start, start_late or start)} " if start else ""
        until = f"up to {day_text(end_late)}" if end_late else "up to an unknown day"
        return since + until if since else f"an unknown time {until}"
    if start == start_late and end == end_late and start[5:] == "01-01" and end == f"{start[:4]}-12-31":
        return f"the year {start[:4]}"
    if (start, start_late) == (end, end_late):
        if start[:7] == end_late[:7] and start.endswith("-01") and date.fromisoformat(start_late).day >= 28:
            return f"some time in {month_text(start)}"
        day = period_text(start, end_late)
        return f"{day}, the day of its operation" if claim.get("dated_by") else day
    begins = period_text(start, start_late)
    ends = period_text(end, end_late)
    if end != end_late and end[:7] == end_late[:7]:
        ends = f"{day_text(end)} or soon after"
    return f"from {begins} to {ends}"


def correction_text(old, new):
    """That a figure was withdrawn, and what a text gives in its place."""
    return (
        f"{figure_text(old)} was withdrawn: {new['reported_by']} says that it is {figure_text(new)}, "
        f"{when_text(new)}, and not {figure_text(old)}."
    )


def when_text(claim):
    """The window of a claim as it stands behind a figure in a sum: "in all of 2011", "by 6 December 2011"."""
    if claim["scope"] == "campaign":
        return f"by {period_text(claim['to_earliest'], claim['to_latest'])}"
    phrase = window_phrase(claim)
    if claim["from_earliest"] == claim["to_latest"]:
        return f"on {phrase}"
    return f"in all of {phrase[9:]}" if phrase.startswith("the year ") else phrase


def arithmetic(contradiction, claims):
    """Why a smallest set of claims cannot hold, as a sum in words: "7,000 by 31 December 2010 and 8,660 in all of 2011 make at most
    15,660 by 6 December 2011, not 18,518". `claims` are the story's by id."""
    proof = contradiction.proof
    if not proof.at_least:
        return f"No whole numbers fit {joined([figure_text(claims[name]) for name in contradiction.claims])} together."
    several = len({claims[name]["counted"] for name in contradiction.claims}) > 1

    def term(bound, times):
        claim = claims[bound.claim_id]
        what = f" {counted_text(claim)}" if several else ""
        return f"{'' if times == 1 else f'{times} times '}{figure_text(claim)}{what}", when_text(claim)

    least, most = ([term(*part) for part in side] for side in (proof.at_least, proof.at_most))
    if len(least) == 1:
        figure, when = least[0]
        if len(most) == 1 and proof.at_least[0][1] == proof.at_most[0][1] == 1:
            return sentence_case(f"{figure} {when} is more than {' '.join(most[0])} allows.")
        leave = "make" if len(most) > 1 else "leaves"
        left = f"{joined([' '.join(part) for part in most])} {leave} at most {proof.most:,} {when}, not {figure}."
        return sentence_case(left)
    return sentence_case(
        f"{joined([' '.join(part) for part in least])} make at least {proof.least:,}, "
        f"which cannot be part of {joined([' '.join(part) for part in most])}{'' if len(most) == 1 else f', at most {proof.most:,}'}."
    )


def joined(words):
    """Words as a list in prose: "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def some_of(words, most=12):
    """Words as a list in prose; where there are more than `most`, the first of them and how many others."""
    return joined(words if len(words) <= most else [*words[: most - 1], f"{len(words) - most + 1:,} others"])


def most_told(answers, most):
    """Up to `most` Answers, in their order: those that stand on most claims."""
    ranked = sorted(range(len(answers)), key=lambda number: (-len(answers[number].claims), number))
    return [answers[number] for number in sorted(ranked[:most])]


# Characters that would turn text around or vanish: C0 and C1 controls but for spaces, directional overrides and isolates.
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def sentence_case(words):
    """Words with a capital at their beginning."""
    return words[:1].upper() + words[1:]


def visible(text):
    """A text whose hidden and direction-changing characters are shown by their number: [U+202E]."""
    return HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def plain(text):
    """`text` so that Markdown and HTML show it as it stands: two dollar signs are no formula either."""
    text = re.sub(r"([\\`*_{}\[\]()#+!|~$<>&-])", lambda match: f"&#{ord(match[0])};", text)
    return text.replace("&#36;", "<span>&#36;</span>")


# --- in charts ----------------------------------------------------------------------------------------------------------

NUMBERS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def number_word(number, thing="", things=""):
    """A count as newspapers write it, in words up to twelve: "one voice", "13 voices"."""
    words = NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"
    return f"{words} {thing if number == 1 else things or thing + 's'}".rstrip() if thing else words


def outlets_text(names):
    """Outlets in the room of a label: up to two by name."""
    names = list(dict.fromkeys(names))
    return joined(names) if len(names) < 3 else f"{names[0]} and {number_word(len(names) - 1, 'other')}"


def thing_text(story, counted):
    """The thing counted as a chart calls it: the first of its nouns in story.yml."""
    return story["counted"][counted][0]


def whole_text(story):
    """What running totals count from as a chart calls it: the name of story.yml's campaign or event."""
    return whole_of(story).get("name", "the whole")


def short_day(iso):
    """An ISO day as short as a label needs it: 6 Dec 2011."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%b %Y}"


def days_text(early, late):
    """A day known as an interval, as short as a label needs it: "6–11 Dec 2011", "some day of 2011", "by 28 Sep 2013"."""
    if not early or early == late:
        return short_day(late) if early else f"by {short_day(late)}"
    if (early[5:], late[5:]) == ("01-01", "12-31"):
        span = early[:4] if early[:4] == late[:4] else f"{early[:4]}–{late[:4]}"
        return f"some day of {span}"
    if early[:7] == late[:7]:
        if late == month_end(late) and early.endswith("-01"):
            return f"{date.fromisoformat(late):%b %Y}"
        return f"{date.fromisoformat(early).day}–{short_day(late)}"
    if early[:4] == late[:4]:
        return f"{short_day(early)[:-5]}–{short_day(late)}"
    return f"{short_day(early)}–{short_day(late)}"


def month_end(iso):
    """The last day of the month of an ISO day."""
    year, month = map(int, iso.split("-")[:2])
    return f"{iso[:7]}-{calendar.monthrange(year, month)[1]}"


def source_line(sources, source_ids, reading):
    """The source line of a figure: the publishers of the texts it stands on, and how hedges were read."""
    names = sources.set_index("source_id")["publisher"]
    outlets = sorted({names[source] for source in source_ids}, key=str.lower)
    how = "literally" if reading == "literal" else "as newsrooms round"
    return f"Source: texts by {some_of(outlets)}; hedges read {how}. Chart: Headcount."
