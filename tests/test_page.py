"""The page in a real browser: it loads, asks for nothing, can be read by everybody, and every number on it leads somewhere."""

import hashlib
import io
import json
import re
import shutil
from datetime import date
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from urllib.request import urlopen

import axe_playwright_python
import pytest
import yaml
from browser import PATIENCE, chromium, served
from hardship import long
from PIL import Image
from playwright.sync_api import expect
from test_figures import charts, contrast, linear, stray_numbers

from headcount import HeadcountError, standings
from headcount.claims import claim_table
from headcount.estimates import estimates
from headcount.figures import write_bundle
from headcount.links import NUMERAL, PASSED, quote_anchor
from headcount.page import write_page
from headcount.reconcile import fact_table, verdict_table
from headcount.sources import read_sources
from headcount.story import ROOT, Story
from headcount.tables import read_table, schemas, write_table
from headcount.totals import total_table
from headcount.wording import day_text, figure_text, visible

STORY = Story.at(ROOT)
TABLES = {
    name: read_table(name, STORY.processed / f"{name}.csv")
    for name in ("sources", "mentions", "claims", "facts")
}
CLAIMS = {quote_anchor(claim): claim for claim in TABLES["claims"].to_dict("records")}
INDEX = STORY.figures / "index.html"
FILE = INDEX.as_uri()
HTML = INDEX.read_text(encoding="utf-8")
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1200, "height": 800}
OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def site():
    """The figures alone, as a newsroom would put them on its server."""
    with served(STORY.figures) as address:
        yield f"{address}index.html"


@pytest.fixture
def visit(browser):
    """Opens an address in a page with its own settings; the page keeps what it asked for and complained of."""
    contexts = []

    def opened(address=FILE, viewport=DESKTOP, **settings):
        contexts.append(browser.new_context(viewport=viewport, reduced_motion="reduce", **settings))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (page.complaints.append(dialog.message), dialog.dismiss()))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


# --- it loads -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_it_loads_from_a_file_and_from_a_server_and_asks_for_nothing_else(visit, site, scripts):
    for address in (FILE, site):
        page = visit(address, java_script_enabled=scripts)
        assert [one for one in page.asked if not one.startswith("data:")] == [address]
        assert page.complaints == []
        expect(page.locator("h1")).to_have_text(STORY.facts["question"])


def test_nothing_in_it_could_run_or_be_asked_for():
    assert not re.search(r"<script|<iframe|<object|<embed|<form|\son\w+=|javascript:|@import", HTML)
    names = {"http://www.w3.org/2000/svg"}
    assert set(re.findall(r"https?://[^\s\"'<]*", HTML)) <= names
    assert {one.split(":")[0] for one in re.findall(r"url\(([^)]{5})", HTML)} == {"data"}
    assert len(HTML.encode()) < 1_000_000


def test_its_typeface_is_in_it(visit):
    page = visit()
    assert page.evaluate("document.fonts.ready.then(() => [...document.fonts].map(one => one.status))") == [
        "loaded",
        "loaded",
    ]


def test_every_link_leads_somewhere(visit, site):
    page = visit()
    links = page.evaluate(
        "[...document.querySelectorAll('a')].map(one => one.getAttribute('href'))",
    )
    targets = set(page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)"))
    assert len(links) > 200
    assert {one[1:] for one in links if one.startswith("#")} <= targets
    files = {one for one in links if not one.startswith("#")}
    assert all((STORY.figures / one).is_file() for one in files)
    for one in files:
        with urlopen(site.replace("index.html", one)) as answer:
            assert answer.status == 200 and answer.read(1)
    published = {str(path.relative_to(STORY.figures)) for path in STORY.figures.rglob("[!.]*.*")}
    assert published - files == {"index.html"}, "every file of the folder can be had from the page"


def test_ids_are_unique():
    ids = re.findall(r'\sid="([^"]*)"', HTML)
    assert len(ids) == len(set(ids))


