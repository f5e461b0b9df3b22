"""The `headcount` command."""

import os
import shlex
import sys
from pathlib import Path

from headcount import HeadcountError, pipeline
from headcount.arguments import parser
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
    from headcount.extract import claims_in_file, standard_output
    from headcount.notebook import checked_day
    from headcount.reconcile import reconcile
    from headcount.tables import csv_text

    story, as_of = Story.at(options.folder), checked_day(options.as_of)
    claims = claims_in_file(options.claims, story) if options.claims else claims_of(story)
    found = reconcile(claims, story, as_of)
    table = (
        _answers(claims, found, story, as_of) if options.table == "answers" else getattr(found, options.table)
    )
    text = csv_text(table)
    if options.format == "jsonl":
        text = table.to_json(orient="records", lines=True, force_ascii=False) if len(table) else ""
    print(text, end="", file=standard_output())
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
    story, parameters = Story.at(options.story), {}
    for text in options.parameters:
        name, equals, value = text.partition("=")
        if not (equals and name.isidentifier()):
            raise HeadcountError(f"{text!r} is no parameter. Write NAME=VALUE, such as reading=newsroom.")
        parameters[name] = value
    ran = pipeline.run(story, parameters=parameters, jobs=max(1, options.jobs))
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
