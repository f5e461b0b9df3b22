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
    options = parser().parse_args(arguments)
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


def parser():
    """The command line's parser, all commands with their help."""
    whole = argparse.ArgumentParser(
        prog="headcount",
        description=f"{__doc__} Exit status: 0 when done, 1 when something must be mended first (the message says what and how), "
        "2 for a wrong command line.",
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_stories(commands)
    for name, text in (
        ("run", "run the notebooks and write the page where not up to date"),
        ("save", "put the executed notebooks' outputs into the committed ones"),
        ("verify", "rebuild in an empty tree and compare with what is here"),
    ):
        command = commands.add_parser(name, help=text, description=f"{text.capitalize()}.")
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
    return whole


def _add_stories(commands):
    """The commands that lay out a story, take texts in, and print what its figures come to."""
    text = "lay out a story in a new folder: story.yml to fill in, and raw/ for the texts"
    command = commands.add_parser(
        "new", help=text, description=f"{text.capitalize()}. Nothing that is there is touched."
    )
    command.add_argument("folder", metavar="FOLDER", help="the story's folder, which is made")
    text = "take texts into a story: copied as they are, sealed, listed in its sources.yml"
    command = commands.add_parser(
        "add",
        help=text,
        description=f"{text.capitalize()}. What the command line does not say is read off the text where it stands there plainly: the "
        "headline, a day on a line of its own, an agency's credit. Nothing is guessed; what is missing is said.",
    )
    command.add_argument("folder", metavar="FOLDER", help="the story's folder")
    command.add_argument("files", nargs="+", metavar="FILE", help="a text, UTF-8")
    command.add_argument("--publisher", required=True, metavar="NAME", help="who published the texts")
    command.add_argument(
        "--published",
        default="",
        metavar="DAY",
        help="when: a day (2025-03-11), an interval (2025-03-11..2025-03-14) or unknown; default: the day that the text states, else unknown",
    )
    command.add_argument("--basis", default="", metavar="TEXT", help="how that day is known")
    command.add_argument(
        "--title", default="", metavar="TEXT", help="the headline; default: the first line if it is one"
    )
    command.add_argument(
        "--relays",
        default="",
        metavar="NAMES",
        help="whose words the texts pass on, several with ; between; default: whom credit lines name",
    )
    command.add_argument("--note", default="", metavar="TEXT", help="what else a reader should know")
    text = "print what a story's figures come to: why they differ, which cannot all be true, what totals they allow"
    command = commands.add_parser(
        "reconcile",
        help=text,
        description=f"{text.capitalize()}. Reads the texts anew, or claims in a file; writes no file.",
    )
    command.add_argument("folder", metavar="FOLDER", help="the story's folder")
    command.add_argument(
        "--claims",
        type=Path,
        metavar="FILE",
        help="claims to reconcile instead of the texts': a CSV as `headcount extract` writes",
    )
    command.add_argument(
        "--table",
        choices=("verdicts", "facts", "totals", "answers"),
        default="verdicts",
        help="what to print (default: verdicts)",
    )
    command.add_argument(
        "--format", choices=("csv", "jsonl"), default="csv", help="as CSV or as JSON lines (default: csv)"
    )
    command.add_argument(
        "--as-of",
        default="",
        metavar="DAY",
        help="a day for which totals are told (default: that of story.yml)",
    )


def _new(options):
    from headcount.intake import new_story

    story = new_story(options.folder)
    print(
        f"{story.folder}: a new story. Fill in story.yml, then take texts in: headcount add {options.folder} FILE ..."
    )
    return 0


def _add(options):
    from headcount.intake import add_texts

    story = Story.at(options.folder)
    given = {
        name: getattr(options, name)
        for name in ("publisher", "published", "basis", "title", "relays", "note")
    }
    for path, entry, remarks in add_texts(story, options.files, **given):
        print(f"  {path.name}: {entry.get('title', 'no title')}")
        when = entry["published"]
        when = " to ".join(map(str, when)) if isinstance(when, list) else str(when)
        print(f"    published {when}. {entry['basis']}")
        if "relays" in entry:
            print(f"    relays {entry['relays']}")
        for remark in remarks:
            print(f"    look: {remark}")
    try:
        story.facts  # noqa: B018  (read, and so checked)
    except HeadcountError as error:
        print(f"Still to do: {error}")
    return 0


def _reconcile(options):
    from headcount.claims import claims_of
    from headcount.notebook import checked_day
    from headcount.reconcile import reconcile
    from headcount.tables import csv_text, read_table

    story, as_of = Story.at(options.folder), checked_day(options.as_of)
    claims = read_table("claims", options.claims) if options.claims else claims_of(story)
    found = reconcile(claims, story, as_of)
    table = (
        _answers(claims, found, story, as_of) if options.table == "answers" else getattr(found, options.table)
    )
    text = csv_text(table)
    if options.format == "jsonl":
        text = table.to_json(orient="records", lines=True, force_ascii=False) if len(table) else ""
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    print(text, end="")
    return 0


def _answers(claims, found, story, as_of):
    """The questions of the page with their answers, hedges read to the letter, as a table."""
    import pandas as pd

    from headcount.page import all_answers

    topics = all_answers(story, {**found._asdict(), "claims": claims}, "literal", as_of)
    rows = [
        (topic, one.question, one.answer, " ".join(one.claims))
        for topic, some in topics.items()
        for one in some
    ]
    return pd.DataFrame(rows, columns=["topic", "question", "answer", "claims"])


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
    story = Story.at(options.story)
    if story.folder != ROOT:
        print(
            f"Nothing to save: the committed notebooks show this project's own story. As run on this one they are in {story.build}."
        )
    elif not pipeline.save(story):
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


COMMANDS = {
    **{"new": _new, "add": _add, "run": _run, "save": _save, "verify": _verify},
    **{"extract": _extract, "reconcile": _reconcile},
}

if __name__ == "__main__":
    sys.exit(main())