# --- it can be read -----------------------------------------------------------------------------------------------------------

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme, checked", [("light", "document"), ("dark", "{exclude: ['svg']}")])
def test_axe_finds_nothing(visit, scheme, checked):
    """In the dark, of the colours of words; those of the charts are compared below."""
    page = visit(viewport=PHONE, color_scheme=scheme)
    page.evaluate(OPEN)
    page.evaluate(AXE)
    only = "" if scheme == "light" else "runOnly: ['color-contrast'], "
    found = page.evaluate(f"axe.run({checked}, {{{only}resultTypes: ['violations']}})")
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]] == []
    assert len(found["passes"]) > (20 if scheme == "light" else 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_charts_colours_stand_out(visit, scheme):
    page = visit(color_scheme=scheme)
    names = ("paper", "ink", "muted", "blue", "pale", "orange")
    style = "getComputedStyle(document.documentElement).getPropertyValue('--{}')"
    color = {name: linear(page.evaluate(style.format(name)).strip()) for name in names}
    for name in ("ink", "muted", "blue", "orange"):
        assert contrast(color[name], color["paper"]) >= 4.5, name
    assert contrast(color["muted"], color["pale"]) >= 4.5
    for one, other in combinations(("blue", "orange", "pale", "paper"), 2):
        assert contrast(color[one], color[other]) >= 1.3, (one, other)


def wide(page):
    """What sticks out to the right of a page."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(one => !one.closest('.scroll table, .unseen, .skip')
            && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(one => one.outerHTML.slice(0, 200))"""
    )


@pytest.mark.parametrize(
    "viewport, scheme",
    [
        pytest.param(PHONE, "dark", id="phone-dark"),
        pytest.param(DESKTOP, "light", id="desktop-light"),
        pytest.param(PHONE, "light", id="phone-light", marks=long),
        pytest.param(DESKTOP, "dark", id="desktop-dark", marks=long),
    ],
)
def test_it_looks_like_something_and_fits(visit, viewport, scheme):
    page = visit(viewport=viewport, color_scheme=scheme)
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    assert picture.width == viewport["width"] and picture.height > 5000
    paper = picture.getpixel((1, 1))
    assert sum(paper) > 700 if scheme == "light" else sum(paper) < 120
    for top in range(0, picture.height - 1600, 800):
        part = picture.crop((0, top, picture.width, top + 1600))
        assert len(part.getcolors(2**20)) > 20, f"blank from {top} on"
    page.evaluate(OPEN)
    assert wide(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_charts_are_at_least_as_large_as_drawn(visit):
    page = visit(viewport=PHONE)
    sizes = page.evaluate(
        "[...document.querySelectorAll('.chart text')].map(one => one.getBoundingClientRect().height / "
        "one.getBBox().height * parseFloat(getComputedStyle(one).fontSize))"
    )
    assert sizes and min(sizes) > 10


def test_print(visit):
    page = visit()
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("details.topic dl").first, "what is folded on screen is printed").to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.pdf(format="A4")) > 100_000
    page.set_viewport_size({"width": 640, "height": 900})
    assert wide(page) == []


def test_the_keyboard_goes_everywhere(visit):
    page = visit()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#main'")
    stops = page.evaluate(
        """() => [...document.querySelectorAll('.chart')].map(chart => [...chart.querySelectorAll('a')]
            .reduce((all, one) => { (one.tabIndex < 0 ? all.skipped : all.reached).push(one.getAttribute('href')); return all },
            {skipped: [], reached: []}))"""
    )
    for one in stops:
        assert len(one["reached"]) == len(set(one["reached"])) > 0
        assert set(one["skipped"]) <= set(one["reached"])
    page.locator(".chart a:not([tabindex])").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector(':target')?.tagName === 'MARK'")


def test_it_is_told_to_those_who_cannot_see_it(visit):
    page = visit()
    tree = page.locator("body").aria_snapshot()
    for name in (path.stem for path in STORY.figures.glob("*.json")):
        card = json.loads((STORY.figures / f"{name}.json").read_text(encoding="utf-8"))
        assert f'figure "{card["title"]}"' in tree.replace('\\"', '"')
        described = page.locator(f"#{name} svg").get_attribute("aria-describedby")
        assert page.locator(f"#{described}").text_content() == card["alt"]
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later - level <= 1 for level, later in zip(levels, levels[1:], strict=False))


# --- every number leads to its quote ------------------------------------------------------------------------------------------


