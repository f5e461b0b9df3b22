"""The figures: what they say stands in the tables, what is committed is what they draw, and they can be read."""

import base64
import hashlib
import io
import json
import re
from datetime import date
from functools import cache, partial
from itertools import combinations
from types import SimpleNamespace
from xml.etree import ElementTree

import matplotlib
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from hardship import long
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import Affine2D

from headcount import comparisons, reports
from headcount.canvas import INK, MUTED, PAPER, SMALL, WIDTH
from headcount.figures import BUNDLE, DPI, SETTINGS, LeftOut, anchor, publish, sheet, write_bundle
from headcount.marks import BLUE, ORANGE, PALE, axis_start
from headcount.running_total import running_total
from headcount.stages import COMPARISONS
from headcount.story import ROOT, Story
from headcount.tables import read_table

STORY = Story.at(ROOT)
NAMES = ("sources", "claims", "facts", "verdicts", "totals")
TABLES = SimpleNamespace(**{name: read_table(name, STORY.processed / f"{name}.csv") for name in NAMES})
FIGURES = sorted(path.stem for path in STORY.figures.glob("*.json"))
each_figure = pytest.mark.parametrize("name", FIGURES)
WORDS = ("title", "subtitle", "caption", "alt", "source")


def makers(tables, story, reading):
    """What makes each chart of a story, in order."""
    draw = (comparisons.windows, comparisons.year, comparisons.sums, reports.outlets, reports.operations)
    return [
        *(partial(running_total, tables, story, series, reading) for series in story["series"]),
        *(partial(one, tables, story, reading) for one in draw),
    ]


def charts(tables=TABLES, story=STORY.facts, reading="literal"):
    """All charts of a story by name."""
    return {chart.name: chart for chart in (make() for make in makers(tables, story, reading))}


@cache
def drawn():
    """The charts of this project's own story by name, made when first asked for."""
    return charts()


def card_of(name):
    return json.loads((STORY.figures / f"{name}.json").read_text(encoding="utf-8"))


# --- every numeral ----------------------------------------------------------------------------------------------------

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MONTH = "|".join(MONTHS + [month[:3] for month in MONTHS])
DAY = re.compile(rf"(\d{{1,2}}) ({MONTH})(?: (\d{{4}}))?|({MONTH}) (\d{{4}})")


def whole_numbers(*columns):
    return {int(value) for column in columns for value in column.dropna()}


def counts():
    """Every number that may stand in a figure: of a claim, a total, a difference, a sum that must hold, a fact's reports."""
    claims, totals, verdicts, facts = TABLES.claims, TABLES.totals, TABLES.verdicts, TABLES.facts
    bounds = ("value", "low", "high", "newsroom_low", "newsroom_high")
    allowed = whole_numbers(*(claims[name] for name in bounds), totals["low"], totals["high"])
    allowed |= whole_numbers(verdicts["difference_low"], verdicts["difference_high"], facts["voices"])
    outlets = claims.set_index("claim_id")["reported_by"]
    allowed |= {len(set(outlets[ids.split()])) for ids in facts["claims"]}
    for parts in STORY.facts["sums"].values():
        years = claims[claims["counted"].isin(parts) & (claims["scope"] == "annual")]
        allowed |= {int(of["value"].sum()) for _, of in years.groupby("to_latest")}
    return allowed


def days():
    """Every ISO day of the tables."""
    text = " ".join((STORY.processed / f"{name}.csv").read_text() for name in ("claims", "facts", "totals"))
    return set(re.findall(r"\d{4}-\d\d-\d\d", text))


COUNTS, DAYS = counts(), days()


