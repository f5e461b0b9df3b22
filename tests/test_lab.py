"""The notebooks as a journalist uses them: a real JupyterLab, started by `make lab`, in a real Chromium."""

import io
import json
import socket
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from browser import PATIENCE, chromium
from hardship import long
from PIL import Image
from playwright.sync_api import expect

from headcount.pipeline import normalise
from headcount.stages import cells_of

TOKEN = "headcount"
NOTEBOOKS = (
    "01-sources",
    *(pytest.param(name, marks=long) for name in ("02-claims", "03-reconciliation", "05-comparisons")),
)
OPEN = """async path => {
    const panel = await jupyterapp.commands.execute('docmanager:open', {path, factory: 'Notebook'});
    await panel.context.ready; await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info;
    window.panel = panel;
}"""
CLOSE = """async () => {
    await panel.sessionContext.shutdown();
    panel.dispose();
}"""
RESTART_AND_RUN_ALL = """async () => {
    await panel.sessionContext.restartKernel();
    await panel.sessionContext.session.kernel.info;
    return await jupyterapp.commands.execute('notebook:run-all-cells');
}"""
SAVE = (
    "async () => { await jupyterapp.commands.execute('docmanager:save'); return panel.context.model.dirty; }"
)
TYPE = "([index, source]) => panel.content.model.sharedModel.cells[index].setSource(source)"
DIRTY = "() => panel.context.model.dirty"
COLOURS = """cell => {
    const numbers = color => color.match(/\\d+/g).slice(0, 3).map(Number);
    return [numbers(getComputedStyle(cell).color), numbers(getComputedStyle(panel.node).backgroundColor)];
}"""
COMPLETE = """async code => {
    const answer = await panel.sessionContext.session.kernel.requestComplete({code, cursor_pos: code.length});
    return answer.content.matches;
}"""
INSPECT = """async code => {
    const asked = {code, cursor_pos: code.length, detail_level: 0};
    return (await panel.sessionContext.session.kernel.requestInspect(asked)).content.data['text/plain'];
}"""
OUTPUTS = "() => panel.content.model.toJSON().cells.filter(c => c.cell_type === 'code').map(c => c.outputs)"


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def jupyterlab(tree, folder):
    """The address of a JupyterLab that `make lab` started in a tree; its settings lie in `folder`, so that nobody's own are touched."""
    port = free_port()
    quiet = {
        "ServerApp": {"allow_root": True, "open_browser": False, "port": port, "port_retries": 0},
        "IdentityProvider": {"token": TOKEN},
        "LabApp": {
            "expose_app_in_browser": True,
            "news_url": None,
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        },
    }
    (folder / "config").mkdir(parents=True)
    for app in ("server", "lab"):
        (folder / f"config/jupyter_{app}_config.json").write_text(json.dumps(quiet))
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    places = dict(zip(names, ("config", "data", "runtime", "ipython"), strict=True))
    places |= {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    log = (folder / "log").open("w")
    server = tree.start(
        "make", "lab", log=log, **{name: str(folder / place) for name, place in places.items()}
    )
    address = f"http://127.0.0.1:{port}"

    def ask(path, method="GET"):
        request = urllib.request.Request(
            address + path, method=method, headers={"Authorization": f"token {TOKEN}"}
        )
        return urllib.request.urlopen(request)

    for _ in range(PATIENCE // 100):
        try:
            ask("/api/status")
            break
        except urllib.error.URLError:
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
    yield address
    ask("/api/shutdown", "POST")
    server.wait(120)


@pytest.fixture(scope="module")
def lab(built, tmp_path_factory):
    """(tree, open): a finished tree with a JupyterLab on it, and a function that opens one of its notebooks in a page."""
    folder = tmp_path_factory.mktemp("lab")
    tree = built.copy(folder / "tree")
    with jupyterlab(tree, folder) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 1000}, device_scale_factor=2)
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/lab?token={TOKEN}")
        page.wait_for_function("window.jupyterapp")
        page.evaluate("() => jupyterapp.restored")

        @contextmanager
        def opened(name):
            page.evaluate(OPEN, f"notebooks/{name}.ipynb")
            try:
                yield page
            finally:
                page.evaluate(CLOSE)

        yield tree, opened


def as_committed(tree, built, name):
    """Whether what JupyterLab saved is, normalised, the notebook as committed."""
    saved = json.loads((tree / f"notebooks/{name}.ipynb").read_bytes())
    return normalise(saved) == (built / f"notebooks/{name}.ipynb").read_bytes()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_restart_and_run_all(lab, built, name):
    """Every cell runs, in order and without an error, and what is then saved is the notebook as committed. In short of two notebooks,
    this one and the one below; that all five run and give the bytes committed, `make verify` shows in test_same_bytes.py."""
    tree, opened = lab
    with opened(name) as page:
        assert page.evaluate(RESTART_AND_RUN_ALL) is True
        assert page.evaluate(SAVE) is False
    assert as_committed(tree, built, name)