def test_each_mark_lands_on_its_quote(visit, site):
    """Every link of every chart on the page, and the first of every SVG file beside it."""
    page = visit(site)
    landed = page.evaluate(
        """() => [...document.querySelectorAll('.chart a')].map(one => {
            one.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
            const target = document.querySelector(':target'), box = target.getBoundingClientRect();
            return [one.getAttribute('href'), '#' + target.id, target.textContent, !!target.closest('blockquote'),
                box.top >= 0 && box.bottom <= innerHeight]})"""
    )
    texts = TABLES["mentions"].set_index("mention_id")["text"]
    assert len(landed) > 50
    for wanted, got, words, quoted, seen in landed:
        assert wanted == got and quoted and seen
        assert words == texts[CLAIMS[got[1:]]["mention_id"]]
    for path in sorted(STORY.figures.glob("*.svg")):
        page.goto(site.replace("index.html", path.name))
        with page.expect_navigation():
            page.locator("a").first.dispatch_event("click")
        assert page.locator(":target").evaluate("one => one.tagName") == "MARK"


def test_every_claim_has_its_quote(visit):
    page = visit()
    quotes = page.evaluate(
        """() => [...document.querySelectorAll('[id^=claim-]')].map(one => [one.id, one.closest('mark').textContent,
            one.closest('blockquote').textContent, one.closest('blockquote').nextElementSibling.textContent])"""
    )
    assert {one[0] for one in quotes} == set(CLAIMS)
    raw = {path.name: path.read_bytes().decode() for path in STORY.raw.glob("*.txt")}
    for name, words, sentence, below in quotes:
        claim = CLAIMS[name]
        assert words == raw[claim["file"]][claim["start"] : claim["end"]]
        assert sentence == claim["sentence"] and sentence in raw[claim["file"]]
        assert figure_text(claim) in below or name not in HTML


TEXTS = """() => {
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
        const node = walker.currentNode, parent = node.parentElement, link = parent.closest('a');
        if (!/\\d/.test(node.data) || parent.closest('style')) continue;
        found.push({text: node.data, link: link ? link.getAttribute('href') : '', chart: !!parent.closest('.chart'),
            worked: !!parent.closest('.worked'), quote: !!parent.closest('blockquote'), cell: !!parent.closest('table'), code: !!parent.closest('code'),
            prose: !!parent.closest('.lead, dt, dd, figcaption > p:first-child, figcaption details p'),
            claims: parent.closest('ul.claims') ? parent.closest('li').textContent : ''})
    }
    return found
}"""


def tallies():
    """Counts of what there is: rows, claims behind an answer, reports, outlets."""
    bound = {len(one.claims) for one in standings.consistency(TABLES["claims"], STORY, "literal")}
    claims, facts = TABLES["claims"], TABLES["facts"]
    outlets = claims.groupby("fact_id")["reported_by"].nunique()
    rows = [
        len((STORY.processed / f"{name}.csv").read_text().splitlines()) - 1 for name in ("verdicts", "totals")
    ]
    return {
        *rows,
        *bound,
        *facts["reports"],
        *facts["voices"],
        *outlets,
        *(len(table) for table in TABLES.values()),
        0,
    }


