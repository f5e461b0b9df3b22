"""Stage 4, figures: charts made from the tables, with every word of theirs computed, written as SVG, PNG and PDF."""

import io
from datetime import date
from functools import cache
from pathlib import Path
from textwrap import wrap

import matplotlib
import pandas as pd
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ticker import MaxNLocator

from headcount import HeadcountError
from headcount.relations import relate_windows
from headcount.tables import write_bytes
from headcount.totals import series_claims
from headcount.wording import day_text, figure_text

INK, MUTED, RULE = "#1a1a1a", "#5c5c5c", "#d4d4d4"
BAND, MARK, SET_ASIDE = "#d3e2ef", "#0b4f8a", "#b35806"
WIDTH, HEIGHT = 7.2, 5.2  # inches, two newspaper columns
WIDE = 31  # days from which an unknown cut-off is drawn as a span of its own
SETTINGS = {
    "svg.hashsalt": "headcount",
    "svg.fonttype": "path",
    "pdf.fonttype": 3,
    "axes.unicode_minus": True,
}


@cache
def typeface():
    """The family name of the figures' typeface, Fira Sans, which comes with the environment."""
    import fontpkg_fira_sans

    folder = Path(fontpkg_fira_sans.__file__).parent / "files"
    for style in ("Regular", "Bold", "Medium", "Italic"):
        fontManager.addfont(folder / f"FiraSans-{style}.ttf")
    return FontProperties(fname=folder / "FiraSans-Regular.ttf").get_name()


def write_figure(figure, name, folder):
    """Write a figure as name.svg, name.png and name.pdf, the same bytes every time. Returns the paths."""
    with matplotlib.rc_context({**SETTINGS, "font.family": typeface()}):
        paths = []
        for form, metadata in (
            ("svg", {"Date": None}),
            ("png", {"Software": None}),
            ("pdf", {"CreationDate": None}),
        ):
            data = io.BytesIO()
            options = {"pil_kwargs": {"compress_level": 2}} if form == "png" else {}
            figure.savefig(data, format=form, dpi=200, metadata=metadata, **options)
            paths.append(folder / f"{name}.{form}")
            write_bytes(paths[-1], data.getvalue())
    return paths


def running_total(claims, totals, sources, series, reading):
    """The chart of one running total: the band that the claims allow, and every claim on it in its own form.

    `series` is one of story.yml's: what is counted and the act. Raises HeadcountError if no claim bounds it.
    """
    chosen = series_claims(claims, **series)
    band = totals[
        (totals["counted"] == series["counted"])
        & (totals["action"] == series["action"])
        & (totals["reading"] == reading)
    ]
    if chosen.empty:
        raise HeadcountError(
            f"no total of {series['counted']} {series['action']} stands in the claims, so there is nothing to draw. "
            "Take the series out of story.yml, or mend its nouns, its action or the campaign's start."
        )
    texts = running_total_texts(chosen, sources, series, reading, possible=not band.empty)
    with matplotlib.rc_context({**SETTINGS, "font.family": typeface()}):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.085, 0.125, 0.895, 0.63))
        last = max(date.fromisoformat(day) for day in chosen["to_latest"])
        first = min(date.fromisoformat(day) for day in [*band["date"], *chosen["from_earliest"]])
        top = 1.12 * float(max([*band["low"], *chosen["value"]]))
        axes.set_xlim(date2num(first), date2num(last) + 0.44 * (last - first).days)
        axes.set_ylim(0, top)
        settled = max(
            (claim["to_earliest"] for claim in _cumulative(chosen) if not _wide(claim)),
            default=last.isoformat(),
        )
        if not band.empty:
            _draw_band(axes, band[band["date"] <= settled], top)
        for height, claim in enumerate(_annual(chosen)):
            _draw_year(axes, claim, top * (0.035 + 0.07 * height))
        _draw_claims(axes, _cumulative(chosen), top)
        _dress(figure, axes, texts, first, last)
    return figure


