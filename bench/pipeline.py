"""How fast the pipeline runs, as ratios to other ways of running the same notebooks, measured in turn in one go.

    python bench/pipeline.py [ROUNDS]

pipeline   all notebooks, in an empty build folder
floor      the same runner and as many runs, of notebooks that only import the same libraries
papermill  papermill's own command, once for each notebook, one after another
nothing    make, with nothing to do, and make with a rule that does nothing
"""

import ast
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from conftest import ENVIRONMENT, INPUTS, PYTHON, ROOT, pretend_environment

from headcount import pipeline, stages
from headcount.story import Story


def main(rounds):
    with tempfile.TemporaryDirectory() as folder:
        real, floor, done = (copy(Path(folder) / name) for name in ("real", "floor", "done"))
        headcount(real)
        headcount(done)
        for name in ("data/processed", "figures"):
            shutil.copytree(real / name, floor / name)
        for notebook in (floor / "notebooks").glob("*.ipynb"):
            import_only(notebook)
        ways = {
            "pipeline": lambda: headcount(real),
            "floor": lambda: headcount(floor),
            "papermill": lambda: papermill(real),
            "make": lambda: do(["make"], done),
            "make -q": lambda: do(["make", "-q", "-f", "-"], folder, input="all: ;\n"),
        }
        taken = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                shutil.rmtree(real / "build", ignore_errors=True)
                shutil.rmtree(floor / "build", ignore_errors=True)
                taken[name].append(cost(way))
    wall, cpu = (
        {name: statistics.median(pair[kind] for pair in pairs) for name, pairs in taken.items()}
        for kind in (0, 1)
    )
    print(f"median of {rounds}, in seconds:")
    for name in ways:
        print(f"  {name:<10} wall {wall[name]:6.2f}   CPU {cpu[name]:6.2f}")
    print("\n                          measured     aim")
    for what, value, aim in (
        ("wall, pipeline / floor", ratio(taken, "pipeline", "floor", 0), 1.25),
        ("CPU, pipeline / floor", ratio(taken, "pipeline", "floor", 1), 1.25),
        ("wall, pipeline / papermill", ratio(taken, "pipeline", "papermill", 0), 0.6),
        ("seconds, nothing to do", wall["make"], 0.2),
    ):
        print(f"{what:<26} {value:7.2f}  {aim:6} {'' if value <= aim else '  missed'}")


def copy(folder):
    """The inputs of the project in another folder."""
    for name in INPUTS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    pretend_environment(folder)
    return folder


def import_only(notebook):
    """Leave nothing in a notebook but its parameters, and the imports of libraries by it and by our modules it uses."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    written = "\n".join("".join(cell["source"]) for cell in code)
    pieces = [path.read_text(encoding="utf-8") for path in stages.modules_of(written)]
    libraries = {
        ast.unparse(node)
        for piece in [written, *pieces]
        for node in ast.parse(piece).body
        if isinstance(node, ast.Import | ast.ImportFrom) and "headcount" not in ast.unparse(node)
    }
    code[1]["source"] = "\n".join(sorted(libraries))
    content["cells"] = code[:2]
    notebook.write_text(json.dumps(content), encoding="utf-8")


def headcount(tree):
    do([*PYTHON, "-m", "headcount", "run"], tree)


def papermill(tree):
    (tree / "build").mkdir()
    *notebooks, page = stages.stages(Story.at(tree), tree / "notebooks")
    for stage in notebooks:
        given = [part for name, value in stage.parameters.items() for part in ("-p", name, value)]
        command = [*PYTHON, "-m", "papermill", "--no-progress-bar", "--cwd", "notebooks"]
        do([*command, stage.notebook, f"build/{stage.name}.ipynb", *given], tree)
    pipeline.make_page(page, Story.at(tree))


def do(command, tree, **options):
    environment = {**ENVIRONMENT, "PYTHONPATH": str(Path(tree) / "src")}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(done.stderr)


def cost(way):
    """(wall, CPU) seconds that a way takes, its child processes included."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    way()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(taken, one, other, kind):
    """The median ratio of two ways, round by round, since a machine's speed drifts."""
    return statistics.median(a[kind] / b[kind] for a, b in zip(taken[one], taken[other], strict=True))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
