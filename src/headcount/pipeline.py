"""The notebooks in order, and the page behind them: what each reads and writes, which must run again, and the runs themselves."""

import ast
import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from headcount import HeadcountError
from headcount.story import ROOT, Story

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
    for counted in (series["counted"] for series in story.facts["series"]):
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
    return recorded == {"fingerprint": fingerprint(stage), "outputs": _outputs(stage, executed)}


def _outputs(stage, executed):
    drawn = (path.with_name(f"{path.name}.{form}") for path in stage.figures for form in BUNDLE)
    return {path.name: checksum(path) for path in (*stage.writes, *drawn, executed)}


# --- running ----------------------------------------------------------------------------------------------------------


def run(story, notebooks=ROOT / "notebooks", parameters=None, jobs=1, say=print):
    """Run the stages of a story that are not up to date, up to `jobs` at a time. Returns the names of those that ran.

    Raises HeadcountError for the first that fails; those that depend on it do not run.
    """
    plan = stages(story, notebooks, parameters)
    if all(up_to_date(stage, story.build) for stage in plan):
        return []
    from concurrent.futures import (
        FIRST_COMPLETED,
        ThreadPoolExecutor,
        wait,
    )  # costs what finding nothing to do takes

    finished, ran, waiting, running = set(), [], list(plan), {}
    made_by = {path: stage for stage in plan for path in stage.writes}
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            while waiting or running:
                for stage in list(waiting):
                    if len(running) < jobs and all(
                        made_by[path].name in finished for path in stage.reads if path in made_by
                    ):
                        waiting.remove(stage)
                        if up_to_date(stage, story.build):
                            finished.add(stage.name)
                            break
                        say(f"  {stage.name}")
                        running[pool.submit(execute, stage, story)] = stage
                else:
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        stage = running.pop(future)
                        future.result()
                        finished.add(stage.name)
                        ran.append(stage.name)
        except KeyboardInterrupt:
            stop(running)
            raise
    return ran


def stop(running):
    """End the runs by ending their kernels, which a Ctrl-C does not reach."""
    from concurrent.futures import wait

    import psutil

    while wait(running, timeout=0.2).not_done:
        for kernel in psutil.Process().children():
            with suppress(psutil.NoSuchProcess):
                kernel.kill()


def execute(stage, story):
    """Run one stage of a story; record its stamp only when everything it writes is there."""
    executed, failed = (story.build / f"{stage.name}{ending}" for ending in (".ipynb", ".failed.ipynb"))
    story.build.mkdir(parents=True, exist_ok=True)
    for path in (stamp_of(stage, story.build), executed, failed):
        path.unlink(missing_ok=True)
    before = fingerprint(stage)
    if stage.notebook == PAGE:
        make_page(stage, story)
    else:
        run_notebook(stage, executed, failed)
    stamp = stamp_of(stage, story.build)
    stamp.parent.mkdir(exist_ok=True)
    content = json.dumps({"fingerprint": before, "outputs": _outputs(stage, executed)})
    partial = stamp.with_suffix(".partial")
    partial.write_text(content)
    os.replace(partial, stamp)


def make_page(stage, story):
    """Write the page of a story."""
    from headcount.page import write_page

    try:
        write_page(story, [path.stem for path in stage.reads if path.suffix == ".json"], **stage.parameters)
    except HeadcountError as error:
        raise HeadcountError(f"{stage.name}: {error}") from None


def run_notebook(stage, executed, failed):
    """Run a notebook through papermill: as run and normalised it is put at `executed`, as far as it got at `failed`."""
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    papermill.log.logger.disabled = True  # what goes wrong, the HeadcountError says
    with tempfile.TemporaryDirectory(dir=executed.parent, prefix=".running-") as folder:
        partial = Path(folder) / "notebook.ipynb"
        try:
            papermill.execute_notebook(
                _unformatted(stage.notebook),
                _unformatted(partial),
                parameters=stage.parameters,
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                record_timing=False,
                request_save_on_cell_execute=False,  # saved once, at the end or at an error
                autosave_cell_every=0,
                start_timeout=120,
                shutdown_kernel="immediate",  # a graceful shutdown sometimes hangs for three seconds
                # papermill's own cwd moves the whole process, and so the kernels that other threads start.
                resources={"metadata": {"path": str(stage.notebook.parent)}},
                config=Config({"KernelManager": {"transport_encryption": "auto"}}),
            )
        except PapermillExecutionError as error:
            os.replace(partial, failed)
            reason = error.evalue if error.ename == "HeadcountError" else f"{error.ename}: {error.evalue}"
            raise HeadcountError(
                f"{stage.name}, cell {error.exec_count}: {reason}\n  The notebook as far as it ran: {failed}"
            ) from None
        except RuntimeError as error:
            raise HeadcountError(f"{stage.name}: {error}.") from None
        normalised = normalise(json.loads(partial.read_text(encoding="utf-8")))
        partial.write_bytes(normalised)
        missing = [path for path in stage.writes if not path.is_file()]
        if missing:
            raise HeadcountError(f"{stage.name} ran but did not write {', '.join(map(str, missing))}.")
        os.replace(partial, executed)


def _unformatted(path):
    """A path as papermill wants it: it takes braces for the names of parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def normalise(notebook):
    """The bytes of a notebook without what differs from run to run and machine to machine; outputs stay."""
    for cell in notebook["cells"]:
        tags = [tag for tag in cell["metadata"].get("tags", []) if not tag.startswith("papermill")]
        cell["metadata"] = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        for output in cell.get("outputs", []):
            output.pop("transient", None)
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


# --- saving and verifying -----------------------------------------------------------------------------------------------


def save(story, notebooks=ROOT / "notebooks"):
    """Put the executed copies over the committed notebooks. Returns the names of those that changed."""
    changed = []
    for stage in stages(story, notebooks):
        if stage.notebook != PAGE and not stage.parameters and up_to_date(stage, story.build):
            data = (story.build / f"{stage.name}.ipynb").read_bytes()
            if data != stage.notebook.read_bytes():
                stage.notebook.write_bytes(data)
                changed.append(stage.notebook.name)
    return changed


def verify(story, notebooks=ROOT / "notebooks", jobs=1, say=print):
    """Rebuild a story in an empty tree and compare every table, figure, page and notebook. Returns the paths that differ, sorted."""
    with tempfile.TemporaryDirectory(prefix="headcount-verify-") as folder:
        tree = Path(folder)
        shutil.copytree(notebooks, tree / "notebooks", ignore=shutil.ignore_patterns(".*"))
        shutil.copy(story.folder / "story.yml", tree)
        shutil.copytree(story.raw, tree / story.raw.relative_to(story.folder))
        rebuilt = Story.at(tree)
        try:
            run(rebuilt, tree / "notebooks", jobs=jobs, say=say)
        except HeadcountError as error:  # the tree goes, and with it the notebook that the second line names
            raise HeadcountError(str(error).splitlines()[0]) from None
        save(rebuilt, tree / "notebooks")
        pairs = [
            (getattr(story, folder) / within, getattr(rebuilt, folder) / within)
            for folder, within in (("processed", ""), ("figures", ""), ("figures", "data"))
        ]
        if story.folder == ROOT:
            pairs.append((notebooks, tree / "notebooks"))
        return sorted(
            str(ours / name)
            for ours, theirs in pairs
            for name in {
                path.name for side in (ours, theirs) for path in side.glob("[!.]*") if path.is_file()
            }
            if checksum(ours / name) != checksum(theirs / name)
        )