def test_every_numeral_is_a_claim_or_computed(visit):
    """Each number is a link to the quote it stands in or to the sum that makes it, or a quote, a place, a day, a tally."""
    page = visit()
    known, loose = {f"{tally:,}" for tally in tallies()}, []
    guessed = estimates(TABLES["claims"], STORY)
    columns = [guessed["earliest"], guessed["latest"]]
    columns += [TABLES["sources"]["published_earliest"], TABLES["sources"]["published_latest"]]
    known |= {day_text(day) for column in columns for day in column}
    sources = " ".join(TABLES["sources"].astype("str").to_numpy().ravel())
    places = {f"{claim['start']}–{claim['end']}" for claim in CLAIMS.values()}
    for one in page.evaluate(TEXTS):
        text = one["text"]
        if one["quote"] or text in sources or one["code"]:
            assert one["quote"] or text in sources or re.fullmatch("[0-9a-f]{8}", text)
        elif one["worked"]:
            assert re.fullmatch(r"\D*[\d,]+\D*", text)  # see below
        elif one["chart"] or one["cell"]:
            scale = re.fullmatch(r"\d{1,2},000", text)  # the rules of a chart
            assert scale or list(stray_numbers(text)) == [], text
        elif one["link"].startswith("#claim-"):
            figure, text = figure_text(CLAIMS[one["link"][1:]]), text[:1].lower() + text[1:]
            assert text == figure or text.startswith(f"{figure} ") or text.startswith(f"{figure},"), text
        elif one["link"].startswith("#worked-"):
            assert text == f"{int(one['link'].split('-')[1]):,}"
        elif one["claims"] and re.search(r"characters", one["claims"]):
            assert re.search(r"\d+–\d+$", one["claims"])[0] in places
        else:
            text = re.sub(r"sha256|UTF-8|[\d.]+ a day", "", text)
            rest = [stray for stray in stray_numbers(text) if stray not in known]
            if one["prose"]:
                rest += re.findall(NUMERAL, re.sub(PASSED, "", text))
            loose += [(numeral, text) for numeral in rest]
    assert loose == [], "\n".join(f"{numeral}: {text}" for numeral, text in loose)


def test_the_sums_are_right():
    """The arithmetic as the page states it, worked out from its own words."""
    entries = re.findall(r'<li id="worked-(\d+)[\d-]*">(.*?)</li>', HTML)
    assert len(entries) > 5
    for number, entry in entries:
        words = re.sub("<[^>]*>", "", entry)
        stated, _, terms = words.partition(" = ")
        if not terms:
            bound, side, figure = re.fullmatch(r"([\d,]+) is the (least|most) of (.*) \(.*\)", words).groups()
            claims = [claim for claim in CLAIMS.values() if figure_text(claim) == figure]
            assert int(number) in {claim["low" if side == "least" else "high"] for claim in claims}
            assert bound == f"{int(number):,}"
            continue
        total = 0
        for sign, term in re.findall(r"(\+|−|^) ?([\d,]*\d)", terms):
            total += (-1 if sign == "−" else 1) * int(term.replace(",", ""))
        assert total == int(number) == int(stated.replace(",", "")), words


def test_the_pace_of_a_guess():
    for value, year, pace in re.findall(r">([\d,]+)</a> of (\d{4}) had come evenly, ([\d.]+) a day", HTML):
        days = 366 if int(year) % 4 == 0 else 365
        assert f"{int(value.replace(',', '')) / days:.1f}" == pace


# --- other stories ------------------------------------------------------------------------------------------------------------


