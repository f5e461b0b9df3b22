"""Figures: a chart as one specification, and its bundle of SVG, PNG, PDF, the plotted data and a card of its words."""

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import matplotlib
import pandas as pd

from headcount.canvas import (
    FAMILY,
    INK,
    INNER,
    MARGIN,
    MUTED,
    RULE,
    SMALL,
    TITLE,
    WIDTH,
    Canvas,
    subset,
    typeface,
)
from headcount.marks import claim_ids
from headcount.tables import csv_bytes
from headcount.wording import plain
from headcount.writing import write_bytes

DPI = 400  # twice the 200 that newsprint takes
COLORS = 128  # of the PNG's palette: flat colours and their edges
BUNDLE = ("svg", "png", "pdf", "csv")
SETTINGS = {
    "svg.hashsalt": "headcount",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "text.hinting": "none",
}


@dataclass(frozen=True)
class Chart:
    """Everything a figure is made of: its words, the data it plots (with the ids of the claims behind each row in the column
    `claims`) and `draw`, which puts that data on a canvas below a y and returns the y below it."""

    name: str
    title: str
    subtitle: str
    caption: str
    alt: str
    source: str
    data: pd.DataFrame
    draw: Callable

    @property
    def claims(self):
        """The ids of all claims it stands on, sorted."""
        return claim_ids(self.data)


@dataclass(frozen=True)
class LeftOut:
    """A figure for which the story has no material, and the sentence that says so."""

    name: str
    reason: str
    data = pd.DataFrame()


def anchor(claim_ids):
    """The link from a mark to the quote of its (first) claim on the page; "" for none."""
    return f"index.html#claim-{claim_ids.split()[0].replace(':', '-')}" if claim_ids else ""


def write_bundle(chart, folder):
    """Write a Chart as name.svg, .png, .pdf, .csv and a card, name.json, the same bytes every time. Of a LeftOut only the card
    is written, and what an earlier run drew is removed. Returns the path of the card."""
    if isinstance(chart, LeftOut):
        for form in BUNDLE:
            (folder / f"{chart.name}.{form}").unlink(missing_ok=True)
        card = {"name": chart.name, "left_out": chart.reason}
    else:
        with matplotlib.rc_context(SETTINGS):
            figure = sheet(chart).figure
            files = {"svg": _svg(figure, chart), "png": _png(figure), "pdf": _pdf(figure, chart)}
        files["csv"] = csv_bytes(chart.data)
        for form in BUNDLE:
            write_bytes(folder / f"{chart.name}.{form}", files[form])
        words = ("name", "title", "subtitle", "caption", "alt", "source", "claims")
        card = {word: getattr(chart, word) for word in words}
        card["files"] = {f"{chart.name}.{form}": hashlib.sha256(files[form]).hexdigest() for form in BUNDLE}
    path = folder / f"{chart.name}.json"
    write_bytes(path, (json.dumps(card, indent=1, ensure_ascii=False) + "\n").encode())
    return path


def publish(chart, folder):
    """Write a chart's bundle to a folder and return, for display, its PNG as published, or the sentence of a LeftOut."""
    from IPython.display import Image, Markdown

    write_bundle(chart, folder)
    if isinstance(chart, LeftOut):
        return Markdown(plain(chart.reason))
    return Image(filename=str(folder / f"{chart.name}.png"), width=round(WIDTH / 0.75), alt=chart.alt)


def findings(charts):
    """What the charts find, and why others are left out, as a list in Markdown."""
    found = (chart.reason if isinstance(chart, LeftOut) else chart.title for chart in charts)
    return "\n".join(f"- {plain(words)}" for words in found)


def sheet(chart):
    """The Canvas of a chart: title, subtitle, the drawing, the source line."""
    canvas = Canvas()
    canvas.box(MARGIN, 8, MARGIN + 28, 11, INK)
    y = canvas.paragraph(MARGIN, 18, chart.title, INNER, TITLE, bold=True)
    y = canvas.paragraph(MARGIN, y + 4, chart.subtitle, INNER, SMALL + 0.5)
    y = chart.draw(canvas, y + 8, chart.data)
    canvas.line([(MARGIN, y + 8), (WIDTH - MARGIN, y + 8)], RULE, 0.5)
    y = canvas.paragraph(MARGIN, y + 13, chart.source, INNER, SMALL, MUTED)
    canvas.cut(round(y + 7))
    return canvas


def _svg(figure, chart):
    """The SVG: text as text in an embedded subset of the typeface, a title and a description for those who cannot see it."""
    data = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(data, format="svg", metadata=nothing)
    text = data.getvalue().decode()
    text = re.sub(r"\A.*?(?=<svg)", "", text, flags=re.DOTALL)
    text = re.sub(r'<g id="\w+_\d+">', "<g>", text).replace(' target="_blank"', "")
    characters = sorted({ord(letter) for letter in re.sub(r"<[^>]*>", "", text)} | {0x20})
    rules = []
    for bold, path in typeface().items():
        font = base64.b64encode(subset(path, characters)).decode()
        rules.append(
            f'@font-face{{font-family:"{FAMILY}";font-weight:{700 if bold else 400};'
            f"src:url(data:font/ttf;base64,{font})}}"
        )
    words = (
        f'<title id="{chart.name}-title">{escape(chart.title)}</title>\n'
        f'<desc id="{chart.name}-alt">{escape(chart.alt)}</desc>\n<style>{"".join(rules)}</style>\n'
    )
    opening, rest = text.split(">", 1)
    labelled = f'role="graphics-document" aria-labelledby="{chart.name}-title {chart.name}-alt"'
    return f"{opening} {labelled}>\n{words}{rest.lstrip()}".encode()


def _png(figure):
    """The PNG, with a palette: a third of the size."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    image = Image.frombuffer("RGBA", (width, height), canvas.buffer_rgba(), "raw", "RGBA", 0, 1).convert(
        "RGB"
    )
    image = image.quantize(COLORS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    image.putpalette([255 if part > 252 else part for part in image.getpalette()])  # white comes out as 254
    data = io.BytesIO()
    image.save(data, "png", dpi=(DPI, DPI), compress_level=6)
    return data.getvalue()


def _pdf(figure, chart):
    """The PDF, with the typeface embedded as TrueType."""
    data = io.BytesIO()
    metadata = {"CreationDate": None, "Title": chart.title, "Subject": chart.alt}
    figure.savefig(data, format="pdf", metadata=metadata)
    return data.getvalue()