def running_total_texts(chosen, sources, series, reading, possible):
    """Title, subtitle and source line of a running total, computed from its claims."""
    records = sorted(_cumulative(chosen), key=lambda claim: (claim["to_latest"], claim["value"]))
    largest = max(records, key=lambda claim: (claim["qualifier"] == "exact", claim["value"]))
    others = [claim for claim in records if claim["fact_id"] != largest["fact_id"]]
    counted, done = series["counted"].replace("_", " "), series["action"].replace("_", " ")
    if others:
        smallest = min(others, key=lambda claim: claim["value"])
        relation, _ = relate_windows(largest, smallest)
        finding = {
            "later_total": "do not conflict: the smaller count could stop earlier",
            "conflict": "cannot both be right",
        }.get(relation, "do not count the same time")
        title = f"{figure_text(largest)} {counted} {done} and {figure_text(smallest)} {finding}"
    else:
        title = f"{figure_text(largest)} {counted} {done} by {day_text(largest['to_latest'])}"
    band_text = "The claims cannot all be true: there is no total that they all allow."
    if possible:
        band_text = "The band: every total the claims together allow, to the last dated one."
    names = sources.set_index("source_id")["publisher"]
    outlets = sorted({names[source] for source in chosen["source_id"]})
    return {
        "title": title,
        "subtitle": f"Running total of {counted} {done}. {band_text}",
        "source": f"Source: claims in {', '.join(outlets)}; hedges read {'literally' if reading == 'literal' else 'as newsrooms round'}. "
        "Chart: Headcount.",
    }


def _annual(chosen):
    return [claim for claim in chosen.to_dict("records") if claim["scope"] == "annual"]


def _cumulative(chosen):
    return [claim for claim in chosen.to_dict("records") if claim["scope"] == "campaign"]


def _draw_band(axes, band, top):
    """The totals as a band: between two days the total is at least the earlier day's lowest, at most the later one's highest."""
    rows = band.to_dict("records")
    days = [_x(row["date"]) for row in rows]
    lows = [float(row["low"]) for row in rows]
    highs = [2 * top if pd.isna(row["high"]) else float(row["high"]) for row in rows]
    axes.fill_between(days, lows, y2=highs[1:] + highs[-1:], step="post", color=BAND, linewidth=0, zorder=1)
    axes.annotate(
        "what the claims allow",
        (days[0], highs[1]),
        (8, -14),
        textcoords="offset points",
        fontsize=9,
        color=MARK,
    )
    for row, day in zip(rows[1:-1], days[1:-1], strict=True):
        if row["low"] > 0 and row["date"].endswith("-12-31"):
            axes.plot([day], [row["low"]], "o", color=MARK, markersize=4, zorder=4)
            text = f"{row['low']:,} or more\nby the end of {row['date'][:4]}"
            style = {
                "textcoords": "offset points",
                "ha": "right",
                "va": "center",
                "fontsize": 9,
                "color": MARK,
            }
            axes.annotate(text, (day, row["low"]), (-8, 0), **style)


