"""What the notebooks share: their parameters, checked, and tables, and prose whose contents are computed."""

import ast
from datetime import date
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from headcount import HeadcountError, grammar
from headcount.story import Story, is_day
from headcount.tables import read_table
from headcount.wording import counted_text, deed_text, figure_text, most_told, plain, window_phrase

READINGS = ("literal", "newsroom")
MOST = 100  # sentences of a text, rows of a table, and answers that are shown
TOLD = 500  # sentences of all texts that are shown, one of each text at least, and texts
BASIS = {
    "stated": "the sentence",
    "text_date": "the day of the text",
    "date_in_text": "another date in the text",
    "other_text": "another text",
    "open": "",
}


def settings(story, **given):
    """The parameters of a notebook as attributes, checked: `story` as a Story, and of `reading`, `counted`, `as_of` those given.

    Raises HeadcountError, listing what is allowed, for a wrong value, and for a parameter that papermill injected under an
    unknown name.
    """
    refuse_unknown(injected(), {"story", *given})
    if not isinstance(story, str):
        raise HeadcountError(f"story = {story!r}: it must be the path of a story folder, as text.")
    story = Story.at(_here() / story)
    check_acts(story)
    checked = {name: checked_value(name, value, story) for name, value in given.items()}
    return SimpleNamespace(story=story, **checked)


def checked_value(name, value, story):
    """The value of the parameter `reading`, `counted` or `as_of` if it may be that, an empty day as that of story.yml; else a HeadcountError,
    which lists what is allowed."""
    if name == "as_of":
        return checked_day(value) or str(story.facts.get("as_of", ""))
    allowed = {"reading": READINGS, "counted": tuple(story.series)}[name]
    if value not in allowed:
        raise HeadcountError(f"{name} = {value!r}: it must be one of {', '.join(allowed)}.")
    return value


def check_acts(story):
    """Raise a HeadcountError if a series of a story names an act that no text is read as telling of, but that looks like one of these."""
    known = grammar.load()["actions"]
    for act in {series["action"] for series in story.series.values()} - set(known):
        for meant in get_close_matches(act, known, 1, 0.8):
            raise HeadcountError(f"{story.folder / 'story.yml'}: {act} is no action. Did you mean {meant}?")


def refuse_unknown(names, allowed):
    """Raise a HeadcountError if `names` holds a parameter that is not among `allowed`."""
    unknown = sorted(set(names) - set(allowed))
    if unknown:
        raise HeadcountError(
            f"unknown parameter {', '.join(unknown)}; this notebook takes {', '.join(sorted(allowed))}."
        )


def injected():
    """The names that papermill set in the cell it put right before the one now running; none outside papermill."""
    try:
        cells = get_ipython().user_ns["In"]
    except NameError:
        return []
    before = cells[-2] if len(cells) > 1 else ""
    if not before.startswith("# Parameters\n"):
        return []
    return [target.id for node in ast.parse(before).body for target in getattr(node, "targets", [])]


def show(text):
    """Display a sentence or paragraph of Markdown."""
    from IPython.display import Markdown, display

    display(Markdown(text))


def show_all(answers):
    """Display Answers, one below the other, or that there are none; of more than MOST those on most claims, and how many others."""
    answers = list(answers)
    shown = most_told(answers, MOST)
    more = f"\n\n*and {len(answers) - MOST:,} questions more*" if len(answers) > MOST else ""
    show(
        "\n\n".join(f"**{plain(one.question)}** {plain(one.answer)}" for one in shown) + more
        or "No figures of this story raise this question."
    )


def listing(claims):
    """Claims as a table to read: the figure, what it counts, its window and on what that rests, who says it in which outlet, and the
    characters of the number in its file."""
    rows = claims.to_dict("records")
    return pd.DataFrame(
        {
            "figure": [figure_text(claim) for claim in rows],
            "counts": [f"{counted_text(claim)} {deed_text(claim)}".strip() for claim in rows],
            "window": [window_phrase(claim) for claim in rows],
            "window known from": [BASIS[claim["window_basis"]] for claim in rows],
            "said by": [claim["said_by"] for claim in rows],
            "reported by": [claim["reported_by"] for claim in rows],
            "characters": [f"{claim['start']}–{claim['end']}" for claim in rows],
        },
        index=pd.Index(claims["claim_id"], name="claim"),
        dtype=object,  # of no claims too
    )


def show_table(frame):
    """Display a table, with its index if that has names: text on the left, numbers on the right, unknown left empty, up to MOST rows."""
    table = frame.reset_index() if any(frame.index.names) else frame
    numbers = [pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes]
    rows = table.head(MOST).astype(object).where(table.head(MOST).notna(), "").to_numpy().tolist()
    head, *body = [[plain(" ".join(str(cell).split())) for cell in row] for row in (table.columns, *rows)]
    lines = [head, ["--:" if number else ":--" for number in numbers], *body]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    more = f"\n\n*and {len(table) - MOST:,} rows more*" if len(table) > MOST else ""
    show(text + more if len(table) else "None.")


def excerpts(mentions, claims):
    """Yield, for each text, its sentences that hold a claim as a paragraph of Markdown each, mentions in bold with their kind."""
    sentences = dict(zip(claims["mention_id"], claims["sentence"], strict=True))
    told_of = mentions.loc[mentions["mention_id"].isin(list(sentences)), ["source_id", "sentence_start"]]
    holding = mentions.merge(told_of.drop_duplicates())  # whole sentences, in order
    groups = dict(iter(holding.groupby("source_id", sort=False)))
    sources = list(dict.fromkeys(mentions["source_id"]))
    most = max(1, TOLD // len(sources)) if len(sources) > TOLD // MOST else MOST
    for source in sources[:TOLD]:
        group = groups.get(source, holding.head(0))
        told = [
            marked(next(sentences[name] for name in rows["mention_id"] if name in sentences), start, rows)
            for start, rows in islice(group.groupby("sentence_start", sort=False), most)
        ]
        left = group["sentence_start"].nunique() - len(told)
        more = f"\n\n*and {left:,} more in `mentions.csv`*" if left else ""
        yield f"### `{source}`\n\n" + "\n\n".join(told) + more
    if len(sources) > TOLD:
        yield f"*and {len(sources) - TOLD:,} texts more in `mentions.csv`*"


def marked(sentence, start, mentions):
    """A sentence that begins at `start`, as Markdown, its mentions in bold with their kind behind."""
    pieces, position = [], 0
    for mention in mentions.itertuples():
        pieces.append(plain(sentence[position : mention.start - start]))
        pieces.append(f"**{plain(mention.text)}**<sub>{mention.kind}</sub>")
        position = mention.end - start
    return "".join(pieces) + plain(sentence[position:])


def tables(story, *names):
    """The tables of a story by name, read and checked, as attributes."""
    return SimpleNamespace(**{name: read_table(name, story.processed / f"{name}.csv") for name in names})


def _here():
    """The folder of the notebooks, from which a story's path is seen, also where a kernel was started in the folder above."""
    return Path("notebooks") if Path("notebooks/01-sources.ipynb").is_file() else Path()


def checked_day(value):
    """`value` if it is an ISO day or "" (story.yml's day), else a HeadcountError."""
    try:
        day = date.fromisoformat(value) if value != "" else None
        if day and not (day.isoformat() == value and is_day(day)):
            raise ValueError
    except (TypeError, ValueError):
        raise HeadcountError(
            f'as_of = {value!r}: it must be a day such as "2010-12-31", or "" for the one in story.yml.'
        ) from None
    return value
