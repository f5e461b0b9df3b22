"""A sheet of paper for charts, measured in points from its top left corner, and the typeface set on it."""

import hashlib
import io
import re
from dataclasses import dataclass
from functools import cache
from inspect import getsource
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon
from matplotlib.transforms import Affine2D

from headcount.wording import visible
from headcount.writing import write_bytes

WIDTH, MARGIN = 270, 8  # points: 95 mm in print, 360 px on a telephone
INNER = WIDTH - 2 * MARGIN
SMALL, LABEL, TITLE = 8.75, 10.5, 14  # points; at a column of 60 mm the smallest prints as newspapers' 5.5
LEADING = 1.24
INK, MUTED, RULE, PAPER = "#1a1a1a", "#595959", "#d4d4d4", "#ffffff"
FAMILY = "Fira Sans"
FACES = {False: "Regular", True: "Bold"}
CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, "–—‘’‚“”„…−×→€")]


def subset(font, characters):
    """The bytes of a TrueType font (path or file) with some characters, and without hints and layout rules."""
    from fontTools import subset as fonttools

    options = fonttools.Options(
        hinting=False, glyph_names=False, notdef_outline=True, layout_features=[], name_IDs=[1, 2, 4, 6]
    )
    options.drop_tables += ["GDEF", "GPOS", "GSUB"]
    whole = fonttools.load_font(font, options)
    tool = fonttools.Subsetter(options)
    tool.populate(unicodes=characters)
    tool.subset(whole)
    data = io.BytesIO()
    whole.save(data)
    return data.getvalue()


@cache
def typeface():
    """The two faces of Fira Sans, which comes with the environment, as paths of slim copies made once a machine: {bold: path}.

    Their layout rules alone would make every PDF a second slower.
    """
    import fontpkg_fira_sans
    import fontTools

    faces = {}
    fontManager.ttflist = [font for font in fontManager.ttflist if font.name != FAMILY]  # not another release
    for bold, face in FACES.items():
        whole = Path(fontpkg_fira_sans.__file__).parent / "files" / f"FiraSans-{face}.ttf"
        made_from = whole.read_bytes() + repr((CHARACTERS, fontTools.version, getsource(subset))).encode()
        name = f"headcount-{face}-{hashlib.sha256(made_from).hexdigest()[:16]}.ttf"
        faces[bold] = Path(matplotlib.get_cachedir()) / name
        if not faces[bold].is_file():
            write_bytes(faces[bold], subset(whole, CHARACTERS))
        fontManager.addfont(faces[bold])
    return faces


def width_of(words, size=SMALL, bold=False):
    """The width of a line of text in points."""
    return sum(_advance(letter, bold) for letter in visible(words)) * size


@cache
def _advance(letter, bold):
    """The width of a letter at a size of one point; a square for one that the typeface lacks."""
    font = get_font(typeface()[bold])
    if ord(letter) not in font.get_charmap():
        return 1.0
    font.set_size(64, 72)
    return font.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 64


def wrapped(words, width, size=SMALL, bold=False):
    """A text broken into lines that fit a width in points; a longer word has a line of its own."""
    lines = []
    for word in re.split(r"(?<!\d) +| +(?![A-Z])", words):  # 6 December stays whole
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@dataclass(frozen=True)
class Scale:
    """Places numbers from `low` to `high` on the sheet between the points `start` and `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value):
        share = (value - self.low) / ((self.high - self.low) or 1)
        return self.start + share * (self.end - self.start)


class Canvas:
    """The sheet: marks are put on it one over the other, x to the right and y down; it is cut to length at the end.

    Every mark may carry a link, which SVG and PDF keep.
    """

    def __init__(self):
        self.figure = Figure(facecolor=PAPER)
        self.down = Affine2D()
        self.place = self.down + self.figure.dpi_scale_trans
        self.marks = 0

    def _put(self, artist, link):
        self.marks += 1
        artist.set(zorder=self.marks, url=link or None, transform=self.place)
        self.figure.add_artist(artist)

    def line(self, points, color=INK, width=0.75, dashes="-", link=""):
        """A line through points."""
        xs, ys = zip(*points, strict=True)
        self._put(Line2D(xs, ys, color=color, linewidth=width, linestyle=dashes, solid_capstyle="butt"), link)

    def area(self, points, color, link=""):
        """A filled area."""
        self._put(Polygon(points, closed=True, facecolor=color, linewidth=0), link)

    def box(self, left, top, right, bottom, color, link=""):
        """A filled rectangle."""
        self.area([(left, top), (right, top), (right, bottom), (left, bottom)], color, link)

    def dot(self, x, y, color, filled=True, radius=3, link=""):
        """A point, filled or hollow."""
        face = color if filled else PAPER
        self._put(Circle((x, y), radius, facecolor=face, edgecolor=color, linewidth=1.2), link)

    def arrow(self, start, end, color, link=""):
        """An arrow, upright or level."""
        (x, y), (tip_x, tip_y) = start, end
        self.line([start, end], color, 1.2, link=link)
        along = (tip_x > x) - (tip_x < x), (tip_y > y) - (tip_y < y)
        back = tip_x - 4 * along[0], tip_y - 4 * along[1]
        across = 2.4 * along[1], 2.4 * along[0]
        head = [(back[0] - across[0], back[1] - across[1]), (back[0] + across[0], back[1] + across[1])]
        self.area([*head, (tip_x + along[0], tip_y + along[1])], color, link)

    def cross(self, x, y, color, link=""):
        """A cross around a point."""
        for way in (-1, 1):
            self.line([(x - 3, y - 3 * way), (x + 3, y + 3 * way)], color, 1.8, link=link)

    def text(
        self, x, y, words, size=SMALL, color=INK, bold=False, align="left", turn=0, clear=False, link=""
    ):
        """A line of text whose baseline is at y, with `clear` on blank paper. Returns its width in points."""
        if clear:
            self.box(x - 1, y - size, x + width_of(words, size, bold) + 2, y + 0.25 * size, PAPER)
        style = {"fontsize": size, "color": color, "rotation": turn, "rotation_mode": "anchor"}
        style |= {"fontfamily": FAMILY, "fontweight": "bold" if bold else "regular"}
        self.marks += 1
        self.figure.text(
            *(x, y, visible(words).replace("$", r"\$")),
            **(style | {"ha": align, "va": "baseline", "zorder": self.marks}),
            transform=self.place,
            url=link or None,
        )
        return width_of(words, size, bold)

    def paragraph(self, x, y, words, width, size=SMALL, color=INK, bold=False, link=""):
        """A text in lines of about equal width, the top of the first at y. Returns the y below it."""
        lines = wrapped(words, width, size, bold)
        while width > 0 and len(closer := wrapped(words, width, size, bold)) == len(lines):
            lines, width = closer, width - 4
        for line in lines:
            self.text(x, y + 0.92 * size, line, size, color, bold, link=link)
            y += LEADING * size
        return y

    def cut(self, height):
        """Cut the sheet to its height in points."""
        self.figure.set_size_inches(WIDTH / 72, height / 72)
        self.down.clear().scale(1 / 72, -1 / 72).translate(0, height / 72)
