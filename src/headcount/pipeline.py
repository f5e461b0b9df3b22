"""The stages run: notebooks through papermill, the page by its module; saved, and verified against a rebuild."""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from headcount import HeadcountError
from headcount.stages import (
    PAGE,
    checksum,
    fingerprint,
    outputs_at,
    outputs_of,
    stages,
    stamp_of,
    up_to_date,
)
from headcount.story import ROOT, Story
from headcount.writing import unwritable, write_bytes


def run(story, notebooks=ROOT / "notebooks", parameters=None, jobs=1, say=print):
    """Run the stages of a story that are not up to date, up to `jobs` at a time. Returns the names of those that ran.

    Raises HeadcountError for the first that fails: its outputs stay what they were, and those that depend on it do not run.
    """
    plan = stages(story, notebooks, parameters)
    if parameters:
        from headcount.notebook import checked_value  # costs what finding nothing to do takes

        for name, value in parameters.items():
            checked_value(name, value, story)
    if all(up_to_date(stage, story.build) for stage in plan) and not leftovers(story):
        return []
    with alone(story, say):
        return run_stages(plan, story, jobs, say)


def leftovers(story):
    """What a run that is going on, or was killed, keeps beside its outputs: files half-written, and working folders."""
    folders = (
        story.build,
        story.build / "stamps",
        story.processed,
        story.figures,
        story.figures / "data",
    )
    partial = [path for folder in folders for path in folder.glob(".*.partial")]
    return [*partial, *story.build.glob(".running-*")]


@contextmanager
def alone(story, say):
    """Let one run at a time work on a story: another waits for it, and then finds its work done. What a killed run left half-written
    is removed. The lock goes with the process that holds it, so none is ever left behind."""
    story.build.mkdir(parents=True, exist_ok=True)
    with (story.build / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  waiting for another run on {story.folder} to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for path in leftovers(story):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        yield


def run_stages(plan, story, jobs, say):
    """Run the stages of a plan in the order in which they read and write. Returns the names of those that ran."""
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
    """Run one stage of a story: everything it writes is new, and its stamp says so, or, if it fails, all is as it was before."""
    executed, failed = (story.build / f"{stage.name}{ending}" for ending in (".ipynb", ".failed.ipynb"))
    failed.unlink(missing_ok=True)
    stamp, before = stamp_of(stage, story.build), fingerprint(stage)
    try:
        with kept([*outputs_at(stage, executed), stamp], story.build) as folder:
            if stage.notebook == PAGE:
                make_page(stage, story)
            else:
                run_notebook(stage, folder / "notebook.ipynb", failed)
                write_bytes(executed, (folder / "notebook.ipynb").read_bytes())
            content = {"fingerprint": before, "outputs": outputs_of(stage, executed)}
            write_bytes(stamp, json.dumps(content).encode())
    except OSError as error:
        raise HeadcountError(f"{stage.name}: {unwritable(error)}") from None


@contextmanager
def kept(paths, build):
    """A working folder in `build`; if what is done meanwhile fails, the files at `paths` become again what they were."""
    build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build, prefix=".running-") as folder:
        copies = [(path, Path(folder) / str(number)) for number, path in enumerate(paths)]
        for path, copy in copies:
            if path.is_file():
                shutil.copy2(path, copy)
        try:
            yield Path(folder)
        except BaseException:
            for path, copy in copies:
                with suppress(OSError):  # of a folder that cannot be written: then nothing in it has changed
                    os.replace(copy, path) if copy.exists() else path.unlink(missing_ok=True)
            raise


def make_page(stage, story):
    """Write the page of a story."""
    from headcount.page import write_page

    try:
        write_page(story, [path.stem for path in stage.reads if path.suffix == ".json"], **stage.parameters)
    except HeadcountError as error:
        raise HeadcountError(f"{stage.name}: {error}") from None


def run_notebook(stage, executed, failed):
    """Run a notebook through papermill: as run and normalised it is put at `executed`, or, as far as it got, at `failed`."""
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    papermill.log.logger.disabled = True  # what goes wrong, the HeadcountError says
    try:
        papermill.execute_notebook(
            _unformatted(stage.notebook),
            _unformatted(executed),
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
        os.replace(executed, failed)
        reason = error.evalue if error.ename == "HeadcountError" else f"{error.ename}: {error.evalue}"
        raise HeadcountError(
            f"{stage.name}, cell {error.exec_count}: {reason}\n  The notebook as far as it ran: {failed}"
        ) from None
    except RuntimeError as error:
        raise HeadcountError(
            f"{stage.name}: {error}. Run make again; if it happens again, too little memory may be left."
        ) from None
    executed.write_bytes(normalise(json.loads(executed.read_text(encoding="utf-8"))))
    missing = [path for path in stage.writes if not path.is_file()]
    if missing:
        raise HeadcountError(f"{stage.name} ran but did not write {', '.join(map(str, missing))}.")


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


def save(story, notebooks=ROOT / "notebooks", say=print):
    """Put the executed copies over the committed notebooks, saying what they replace. Returns the names of those that changed.

    Raises a HeadcountError, with every notebook as it was, for one that holds edits which neither its last run nor git has.
    """
    changed = {}
    for stage in stages(story, notebooks):
        if stage.notebook != PAGE and not stage.parameters and up_to_date(stage, story.build):
            data = (story.build / f"{stage.name}.ipynb").read_bytes()
            if data != stage.notebook.read_bytes():
                changed[stage.notebook] = data
    for path, data in changed.items():
        if edits(json.loads(path.read_bytes())) != edits(json.loads(data)) and not in_git(path):
            raise HeadcountError(
                f"{path} holds edits outside its cells (tags, metadata) that saving would lose and git does not have. "
                "Commit it first, or take them out: git diff shows them."
            )
    for path, data in changed.items():
        old, new = (
            [cell.get("outputs") for cell in json.loads(text)["cells"]] for text in (path.read_bytes(), data)
        )
        outputs = sum(one != other for one, other in zip(old, new, strict=True))
        say(
            f"  {path.name}: {outputs} outputs replaced" if outputs else f"  {path.name}: counts and metadata"
        )
        write_bytes(path, data)
    return [path.name for path in changed]


MADE = {"kernelspec", "language_info", "papermill", "execution", "trusted", "scrolled", "collapsed"}


def edits(notebook):
    """What a person wrote in a notebook: its cells without outputs, and the metadata that no program keeps for itself."""

    def own(part):
        return {key: value for key, value in part["metadata"].items() if key not in MADE}

    cells = [
        {key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}
        | {"metadata": own(cell), "source": "".join(cell["source"])}
        for cell in notebook["cells"]
    ]
    return own(notebook), cells


def in_git(path):
    """Whether a file stands in git as it is, committed."""
    try:
        told = subprocess.run(
            ["git", "-C", path.parent, "status", "--porcelain", "--ignored", "--", path.name],
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return not told.stdout


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
        save(rebuilt, tree / "notebooks", say=lambda line: None)
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
