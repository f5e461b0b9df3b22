"""The page: figures, verdicts and quotes as one self-contained HTML file, and beside it the tables for download."""

import base64
import json
import re
from functools import cache
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from headcount import HeadcountError, answers, canvas, marks, standings
from headcount.datapackage import data_package, edition
from headcount.estimates import estimates
from headcount.figures import BUNDLE
from headcount.links import Links, quote_anchor
from headcount.operations import dated
from headcount.suppositions import suppositions
from headcount.tables import as_meant, read_table, schemas
from headcount.wording import (
    counted_text,
    deed_text,
    figure_text,
    most_told,
    number_word,
    period_text,
    some_of,
    visible,
    window_phrase,
)
from headcount.writing import write_bytes

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
COLORS = {  # of the charts, as the page names them, so that they change with its light
    canvas.INK: "ink",
    canvas.MUTED: "muted",
    canvas.RULE: "rule",
    canvas.PAPER: "paper",
    marks.BLUE: "blue",
    marks.PALE: "pale",
    marks.ORANGE: "orange",
}
MOST = 100  # answers of a topic and rows of a chart's data that are shown; of more texts, only those that are quoted
QUOTED = 1_000  # claims up to which the page quotes all; of more, those that something on the page leads to
TOPICS = {  # of answers, in order, with their headings
    "consistency": "Can they all be true?",
    "standings": "How many by then?",
    "totals": "Why do the totals differ?",
    "reports": "Where reports of one figure differ, is one the other, rounded?",
    "echoes": "How many reports, how many voices?",
    "parts": "Which operations belong to which totals?",
    "deeds": "What should not be held against each other?",
}


def write_page(story, figures, reading="literal", as_of=""):
    """Write a story's index.html among its figures, the tables beside it in data/, and the data package in the story's processed
    folder, the same bytes every time. `figures` are the names of its figures in order, `reading` how hedges are read, `as_of` the
    day for which running totals are told, "" for the one in story.yml."""
    tables = {name: read_table(name, story.processed / f"{name}.csv") for name in schemas()}
    files = {name: (story.processed / f"{name}.csv").read_bytes() for name in tables}
    package = json.dumps(data_package(story, files), indent=1, ensure_ascii=False) + "\n"
    cards = [read_card(story.figures / f"{name}.json") for name in figures]
    write_bytes(story.processed / "datapackage.json", package.encode())
    for name, data in files.items():
        write_bytes(story.figures / "data" / f"{name}.csv", data)
    write_bytes(story.figures / "data" / "datapackage.json", package.encode())
    contents = page_contents(story, tables, cards, reading, as_of) | {"edition": edition(files)}
    write_bytes(story.figures / "index.html", render(contents).encode())


