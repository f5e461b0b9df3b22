"""The `headcount` command."""

import argparse
import os
import shlex
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
        "extract",
        help="print the claims of any texts",
        description="Print the claims of any texts, or write those of very many into a folder of Parquet files.",
        epilog=EXTRACT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "texts",
        nargs="*",
        metavar="TEXT",
        help="a text in UTF-8, a folder (all .txt below it), a pattern in quotes, or an address such as s3://bucket/texts",
    )
    command.add_argument("--list", metavar="FILE", help="a file that names more texts, one a line")
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
        "--output",
        default="",
        metavar="FILE",
        help="write here rather than to standard output; FOLDER/ for very many texts",
    )
    command.add_argument(
        "--workers", type=int, metavar="N", help="processes for FOLDER/ (default: one for each core)"
    )
    command.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="a Dask cluster that works for FOLDER/, such as tcp://10.0.0.1:8786",
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
        f"{story.folder}: a new story. Fill in story.yml, then take texts in: headcount add {shlex.quote(options.folder)} FILE ..."
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


EXTRACT_HELP = """\
To standard output or one file: all or nothing; the first text that cannot be read is named, and nothing is written.

To FOLDER/ (an output that ends in /, or is a folder): nothing stops the run. FOLDER/claims holds the claims, FOLDER/texts a row for
each text with its checksum, or with the error that kept it from being read. A run that was cut off goes on when it is started again.

Addresses need a package for their store, of your own install: s3fs for s3://, gcsfs for gs://, adlfs for az://. The workers of a
cluster need this version of Headcount, and the texts where they can read them.
"""


def _extract(options):
    if options.output.endswith("/") or Path(options.output or "-").is_dir():
        return _extract_all(options)
    if options.workers or options.scheduler:
        raise HeadcountError(
            "--workers and --scheduler write a folder: add --output FOLDER/, with the / at its end."
        )
    from headcount.extract import WRITERS, write_claims
    from headcount.texts import named

    output = Path(options.output) if options.output else None
    ending = output.suffix[1:] if output else ""
    form = options.format or ending or "csv"
    if form not in WRITERS:
        raise HeadcountError(f"{output}: write .csv, .jsonl or .parquet, or say --format.")
    texts = list(named(options.texts, options.list))
    if not texts:
        raise HeadcountError("No text is named. Name files, folders or patterns, or a --list of them.")
    show = sys.stderr.isatty() or len(texts) >= 100

    def say(text):
        if show:
            print(
                f"\r\033[K{text}" if sys.stderr.isatty() else text,
                end="" if sys.stderr.isatty() else "\n",
                file=sys.stderr,
            )

    try:
        write_claims(texts, Story.at(options.story), options.published, form, output, say)
    except BrokenPipeError:
        sys.stderr.close()
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    finally:
        if show and sys.stderr.isatty():
            print(file=sys.stderr)
    return 0


def _extract_all(options):
    if options.format not in (None, "parquet"):
        raise HeadcountError(
            f"{options.output} is a folder: it gets Parquet. For {options.format} name a file."
        )
    if options.workers and options.scheduler:
        raise HeadcountError("--workers or --scheduler: name one, who is to work.")
    if options.workers is not None and options.workers < 1:
        raise HeadcountError(f"--workers {options.workers}: it must be 1 or more.")
    from headcount.bulk import extract_all

    done = extract_all(
        options.texts,
        Story.at(options.story),
        options.output,
        options.published,
        listing=options.list,
        workers=options.workers or os.cpu_count(),
        scheduler=options.scheduler,
        progress=True,
    )
    if done.went_on:
        print(
            f"{done.went_on:,} of the texts were read by an earlier run, of those that were there when it began."
        )
    print(f"{done.texts:,} texts, {done.claims:,} claims in {options.output}")
    if done.errors:
        print(
            f"{done.errors:,} texts could not be read: the column `error` of {options.output.rstrip('/')}/texts says why.",
            file=sys.stderr,
        )
    return 0


COMMANDS = {
    **{"new": _new, "add": _add, "run": _run, "save": _save, "verify": _verify},
    **{"extract": _extract, "reconcile": _reconcile},
}

if __name__ == "__main__":
    sys.exit(main())