def _draw_year(axes, claim, height):
    """An annual total: a bracket under the year it counts."""
    start, end = _x(claim["from_earliest"]), _x(claim["to_latest"])
    arrow = {
        "arrowstyle": "|-|,widthA=0.25,widthB=0.25",
        "color": INK,
        "linewidth": 1,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate("", (start, height), (end, height), arrowprops=arrow)
    text = f"{figure_text(claim)} in {claim['from_earliest'][:4]}"
    axes.annotate(
        text,
        ((start + end) / 2, height),
        (0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=9,
        color=INK,
    )


def _draw_claims(axes, claims, top):
    """Cumulative claims, each in its own form: exact a point, "more than" an open end, an unknown cut-off a span."""
    ceiling = None
    for claim in sorted(claims, key=lambda claim: -claim["value"]):
        early, late, value = _x(claim["to_earliest"]), _x(claim["to_latest"]), float(claim["value"])
        wide = _wide(claim)
        color = SET_ASIDE if wide else MARK
        exact = claim["qualifier"] == "exact"
        face = color if exact else "white"
        if wide:
            axes.plot(
                [early, late], [value, value], color=color, linewidth=2.2, solid_capstyle="butt", zorder=3
            )
        else:
            axes.plot([early, late], [value, value], "-", color=color, linewidth=1.5, zorder=3)
            axes.plot(
                [late], [value], "o", markerfacecolor=face, markeredgecolor=color, markersize=6, zorder=5
            )
        if claim["qualifier"] in ("more_than", "at_least"):
            arrow = {
                "arrowstyle": "-|>",
                "color": color,
                "linewidth": 1.2,
                "shrinkA": 0,
                "shrinkB": 0,
                "mutation_scale": 8,
            }
            for day in (early + 5, (early + late) / 2, late - 5) if wide else (late,):
                axes.annotate("", (day, value + 0.06 * top), (day, value), arrowprops=arrow, zorder=4)
        if wide:
            anchor, height, indent = early, value - 0.022 * top, 4
        else:
            height = value + 0.022 * top if ceiling is None else min(value, ceiling)
            anchor, indent, ceiling = late, 12, height - 0.125 * top
        style = {"textcoords": "offset points", "va": "top" if wide else "center"}
        axes.annotate(
            figure_text(claim),
            (anchor, height),
            (indent, 0),
            fontsize=11,
            fontweight="bold",
            color=color,
            **style,
        )
        axes.annotate(
            _credit(claim, wide), (anchor, height), (indent, -13.5), fontsize=8.5, color=MUTED, **style
        )


def _credit(claim, wide):
    """Who reports a claim, and the day or days up to which it counts."""
    early, late = date.fromisoformat(claim["to_earliest"]), date.fromisoformat(claim["to_latest"])
    until = f"{late.day} {late:%b %Y}"
    if wide:
        until = (
            f"some day of {late.year}" if early.year == late.year else f"some day of {early.year}–{late.year}"
        )
    elif early != late:
        until = f"{early.day}–{until}" if early.month == late.month else f"{early.day} {early:%b}–{until}"
    return f"{claim['reported_by']}, to {until}"


def _wide(claim):
    """Whether the day up to which a claim counts is known too roughly to be drawn as a point."""
    return _x(claim["to_latest"]) - _x(claim["to_earliest"]) > WIDE


def _x(iso):
    return date2num(date.fromisoformat(iso))


def _dress(figure, axes, texts, first, last):
    """Title, subtitle, source line, ticks and rules."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    years = range(first.year, last.year + 1)
    axes.set_xticks([date2num(date(year + 1, 1, 1)) for year in years], [""] * len(years))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.tick_params(axis="x", length=5, color=INK)
    axes.tick_params(axis="y", length=0, labelsize=9, labelcolor=MUTED, pad=5)
    for year in years:
        start, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
        label = (date2num(start) + date2num(end)) / 2, 0
        axes.annotate(
            str(year),
            label,
            (0, -15),
            textcoords="offset points",
            ha="center",
            fontsize=9.5,
            color=INK,
            annotation_clip=False,
        )
    axes.yaxis.grid(True, color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value else "")
    title = wrap(texts["title"], 58)
    figure.text(
        0.04, 0.965, "\n".join(title), fontsize=15, fontweight="bold", color=INK, va="top", linespacing=1.15
    )
    figure.text(
        0.04,
        0.895 - 0.055 * (len(title) - 1),
        "\n".join(wrap(texts["subtitle"], 112)),
        fontsize=9.5,
        color=INK,
        va="top",
        linespacing=1.3,
    )
    figure.text(0.04, 0.025, texts["source"], fontsize=7.5, color=MUTED, va="bottom")