def stray_numbers(text):
    """The numerals of a text that are neither a day of the tables nor one of the counts."""
    for found in DAY.finditer(text):
        day, month, year, alone, of_year = found.groups()
        number = [name[:3] for name in MONTHS].index((month or alone)[:3]) + 1
        pattern = (
            f"{year or of_year or '....'}-{number:02}-{int(day):02}" if day else f"{of_year}-{number:02}-.."
        )
        if not any(re.fullmatch(pattern, known) for known in DAYS):
            yield found[0]
    rest = re.sub(r"\d{1,2}–(?=\d)", "", text)
    for iso in re.findall(r"\d{4}-\d\d-\d\d", rest):
        if iso not in DAYS:
            yield iso
    rest = DAY.sub("", re.sub(r"\d{4}-\d\d-\d\d", "", rest))
    years = {known[:4] for known in DAYS}
    for numeral in re.findall(r"\d[\d,]*\d|\d", rest):
        if int(numeral.replace(",", "")) not in COUNTS and numeral not in years:
            yield numeral


@each_figure
def test_every_numeral_stands_in_the_tables(name):
    card = card_of(name)
    assert [stray for word in WORDS for stray in stray_numbers(card[word])] == []
    plotted = pd.read_csv(STORY.figures / f"{name}.csv", dtype=str, keep_default_na=False)
    assert set(card["claims"]) <= set(TABLES.claims["claim_id"])
    for column in plotted.columns.drop(["claims", "fact_id", "operation"], errors="ignore"):
        assert [stray for cell in plotted[column] for stray in stray_numbers(cell)] == [], column


def test_a_stray_numeral_is_seen():
    assert list(stray_numbers("18,519 by 3 May 2011 and 8,660 in 1999")) == [
        "3 May 2011",
        "18,519",
        "1999",
    ]


@each_figure
def test_a_changed_claim_changes_the_words(name):
    """A hundred more in every table where a figure of the chart stands: the old figure is in none of its words, the new one is."""
    chart = drawn()[name]
    plotted = [ids.split()[0] for ids in chart.data["claims"] if ids]
    claim = TABLES.claims[TABLES.claims["claim_id"].isin(plotted)].sort_values("value").iloc[-1]
    old, new = int(claim["value"]), int(claim["value"]) + 100
    changed = SimpleNamespace(**vars(TABLES))
    for table in ("claims", "totals"):
        frame = getattr(TABLES, table).copy()
        numbers = frame.columns[frame.dtypes == "Int64"]
        numbers = numbers.drop(["start", "end"], errors="ignore")
        frame[numbers] = frame[numbers].replace(old, new)
        setattr(changed, table, frame)
    again = makers(changed, STORY.facts, "literal")[list(drawn()).index(name)]()
    before, after = (" ".join(getattr(one, word) for word in WORDS) for one in (chart, again))
    assert f"{old:,}" in before and f"{new:,}" not in before
    assert f"{new:,}" in after and f"{old:,}" not in after


# --- the bundle ---------------------------------------------------------------------------------------------------------


@long
@each_figure
def test_what_is_committed_is_what_is_drawn_twice(name, tmp_path):
    """Picture by picture and byte by byte, in one process; in short `make verify` draws them all, in test_same_bytes.py."""
    for folder in (tmp_path / "one", tmp_path / "two"):
        write_bundle(drawn()[name], folder)
        for form in (*BUNDLE, "json"):
            file = f"{name}.{form}"
            assert (folder / file).read_bytes() == (STORY.figures / file).read_bytes(), file


def test_all_figures_are_there():
    series = {f"running-total-{one['counted']}" for one in STORY.facts["series"]}
    assert set(FIGURES) == set(drawn()) == series | set(COMPARISONS)


@each_figure
def test_the_card_seals_its_files(name):
    files = card_of(name)["files"]
    assert list(files) == [f"{name}.{form}" for form in BUNDLE]
    for file, seal in files.items():
        assert hashlib.sha256((STORY.figures / file).read_bytes()).hexdigest() == seal


def svg_of(name):
    return ElementTree.fromstring((STORY.figures / f"{name}.svg").read_bytes())


SVG = "{http://www.w3.org/2000/svg}"


@each_figure
def test_text_is_text_in_svg(name):
    svg, card = svg_of(name), card_of(name)
    assert svg.find(f"{SVG}title").text == card["title"] and svg.find(f"{SVG}desc").text == card["alt"]
    text = " ".join("".join(one.itertext()) for one in svg.iter(f"{SVG}text"))
    for word in ("title", "subtitle", "source"):
        assert card[word] in text
    style = "".join(one.text for one in svg.iter(f"{SVG}style"))
    fonts = re.findall(r"base64,([\w+/=]+)", style)
    assert len(fonts) == 2
    for font in fonts:
        letters = TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()
        assert {ord(letter) for letter in text} <= set(letters)