@pytest.fixture(scope="class")
def running_total(lab):
    """A page with the notebook of the running total: restarted, run through and saved."""
    _, opened = lab
    with opened("04-running-total") as page:
        assert page.evaluate(RESTART_AND_RUN_ALL) is True
        assert page.evaluate(SAVE) is False
        yield page


HELP = [("figures", "publish", "Write a chart's bundle"), ("notebook", "show_table", "Display a table")]


class TestRunningTotal:
    """What is done with an open notebook, one after another, in one kernel."""

    def test_restart_and_run_all(self, running_total, lab, built):
        assert as_committed(lab[0], built, "04-running-total")

    def test_completion_and_help(self, running_total):
        """Tab completes a function's name, Shift-Tab shows what it is for."""
        for module, name, words in HELP:
            assert name in running_total.evaluate(COMPLETE, f"{module}.{name[:5]}")
            assert words in running_total.evaluate(INSPECT, f"{module}.{name}")

    def test_pictures(self, running_total):
        """Two pixels of a picture for each that a high-density screen has, and its own white ground in the dark theme."""
        page = running_total
        page.evaluate(
            "() => jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
        )
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
        page.evaluate("() => panel.content.scrollToItem(6)")
        picture = page.locator(".jp-RenderedImage img")
        picture.evaluate("image => image.decode()")
        natural, drawn = picture.evaluate(
            "image => [image.naturalWidth, image.clientWidth * devicePixelRatio]"
        )
        assert natural >= drawn > 0
        with Image.open(io.BytesIO(picture.screenshot())) as seen:
            assert seen.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
        ink, ground = page.locator(".jp-RenderedMarkdown td").first.evaluate(COLOURS)
        assert sum(ink) > 3 * 200 and sum(ground) < 3 * 60

    def test_another_parameter(self, running_total, lab, built):
        """ "children" changed to "women", and run on without a restart: what `make` draws for women."""
        page, (tree, _) = running_total, lab
        cells = cells_of(tree / "notebooks/04-running-total.ipynb")
        [index] = [i for i, cell in enumerate(cells) if "parameters" in cell["metadata"].get("tags", [])]
        source = "".join(cells[index]["source"])
        page.evaluate(TYPE, [index, source.replace('counted = "children"', 'counted = "women"')])
        assert page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')") is True
        shown = [output["data"] for outputs in page.evaluate(OUTPUTS) for output in outputs]
        women = cells_of(built / "build/04-running-total-women.ipynb")
        made = [output["data"] for cell in women for output in cell.get("outputs", [])]
        assert list(map(joined, shown)) == list(map(joined, made))


def joined(data):
    """The data of an output with each piece as one string: files hold it as lines."""
    return {kind: "".join(piece).strip() for kind, piece in data.items()}


def test_open_tabs_and_the_pipeline(lab):
    """Edits that are not saved stay in the tab, `make` does not touch the notebook, and nobody asks anything."""
    tree, opened = lab
    path = tree / "notebooks/01-sources.ipynb"
    with opened("01-sources") as page:
        page.evaluate(TYPE, [0, "# My sources"])
        before = path.read_bytes()
        assert tree.run() == [] and path.read_bytes() == before
        page.evaluate(SAVE)
        assert b"My sources" in path.read_bytes()
        assert tree.run() == ["01-sources"]
        assert tree.headcount("save")[0] == 0
        expect(page.locator(".jp-Dialog")).to_have_count(0)
        assert page.evaluate("() => panel.content.model.sharedModel.cells[0].source") == "# My sources"
        page.evaluate("() => jupyterapp.commands.execute('docmanager:reload')")
        page.wait_for_function(f"({DIRTY})() === false")
        expect(page.locator(".jp-Dialog")).to_have_count(0)


def test_dollars_and_markup(lab):
    """What a text says stays text: money is no formula, and a tag no tag."""
    tree, opened = lab
    with opened("01-sources") as page:
        said = "from $5 to $6, <img src=x onerror=alert(1)> **or** `so` | [a](b)"
        page.evaluate(TYPE, [3, f"import pandas\nshow_table(pandas.DataFrame({{'said': [{said!r}]}}))"])
        page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
        cell = page.locator(".jp-RenderedMarkdown td").first
        expect(cell).to_have_text(said, use_inner_text=True)
        expect(cell.locator("img, a, code, strong")).to_have_count(0)
