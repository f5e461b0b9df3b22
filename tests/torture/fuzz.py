"""What the coverage-guided fuzzer runs: bytes as a text, and as a sources.yml. Started by test_coverage_guided.py."""

import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["headcount"]):
    from test_bad_input import census

    from headcount import HeadcountError
    from headcount.sources import read_sources
    from headcount.story import Story

folder = TemporaryDirectory()
STORY = Story(Path(folder.name))
STORY.raw.mkdir()
(STORY.raw / "one.txt").write_text("Ten children.")


def one(data):
    """One input: a text if it is UTF-8, which must be accounted for, and a listing, which must be read or refused."""
    with suppress(UnicodeDecodeError):
        census(data.decode("utf-8"))
    (STORY.raw / "sources.yml").write_bytes(data)
    with suppress(HeadcountError):
        read_sources(STORY)


atheris.Setup(sys.argv, one)
atheris.Fuzz()