@each_figure
def test_text_is_text_in_pdf(name):
    data = (STORY.figures / f"{name}.pdf").read_bytes()
    assert b"/FontFile2" in data and b"/ToUnicode" in data and b"/Type3" not in data


@each_figure
def test_marks_lead_to_their_quotes(name):
    links = {one.get("{http://www.w3.org/1999/xlink}href") for one in svg_of(name).iter(f"{SVG}a")}
    assert links and links <= {anchor(claim) for claim in card_of(name)["claims"]}


def test_anchor():
    assert anchor("xinhua-2011:2266 other:1") == "index.html#claim-xinhua-2011-2266"
    assert anchor("") == ""


def test_the_png_is_twice_as_large_as_print():
    from PIL import Image

    for name in FIGURES:
        assert Image.open(STORY.figures / f"{name}.png").width == round(WIDTH / 72 * 2 * 200)


# --- other stories --------------------------------------------------------------------------------------------------------


def test_a_story_with_nothing_to_draw(tmp_path):
    empty = SimpleNamespace(**{name: getattr(TABLES, name).head(0) for name in NAMES})
    none = charts(empty, STORY.facts | {"sums": None})
    assert set(none) == set(drawn())
    for name, chart in none.items():
        assert isinstance(chart, LeftOut) and chart.reason.endswith(".")
        write_bundle(drawn()["sum"], tmp_path) if name == "sum" else None
        assert publish(chart, tmp_path).data == chart.reason
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{name}.json" for name in none)
    assert json.loads((tmp_path / "sum.json").read_text())["left_out"] == none["sum"].reason


def test_one_outlet_alone():
    one = SimpleNamespace(**vars(TABLES))
    one.claims = TABLES.claims.assign(reported_by="The Only One")
    assert isinstance(charts(one)["outlets"], LeftOut)


def earthquake(days=6):
    """Tables and story of an earthquake: a total each day, hedged in every way, and one without a time."""
    hedges = ("exact", "more_than", "almost", "about", "at_least", "at_most")
    claims = pd.concat(
        [TABLES.claims[TABLES.claims["claim_id"] == "xinhua-2011:2266"]] * (days + 1), ignore_index=True
    )
    for number in range(days):
        day, value = f"2023-02-{7 + number:02}", 1000 * (number + 1) + 7 * number
        low, high = (value if hedges[number % 6] == hedge else pd.NA for hedge in ("exact", "exact"))
        window = {
            "from_earliest": "2023-02-06",
            "from_latest": "2023-02-06",
            "to_earliest": day,
            "to_latest": day,
        }
        row = {
            "claim_id": f"q:{number}",
            "value": value,
            "qualifier": hedges[number % 6],
            "low": low,
            "high": high,
            **window,
        }
        row |= {
            "reported_by": ("AP", "The Very Long Named Regional Gazette")[number % 2],
            "fact_id": f"q{number}",
        }
        claims.loc[number, list(row)] = pd.Series(row)
    claims.loc[days, ["from_earliest", "from_latest", "to_earliest", "to_latest"]] = ""
    story = {"counted": {"children": ["people"]}, "series": [{"counted": "children", "action": "rescued"}]}
    story["campaign"] = {"name": "the quake", "start": "2023-02-06"}
    none = {name: getattr(TABLES, name).head(0) for name in ("facts", "verdicts", "totals")}
    return SimpleNamespace(sources=TABLES.sources, claims=claims, **none), story


def boxes(chart):
    """The rectangles of all texts on the sheet of a chart, in points, and its height."""
    figure = sheet(chart).figure
    figure.set_dpi(DPI)
    points = Affine2D().scale(72 / DPI)
    with matplotlib.rc_context(SETTINGS):
        renderer = FigureCanvasAgg(figure).get_renderer()
        found = [
            (one.get_text(), one.get_window_extent(renderer).transformed(points)) for one in figure.texts
        ]
    return found, figure.get_figheight() * 72


