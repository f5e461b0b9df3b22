"""A story of very many claims through all notebooks: CPU, memory, and the size of what a reader opens.

    python bench/large_story.py [TEXTS]

TEXTS of fifty claims each; 200 by default, so 10,000 claims. 2,000 texts are 100,000 claims.
"""

import shutil
import sys

import long_story
import scale


def main(texts):
    folder = scale.FOLDER / f"story-{texts}"
    shutil.rmtree(folder, ignore_errors=True)
    long_story.write(folder, texts)
    cost = scale.run("headcount", "run", "--story", folder, "--jobs", 1)
    lines = {
        name: sum(1 for _ in (folder / "processed" / f"{name}.csv").open()) - 1
        for name in ("claims", "verdicts")
    }
    size = {
        path.name: path.stat().st_size / 1e6
        for path in [*(folder / "build").glob("*.ipynb"), *(folder / "figures").glob("*.*")]
    }
    largest = max((name for name in size if name.endswith(".ipynb")), key=size.get)
    print(
        f"{lines['claims']:,} claims, {lines['verdicts']:,} verdicts: {cost.cpu:.0f} CPU seconds, largest process {cost.memory:.0f} MB"
    )
    print(f"  index.html {size['index.html']:.1f} MB, largest notebook {largest} {size[largest]:.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
