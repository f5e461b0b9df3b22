"""The `headcount` command."""

import argparse
import os
import sys

from headcount import HeadcountError, pipeline
from headcount.story import Story


def main(arguments=None):
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="headcount", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("run", "run the notebooks that are not up to date"),
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
    options = parser.parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except HeadcountError as error:
        print(f"headcount: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("headcount: interrupted; what was running left no output.", file=sys.stderr)
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
    for name in pipeline.save(Story.at(options.story)):
        print(f"  {name}")
    return 0


def _verify(options):
    differing = pipeline.verify(Story.at(options.story), jobs=max(1, options.jobs))
    for path in differing:
        print(f"  differs: {path}")
    print(
        "Rebuilt, and every table, figure and notebook is the same."
        if not differing
        else "The rebuild differs. See make save."
    )
    return 1 if differing else 0


COMMANDS = {"run": _run, "save": _save, "verify": _verify}

if __name__ == "__main__":
    sys.exit(main())