def read_card(path):
    """The card of a figure; a HeadcountError if it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise HeadcountError(f"{path} cannot be read as the card of a figure. Run make.") from None


def page_contents(story, tables, cards, reading, as_of):
    """What the template shows, by name."""
    claims = dated(tables["claims"])
    links = Links(claims, reading)
    topics = all_answers(story, tables, reading, as_of)
    drawn = [card for card in cards if "left_out" not in card]
    contents = {
        "story": story.facts,
        "reading": "to the letter" if reading == "literal" else "as newsrooms round",
        "lead": lead(drawn, topics["totals"], next(iter(story.series.values())), links),
        "figures": [figure(card, story.figures, links) for card in drawn],
        "left_out": [card["left_out"] for card in cards if "left_out" in card],
        "topics": [
            (
                name,
                TOPICS[name],
                list(links.answers(most_told(topics[name], MOST))),
                max(0, len(topics[name]) - MOST),
            )
            for name in TOPICS
            if topics[name]
        ],
        "left_out_pairs": answers.left_out(tables["claims"]).strip(),
        "compared": any(topics[name] for name in TOPICS if name != "standings"),
        "suppositions": list(links.answers(topics["suppositions"])),
        "guesses": list(links.answers(topics["guesses"])),
        "worked": links.worked,
        "tables": [
            {"name": name, "description": schemas()[name]["description"], "rows": len(table)}
            for name, table in tables.items()
        ],
        "forms": (*BUNDLE, "json"),
        "counts": {name: len(table) for name, table in tables.items()}
        | {"unclassified": int((tables["mentions"]["kind"] == "unclassified").sum())},
        "texts": number_word(len(tables["sources"]), "text"),
        "outlets": some_of(list(dict.fromkeys(tables["sources"]["publisher"]))),
    }
    quoted = (
        claims if len(claims) <= QUOTED else [claim for claim in claims if claim["claim_id"] in links.used]
    )
    return contents | {
        "quotes": list(quotes(tables["sources"], tables["mentions"], quoted)),
        "unquoted": len(claims) - len(quoted),
    }


def all_answers(story, tables, reading, as_of):
    """The Answers of every topic, what is supposed and what is guessed included, by topic."""
    day = as_of or str(story.facts.get("as_of", ""))
    claims, verdicts, facts = (tables[name] for name in ("claims", "verdicts", "facts"))
    found = {
        "consistency": standings.consistency(claims, story, reading),
        "standings": standings.standings(claims, tables["totals"], story, reading, day),
        "echoes": answers.echoes(claims, facts, story),
        "parts": answers.parts(claims, verdicts),
        "suppositions": suppositions(claims, story, reading),
        "guesses": standings.guesses(estimates(claims, story)),
    }
    found |= {name: answers.answers(claims, verdicts, reading, name) for name in TOPICS if name not in found}
    return {name: list(some) for name, some in found.items()}


def lead(cards, totals, series, links):
    """The finding: the first figure's title, why the totals of the first series differ, and what the other figures find."""
    of_counted = [
        one for one in totals if any(series.items() <= links.claims[name].items() for name in one.claims)
    ]
    why = (of_counted or totals)[:1]
    return {
        "title": links(cards[0]["title"], cards[0]["claims"]) if cards else "",
        "why": [links(one.answer, one.claims) for one in why],
        "others": [{"name": card["name"], "title": card["title"]} for card in cards[1:]],
    }


# --- figures ----------------------------------------------------------------------------------------------------------------


def figure(card, folder, links):
    """A figure for the template: its card with linked numbers, its drawing, its data."""
    data = pd.read_csv(folder / f"{card['name']}.csv", dtype=str, keep_default_na=False).map(as_meant)
    shown = [name for name in data if name not in ("claims", "fact_id") and (data[name] != "").any()]
    return card | {
        "svg": Markup(drawing(folder / f"{card['name']}.svg", card["name"], links)),
        "caption": links(card["caption"], card["claims"]),
        "description": links(card["alt"], card["claims"]),
        "columns": [name.replace("_", " ") for name in shown],
        "rows": [
            {"cells": [row[name] for name in shown], "claims": links.credits(row["claims"].split())}
            for row in data.head(MOST).to_dict("records")
        ],
        "more": max(0, len(data) - MOST),
    }


def drawing(path, name, links):
    """An SVG file as part of the page: its colours those of the page, its typeface the page's, its links within the page. Of the
    links that lead to one quote, the keyboard reaches the first that has words, else the first."""
    try:
        svg = ElementTree.fromstring(path.read_bytes())
    except (OSError, ElementTree.ParseError):
        raise HeadcountError(f"{path} cannot be read as a figure. Run make.") from None
    for parent in list(svg.iter()):
        for child in list(parent):
            if child.tag.removeprefix(SVG) in ("title", "desc", "style", "defs", "metadata"):
                parent.remove(child)
    for one in svg.iter():
        if not (one.text or "").strip():
            one.text = None
        one.tail = None
        if "d" in one.attrib:
            one.set("d", " ".join(one.get("d").split()))
        if "style" in one.attrib:
            one.set("style", re.sub("#[0-9a-f]{6}", _color, one.get("style")))
    for size in ("width", "height", "version"):
        svg.attrib.pop(size, None)
    _, _, width, height = map(float, svg.get("viewBox").split())
    svg.attrib |= {
        "viewBox": f"{canvas.MARGIN} {canvas.MARGIN} {width - 2 * canvas.MARGIN:g} {height - canvas.MARGIN:g}",
        "class": "chart",
        "role": "group",
        "aria-labelledby": f"{name}-title",
        "aria-describedby": f"{name}-alt",
    }
    _lead_to_quotes(svg, links)
    ElementTree.register_namespace("", SVG[1:-1])
    return ElementTree.tostring(svg, encoding="unicode")


