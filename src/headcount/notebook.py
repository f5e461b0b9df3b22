"""What the notebooks share: their parameters, checked, and tables, and prose whose contents are computed."""

import ast
import re
from datetime import date
from types import SimpleNamespace

from headcount import HeadcountError
from headcount.story import Story
from headcount.tables import read_table

READINGS = ("literal", "newsroom")


def settings(story, **given):
    """The parameters of a notebook as attributes, checked: `story` as a Story, and of `reading`, `counted`, `as_of` those given.

    Raises HeadcountError, listing what is allowed, for a wrong value, and for a parameter that papermill injected under an
    unknown name.
    """
    refuse_unknown(injected(), {"story", *given})
    if not isinstance(story, str):
        raise HeadcountError(f"story = {story!r}: it must be the path of a story folder, as text.")
    story = Story.at(story)
    allowed = {"reading": READINGS, "counted": tuple(series["counted"] for series in story.facts["series"])}
    for name, value in list(given.items()):
        if name == "as_of":
            given[name] = _day(value) or str(story.facts.get("as_of", ""))
        elif value not in allowed[name]:
            raise HeadcountError(f"{name} = {value!r}: it must be one of {', '.join(allowed[name])}.")
    return SimpleNamespace(story=story, **given)


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
    """Display Answers, one below the other, or that there are none."""
    show(
        "\n\n".join(f"**{plain(one.question)}** {plain(one.answer)}" for one in answers)
        or "No figures of this story raise this question."
    )


def marked(mentions, claims):
    """Yield (source_id, paragraph of Markdown) for each sentence that holds a claim, its mentions in bold with their kind."""
    sentences = claims.drop_duplicates("mention_id").set_index("mention_id")["sentence"]
    for (source, start), group in mentions.groupby(["source_id", "sentence_start"], sort=False):
        sentence = next((sentences[name] for name in group["mention_id"] if name in sentences.index), None)
        if sentence is None:
            continue
        pieces, position = [], 0
        for mention in group.itertuples():
            pieces.append(plain(sentence[position : mention.start - start]))
            pieces.append(f"**{plain(mention.text)}**<sub>{mention.kind}</sub>")
            position = mention.end - start
        yield source, "".join(pieces) + plain(sentence[position:])


def plain(text):
    """`text` so that Markdown and HTML show it as it stands."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~$<>&-])", lambda match: f"&#{ord(match[0])};", text)


def tables(story, *names):
    """The tables of a story by name, read and checked, as attributes."""
    return SimpleNamespace(**{name: read_table(name, story.processed / f"{name}.csv") for name in names})


def _day(value):
    """`value` if it is an ISO day or "" (story.yml's day), else a HeadcountError."""
    try:
        if value != "" and date.fromisoformat(value).isoformat() != value:
            raise ValueError
    except (TypeError, ValueError):
        raise HeadcountError(
            f'as_of = {value!r}: it must be a day such as "2010-12-31", or "" for the one in story.yml.'
        ) from None
    return value
