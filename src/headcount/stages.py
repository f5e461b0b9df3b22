"""The notebooks in order, and the page behind them: what each reads and writes, and which must run again."""

import ast
import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from headcount import HeadcountError
from headcount.story import ROOT

PACKAGE = Path(__file__).parent
PAGE = PACKAGE / "page.py"
PAGE_PARAMETERS = {"reading": "literal", "as_of": ""}  # those of the notebooks that the page takes too
BUNDLE = ("svg", "png", "pdf", "csv")
TABLES = ("sources", "mentions", "claims", "facts", "verdicts", "totals")
COMPARISONS = ("windows", "year", "sum", "outlets", "operations")


@dataclass(frozen=True)
class Stage:
    """One run of a notebook, or of the module that writes the page, with the files it reads and writes and the parameters that
    differ from its defaults.

    Of `figures`, each a path without ending, the card is always written, the rest of the bundle if there is something to draw.
    """

    notebook: Path
    reads: tuple
    writes: tuple
    figures: tuple = ()
    parameters: dict = field(default_factory=dict)
    suffix: str = ""

    @property
    def name(self):
        """The notebook's name, with a suffix where it runs more than once."""
        return self.notebook.stem + self.suffix


def stages(story, notebooks=ROOT / "notebooks", parameters=None):
    """The Stages of a story, in order; `parameters` (name to text) go to every notebook that takes them.

    Raises HeadcountError, listing what is allowed, for a parameter that no notebook takes.
    """
    table = {name: story.processed / f"{name}.csv" for name in TABLES}
    texts = (*sorted(story.raw.glob("*.txt")), story.raw / "sources.yml")
    tale = story.folder / "story.yml"
    plan = [
        ("01-sources", texts, [table["sources"]], [], {}),
        ("02-claims", (*texts, table["sources"]), [table["mentions"], table["claims"]], [], {}),
        (
            "03-reconciliation",
            [table["claims"]],
            [table["facts"], table["verdicts"], table["totals"]],
            [],
            {},
        ),
    ]
    for counted in story.series:
        reads = [table[name] for name in ("sources", "claims", "verdicts", "totals")]
        plan.append(("04-running-total", reads, [], [f"running-total-{counted}"], {"counted": counted}))
    reads = [table[name] for name in ("sources", "claims", "facts", "verdicts", "totals")]
    plan.append(("05-comparisons", reads, [], COMPARISONS, {}))
    defaults = {name: default_parameters(notebooks / f"{name}.ipynb") for name, *_ in plan}
    planned = {"story", *(name for *_, own in plan for name in own)}
    known = {name for values in defaults.values() for name in values} - planned
    unknown = sorted(set(parameters or {}) - known)
    if unknown:
        raise HeadcountError(
            f"unknown parameter {', '.join(unknown)}; the notebooks take {', '.join(sorted(known))}."
        )
    result = []
    for name, reads, writes, figures, own in plan:
        given = {"story": os.path.relpath(story.folder, notebooks), **(parameters or {}), **own}
        given = {key: value for key, value in given.items() if value != defaults[name].get(key, value)}
        suffix = "-" + own["counted"] if "counted" in given else ""
        cards = [story.figures / f"{figure}.json" for figure in figures]
        figures = tuple(story.figures / figure for figure in figures)
        result.append(
            Stage(notebooks / f"{name}.ipynb", (*reads, tale), (*writes, *cards), figures, given, suffix)
        )
    return [
        *result,
        page_stage(story, [figure for stage in result for figure in stage.figures], parameters or {}),
    ]


def page_stage(story, figures, parameters):
    """The Stage that writes the page from all tables and the figures (paths without ending), in their order."""
    bundles = [figure.with_name(f"{figure.name}.{form}") for figure in figures for form in ("json", *BUNDLE)]
    tables = [f"{name}.csv" for name in TABLES]
    copies = [story.figures / "data" / name for name in (*tables, "datapackage.json")]
    return Stage(
        PAGE,
        (*(story.processed / name for name in tables), *bundles, story.folder / "story.yml"),
        (story.processed / "datapackage.json", *copies, story.figures / "index.html"),
        parameters={
            name: parameters[name]
            for name, default in PAGE_PARAMETERS.items()
            if name in parameters and parameters[name] != default
        },
    )


def default_parameters(notebook):
    """The parameters of a notebook and their defaults, from its cell tagged `parameters`."""
    for cell in cells_of(notebook):
        if "parameters" in cell["metadata"].get("tags", []):
            return {
                target.id: ast.literal_eval(node.value)
                for node in ast.parse("".join(cell["source"])).body
                for target in node.targets
            }
    raise HeadcountError(f"{notebook} has no cell tagged `parameters`. Restore it with git checkout.")


# --- what must run again ----------------------------------------------------------------------------------------------


def checksum(path):
    """sha256 of a file, or "" if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def cells_of(notebook):
    """The cells of a notebook; a HeadcountError if it cannot be read."""
    try:
        return json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        raise HeadcountError(
            f"{notebook} cannot be read as a notebook. Restore it with git checkout."
        ) from None


def sources_of(path):
    """The cells of a notebook as written: kinds and sources, without outputs. A module is one cell."""
    if path.suffix == ".py":
        return [("code", path.read_text(encoding="utf-8"))]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in cells_of(path)]


def modules_of(code, known=()):
    """The package's modules that a piece of Python imports, directly or through one another, as paths."""
    found = set(known)
    names = set(re.findall(r"(?:from|import) headcount\.(\w+)", code))
    for listed in re.findall(r"from headcount import (\([^)]*\)|.*)", code):
        names |= set(re.findall(r"\w+", listed))
    for name in sorted(names):
        path = PACKAGE / f"{name}.py"
        if path.is_file() and path not in found:
            found |= modules_of(path.read_text(encoding="utf-8"), found | {path})
    return found


def fingerprint(stage):
    """What a run of the stage depends on, by content: its notebook, parameters, the code it imports, the lock, its inputs."""
    cells = sources_of(stage.notebook)
    modules = modules_of("\n".join(source for kind, source in cells if kind == "code"))
    data = {path for module in {*modules, stage.notebook} for path in PACKAGE.glob(f"{module.stem}.*")}
    files = {
        os.path.relpath(path, stage.notebook.parent): checksum(path)
        for path in {*data, PACKAGE / "__init__.py", ROOT / "requirements.lock", *stage.reads}
    }
    return hashlib.sha256(json.dumps([cells, stage.parameters, files], sort_keys=True).encode()).hexdigest()


def stamp_of(stage, build):
    """The file that records the stage's last finished run."""
    return build / "stamps" / f"{stage.name}.json"


def up_to_date(stage, build):
    """Whether nothing the stage depends on has changed since its last finished run, and its outputs are still those."""
    stamp, executed = stamp_of(stage, build), build / f"{stage.name}.ipynb"
    if not stamp.is_file():
        return False
    try:
        recorded = json.loads(stamp.read_text())
    except ValueError:
        return False
    return recorded == {"fingerprint": fingerprint(stage), "outputs": outputs_of(stage, executed)}


def outputs_of(stage, executed):
    """The checksums of all that a stage writes, and of the notebook as run, by path as seen from the build folder."""
    return {os.path.relpath(path, executed.parent): checksum(path) for path in outputs_at(stage, executed)}


def outputs_at(stage, executed):
    """The paths of all that a stage writes or may write, and of the notebook as run."""
    drawn = (path.with_name(f"{path.name}.{form}") for path in stage.figures for form in BUNDLE)
    return [*stage.writes, *drawn, executed]