def _color(found):
    return f"var(--{COLORS[found[0]]})" if found[0] in COLORS else found[0]


def _lead_to_quotes(svg, links):
    claims = {f"#{quote_anchor(claim)}": claim for claim in links.claims.values()}
    anchors = list(svg.iter(f"{SVG}a"))
    for one in anchors:
        one.set("href", one.attrib.pop(f"{XLINK}href").removeprefix("index.html"))
    links.used |= {claims[one.get("href")]["claim_id"] for one in anchors}
    first = {}
    for one in sorted(anchors, key=lambda one: one.find(f".//{SVG}text") is None):
        first.setdefault(one.get("href"), one)
    for one in anchors:
        if first[one.get("href")] is one:
            claim = claims[one.get("href")]
            words = f"{figure_text(claim)} {counted_text(claim)}, {claim['reported_by']}: to the quote"
            one.set("aria-label", visible(words))
        else:
            one.attrib |= {"tabindex": "-1", "aria-hidden": "true"}


# --- quotes -----------------------------------------------------------------------------------------------------------------


def quotes(sources, mentions, claims):
    """Yield each text for the template: what is known of it, and each of its sentences that holds a claim, its figures marked."""
    starts = mentions.set_index("mention_id")["sentence_start"]
    sentences = {}
    for claim in sorted(claims, key=lambda claim: (claim["source_id"], claim["start"], claim["claim_id"])):
        begin = int(starts[claim["mention_id"]])
        sentences.setdefault(claim["source_id"], {}).setdefault(begin, []).append(claim)
    for source in sources.to_dict("records"):
        if len(sources) > MOST and source["source_id"] not in sentences:
            continue
        days = source["published_earliest"], source["published_latest"]
        yield source | {
            "published": period_text(*days) if all(days) else "an unknown day",
            "sentences": [
                {"pieces": list(pieces(begin, some)), "voices": voices(some)}
                for begin, some in sentences.get(source["source_id"], {}).items()
            ],
        }


def pieces(begin, claims):
    """Yield a sentence that begins at an offset in pieces: (words, anchors of the claims whose figure they are)."""
    sentence, done = claims[0]["sentence"], 0
    places = {}
    for claim in claims:
        places.setdefault((claim["start"] - begin, claim["end"] - begin), []).append(quote_anchor(claim))
    for (start, end), anchors in sorted(places.items()):
        start = max(start, done)
        yield sentence[done:start], []
        yield sentence[start:end], anchors
        done = max(end, done)
    yield sentence[done:], []


def voices(claims):
    """The claims of a sentence by who says so and who reports it, in words for the list under it."""
    told = {}
    for claim in claims:
        what = f"{figure_text(claim)} {counted_text(claim)} {deed_text(claim)}".strip()
        told.setdefault((claim["said_by"], claim["reported_by"]), []).append(
            {"what": what, "window": window_phrase(claim), "place": f"{claim['start']}–{claim['end']}"}
        )
    return [
        {"said_by": said, "reported_by": reported, "claims": some} for (said, reported), some in told.items()
    ]


# --- the file ---------------------------------------------------------------------------------------------------------------


@cache
def template():
    """The page's template, which escapes all it is given."""
    path = Path(__file__).with_suffix(".html")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.filters |= {"count": "{:,}".format, "figure": figure_text, "quote": quote_anchor}
    return environment.from_string(path.read_text(encoding="utf-8"))


def render(contents):
    """The page as HTML, its typeface cut down to the characters it shows."""
    bare = re.sub(r"<style.*?</style>|<[^>]*>", " ", template().render(contents, fonts={}), flags=re.DOTALL)
    characters = sorted({ord(letter) for letter in unescape(bare)})
    fonts = {
        700 if bold else 400: base64.b64encode(canvas.subset(path, characters)).decode()
        for bold, path in canvas.typeface().items()
    }
    return template().render(contents, fonts=fonts)
