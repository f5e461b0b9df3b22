"""The `headcount` command."""

import argparse
import os
import sys
from pathlib import Path

from headcount import HeadcountError, pipeline
from headcount.story import ROOT, Story
from headcount.writing import unwritable


def main(arguments=None):
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="headcount", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("run", "run the notebooks and write the page where not up to date"),
        ("save", "put the executed notebooks' outputs into the committed ones"),
        ("verify", "rebuild in an empty tree and compare with what is here"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--story", default=".", help="the story's folder (default: this one)")
        command.add_argument("--jobs", type=int, default=os.cpu_count(), help="notebooks to run at a time")
        if name == "run":
            command.add_argument(
                "parameters",
                nargs="*",
                metavar="NAME=VALUE",
                help="a notebook parameter, such as reading=newsroom",
            )
    command = commands.add_parser(
        "extract", help="print the claims of any texts", description="Print the claims of any texts."
    )
    command.add_argument("files", nargs="+", metavar="FILE", type=Path, help="a text, UTF-8")
    command.add_argument(
        "--published", default="", metavar="DATE", help="the day on which they appeared, such as 2011-12-06"
    )
    command.add_argument(
        "--story", default=str(ROOT), metavar="FOLDER", help="whose nouns to use (default: this project's)"
    )
    command.add_argument(
        "--format", choices=("csv", "jsonl", "parquet"), help="default: by the output's ending, else csv"
    )
    command.add_argument(
        "--output", type=Path, metavar="FILE", help="write here rather than to standard output"
    )
    options = parser.parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except HeadcountError as error:
        print(f"headcount: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"headcount: {unwritable(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "headcount: interrupted; what was running has changed nothing. Run make to go on.",
            file=sys.stderr,
        )
        return 130


def _run(options):
    parameters = {}
    for text in options.parameters:
        name, equals, value = text.partition("=")
        if not (equals and name.isidentifier()):
            raise HeadcountError(f"{text!r} is no parameter. Write NAME=VALUE, such as reading=newsroom.")
        parameters[name] = value
    ran = pipeline.run(Story.at(options.story), parameters=parameters, jobs=max(1, options.jobs))
    if not ran:
        print("Nothing to do: everything is up to date.")
    return 0


def _save(options):
    if not pipeline.save(Story.at(options.story)):
        print("Nothing to save: the notebooks show this project's own story as it last ran.")
    return 0


def _verify(options):
    differing = pipeline.verify(Story.at(options.story), jobs=max(1, options.jobs))
    for path in differing:
        print(f"  differs: {path}")
    print(
        "Rebuilt, and every table, figure, page and notebook is the same."
        if not differing
        else "The rebuild differs: make writes tables, figures and the page anew, make save the notebooks."
    )
    return 1 if differing else 0


def _extract(options):
    from headcount.extract import WRITERS, write_claims

    ending = options.output.suffix[1:] if options.output else ""
    form = options.format or ending or "csv"
    if form not in WRITERS:
        raise HeadcountError(f"{options.output}: write .csv, .jsonl or .parquet, or say --format.")
    show = sys.stderr.isatty() or len(options.files) >= 100

    def say(text):
        if show:
            print(
                f"\r\033[K{text}" if sys.stderr.isatty() else text,
                end="" if sys.stderr.isatty() else "\n",
                file=sys.stderr,
            )

    try:
        write_claims(options.files, Story.at(options.story), options.published, form, options.output, say)
    except BrokenPipeError:
        sys.stderr.close()
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    finally:
        if show and sys.stderr.isatty():
            print(file=sys.stderr)
    return 0


COMMANDS = {"run": _run, "save": _save, "verify": _verify, "extract": _extract}

if __name__ == "__main__":
    sys.exit(main())
