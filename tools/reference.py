"""Writes docs/reference.md from the commands' help, the template of story.yml and the docstrings, so that it says what they say."""

import inspect
import re
from pathlib import Path

from headcount.arguments import parser
from headcount.claims import claims_of
from headcount.extract import extract
from headcount.intake import TEMPLATES, add_texts, dated_lines, datelines, headline, new_story
from headcount.reconcile import reconcile
from headcount.sources import read_sources
from headcount.story import Story

PATH = Path(__file__).resolve().parents[1] / "docs" / "reference.md"
FUNCTIONS = [
    Story.at,
    new_story,
    add_texts,
    headline,
    dated_lines,
    datelines,
    read_sources,
    claims_of,
    extract,
    reconcile,
]


def reference():
    """The page, as Markdown."""
    commands = next(action.choices for action in parser()._actions if action.choices)
    parts = [
        "# Reference",
        "Written by `tools/reference.py` from the code; a test keeps it true. [A tutorial](../examples/ferry/README.md) shows the commands at work.",
        "## The commands",
        parser().description.removeprefix("The `headcount` command. "),
        *(command_text(name, command) for name, command in commands.items()),
        "## story.yml",
        "What `headcount new` lays out; every key is told of there.",
        f"```yaml\n{(TEMPLATES / 'story.yml').read_text(encoding='utf-8')}```",
        "## The library",
        "What the commands do, as functions. Whatever the user can mend raises `headcount.HeadcountError`, whose message names the file, the "
        "place and the way out. The examples run as tests.",
        *map(function_text, FUNCTIONS),
    ]
    return "\n\n".join(parts) + "\n"


def command_text(name, command):
    """A command's usage, description, and each of its arguments."""
    rows, usage = [], []
    for action in command._actions:
        if action.dest == "help":
            continue
        value = action.metavar or "|".join(action.choices or [action.dest.upper()])
        words = f"{action.option_strings[-1]} {value}" if action.option_strings else value
        words += " ..." if action.nargs in ("+", "*") else ""
        rows.append(f"| `{words.replace('|', chr(92) + '|')}` | {action.help.replace('|', chr(92) + '|')} |")
        usage.append(words if action.required and action.nargs != "*" else f"[{words}]")
    table = "\n".join(["| argument | says |", "|---|---|", *rows])
    return f"### `headcount {name}`\n\n{command.description}\n\n```text\nheadcount {name} {' '.join(usage)}\n```\n\n{table}"


def function_text(function):
    """A function's signature and docstring, its examples as code."""
    name = function.__qualname__
    told, arrow, examples = inspect.getdoc(function).partition(">>> ")
    code = f"\n\n```python\n{arrow}{examples.rstrip()}\n```" if arrow else ""
    signature = re.sub(r"'([A-Z]\w*)'|\b(?:[a-z]+\.)+(?=[A-Z])", r"\1", str(inspect.signature(function)))
    signature = signature.replace("datetime.", "").replace("''", '""')  # as ruff writes it
    return f"### `{name}` from `{function.__module__}`\n\n```python\n{name}{signature}\n```\n\n{told.strip()}{code}"


if __name__ == "__main__":
    PATH.write_text(reference(), encoding="utf-8")
