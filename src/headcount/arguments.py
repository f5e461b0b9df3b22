"""The command line of `headcount`: its commands, their arguments and their help."""

import argparse
import os
from pathlib import Path

from headcount.story import ROOT


def parser():
    """The command line's parser, all commands with their help."""
    whole = argparse.ArgumentParser(
        prog="headcount",
        description="The `headcount` command. Exit status: 0 when done, 1 when something must be mended first (the message says what and how), "
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
        "--published",
        default="",
        metavar="DATE",
        help="the day on which they appeared, such as 2011-12-06 (default: unknown; of texts in the story's own raw folder what its sources.yml says)",
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


EXTRACT_HELP = """\
To standard output or one file: all or nothing; the first text that cannot be read is named, and nothing is written.

To FOLDER/ (an output that ends in /, or is a folder): nothing stops the run. FOLDER/claims holds the claims, FOLDER/texts a row for
each text with its checksum, or with the error that kept it from being read. A run that was cut off goes on when it is started again.

Addresses need a package for their store, of your own install: s3fs for s3://, gcsfs for gs://, adlfs for az://. The workers of a
cluster need this version of Headcount, and the texts where they can read them.
"""