@cache
def quake():
    """The charts of the earthquake that can be drawn, by name."""
    return {name: one for name, one in charts(*earthquake()).items() if not isinstance(one, LeftOut)}


@cache
def earlier_quake():
    """The chart of the windows of an earthquake's totals and of one of long ago."""
    tables, story = earthquake()
    undated = tables.claims["to_latest"] == ""
    tables.claims.loc[undated, ["from_earliest", "from_latest"]] = "1995-01-01"
    tables.claims.loc[undated, ["to_earliest", "to_latest", "scope"]] = ["1995-12-31", "1995-12-31", "annual"]
    return {"windows": comparisons.windows(tables, story, "literal")}


@pytest.mark.parametrize(
    "of, name",
    [
        *((drawn, name) for name in FIGURES),
        *((quake, name) for name in ("running-total-children", "windows")),
        (earlier_quake, "windows"),
    ],
)
def test_words_keep_apart_and_on_the_sheet(of, name):
    found, height = boxes(of()[name])
    for words, box in found:
        assert box.x0 >= 0 and box.x1 <= WIDTH and box.y0 >= 0 and box.y1 <= height, words
    for (words, box), (others, other) in combinations(found, 2):
        overlap = min(box.x1, other.x1) - max(box.x0, other.x0), min(box.y1, other.y1) - max(box.y0, other.y0)
        assert min(overlap) < 2, (words, others)


def test_an_earthquake_of_days():
    assert sorted(quake()) == ["running-total-children", "windows"]
    chart = quake()["running-total-children"]
    assert set(chart.data["mark"]) == {"claim", "undated"}
    assert "set no bounds" in chart.subtitle and "people rescued" in chart.title


def test_a_window_of_long_ago_does_not_squeeze_the_others():
    chart, plain = earlier_quake()["windows"], quake()["windows"]
    assert "An arrow stands for what lies before the time drawn." in chart.alt
    assert "arrow" not in plain.alt and len(chart.data) == len(plain.data) + 1
    days = [words for words, _ in boxes(chart)[0] if words.endswith(" Feb")]
    assert len(days) == 7


def test_where_a_time_axis_begins():
    def rows(*years):
        return [{"from_earliest": f"{year}-01-01", "to_latest": f"{year}-12-31"} for year in years]

    def first(*years):
        day, clipped = axis_start(rows(*years))
        return date.fromordinal(day).year, clipped

    assert first(1995, 2019, 2020) == (2019, True)
    assert first(1995, 2010, 2019, 2020, 2020) == (2019, True)
    assert first(1995, 1996, 2020) == (1995, False)  # most lie early
    assert first(1995, 2005, 2020) == (1995, False)
    assert first(2020, 2020) == (2020, False)


# --- readable -------------------------------------------------------------------------------------------------------------


def test_no_text_is_too_small():
    """Drawn 360 pixels wide, nothing is under 11 pixels."""
    for chart in drawn().values():
        assert min(text.get_fontsize() for text in sheet(chart).figure.texts) * 360 / WIDTH >= 11
    assert SMALL * 360 / WIDTH >= 11


def linear(color):
    """A colour as linear red, green and blue."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(rgb):
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# How eyes without one kind of cone see a colour (Machado, Oliveira and Fernandes, 2009, severity 1).
EYES = {
    "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


@pytest.mark.parametrize("eyes", EYES)
def test_colours_differ_in_lightness(eyes):
    """So they do in grey and to every eye: for text 4.5 to 1 on paper, for fills at least 1.3 to 1 against each other."""

    def seen(color):
        rgb = linear(color)
        return [sum(a * b for a, b in zip(row, rgb, strict=True)) for row in EYES[eyes]]

    for ink in (INK, MUTED, BLUE, ORANGE):
        assert contrast(seen(ink), seen(PAPER)) >= 4.5, ink
    assert contrast(seen(MUTED), seen(PALE)) >= 4.5  # counts on the band
    for one, other in combinations((BLUE, ORANGE, PALE, PAPER), 2):
        assert contrast(seen(one), seen(other)) >= 1.3, (one, other)