def story_of(folder, texts, story):
    """A story in a folder, taken through all stages: `texts` are (publisher, title, day, text), `story` its story.yml."""
    (folder / "raw").mkdir()
    sources = {}
    for number, (publisher, title, day, text) in enumerate(texts):
        data = text.encode()
        (folder / "raw" / f"{number}.txt").write_bytes(data)
        sources[f"{number}.txt"] = {
            "publisher": publisher,
            "title": title,
            "published": date.fromisoformat(day),
            "basis": "Invented.",
        }
        sources[f"{number}.txt"]["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "raw/sources.yml").write_text(yaml.safe_dump(sources), encoding="utf-8")
    (folder / "story.yml").write_text(yaml.safe_dump(story), encoding="utf-8")
    story = Story.at(folder)
    place = {name: story.processed / f"{name}.csv" for name in schemas()}
    sources = write_table(read_sources(story), "sources", place["sources"])
    mentions, claims = claim_table(story, sources)
    write_table(mentions, "mentions", place["mentions"])
    claims = write_table(claims, "claims", place["claims"])
    write_table(fact_table(claims, story), "facts", place["facts"])
    write_table(verdict_table(claims, story), "verdicts", place["verdicts"])
    write_table(total_table(claims, story), "totals", place["totals"])
    tables = SimpleNamespace(**{name: read_table(name, place[name]) for name in schemas()})
    drawn = charts(tables, story.facts)
    for chart in drawn.values():
        write_bundle(chart, story.figures)
    write_page(story, list(drawn))
    return story


QUAKE = {
    "title": "The earthquake",
    "question": "How many people were killed?",
    "campaign": {"name": "the earthquake", "start": "2019-05-12"},
    "counted": {"dead": ["people"]},
    "series": [{"counted": "dead", "action": "killed"}],
}
SINCE = "Since the earthquake struck on 12 May 2019, {} people have been killed, the ministry said."
TWO = [("AP", "", "2019-05-14", SINCE.format("1,204")), ("BBC", "", "2019-05-20", SINCE.format("1,150"))]


@pytest.fixture(scope="module")
def conflict(tmp_path_factory):
    """A story whose two texts contradict each other. Only to be read."""
    return story_of(tmp_path_factory.mktemp("conflict"), TWO, QUAKE)


@pytest.mark.parametrize(
    "texts, said",
    [
        (
            [("AP", "", "2019-05-14", "Rain is expected.")],
            ["The texts give no totals", "holds a count", "Not drawn: "],
        ),
        (TWO[:1], ["1,204 people killed", "Not drawn: ", "No two figures", "None: every number"]),
        (TWO, ["cannot both be right", "They conflict."]),
    ],
    ids=["nothing", "one text", "conflict"],
)
def test_other_stories(visit, tmp_path, conflict, texts, said):
    story = conflict if texts is TWO else story_of(tmp_path, texts, QUAKE)
    page = visit((story.figures / "index.html").as_uri(), viewport=PHONE)
    text = page.locator("body").inner_text()
    expect(page.locator("h1")).to_have_text(QUAKE["question"])
    assert [one for one in said if one not in text] == []
    assert wide(page) == []
    for link in page.evaluate("[...document.querySelectorAll('a')].map(one => one.getAttribute('href'))"):
        assert page.locator(link).count() == 1 if link[0] == "#" else (story.figures / link).is_file()
    page.evaluate(AXE)
    assert page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations.length)") == 0


HOSTILE = """<script>alert(1)</script><img src=x onerror="alert('2')"></p></style>{{ 7 * 7 }}&amp;\u202eevil\u202c\u2066x"""


def test_markup_in_a_text_is_text(visit, tmp_path):
    """In a publisher's name, a headline, a speaker, a sentence, a note of ours: shown, never run, nor turned around."""
    texts = [
        (
            f"Paper {number} {HOSTILE}",
            HOSTILE,
            day,
            f"{SINCE.format(figure)[:-1]}, {HOSTILE} and Zoë \u05d0\u05d1\u05d2 \u4e2d\u6587 \U0001f600 said, Mr {HOSTILE} added.",
        )
        for number, (_, _, day, text), figure in zip(range(2), TWO, ("1,204", "1,150"), strict=True)
    ]
    story = story_of(tmp_path, texts, QUAKE | {"title": HOSTILE, "question": f"Who? {HOSTILE}"})
    page = visit((story.figures / "index.html").as_uri(), bypass_csp=True)
    assert page.complaints == [] and page.asked == [(story.figures / "index.html").as_uri()]
    assert page.locator("script, img").count() == 0
    shown = visible(HOSTILE)
    assert "[U+202E]evil[U+202C][U+2066]x" in shown
    for place in ("h1", ".kicker", "h3[id^=source-]", "p.meta", "blockquote"):
        assert shown in page.locator(place).last.inner_text(), place
    text = page.locator("html").evaluate("one => one.textContent")
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text) and "\U0001f600" in text
    assert page.locator("blockquote bdi").count() == page.locator("blockquote").count() > 0
    assert (
        page.locator("mark").all_inner_texts()[0] == "12" or "1,204" in page.locator("mark").all_inner_texts()
    )


def test_a_broken_card_or_drawing_is_named(conflict, tmp_path):
    story = Story.at(shutil.copytree(conflict.folder, tmp_path / "story"))
    (story.figures / "running-total-dead.svg").write_text("<svg")
    with pytest.raises(HeadcountError, match=r"running-total-dead\.svg cannot be read as a figure"):
        write_page(story, ["running-total-dead"])
    (story.figures / "running-total-dead.json").unlink()
    with pytest.raises(HeadcountError, match=r"running-total-dead\.json cannot be read as the card"):
        write_page(story, ["running-total-dead"])
