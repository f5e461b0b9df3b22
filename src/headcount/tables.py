"""The tables: written and read as CSV, and checked against `tables.yml` both ways.

A cell that a spreadsheet would run as a formula stands in the CSV with an apostrophe before it, as one types it there by hand; here it
is taken away again.
"""

import re
from functools import cache
from pathlib import Path

import pandas as pd

from headcount import HeadcountError
from headcount.documents import load_yaml
from headcount.writing import write_bytes

FORMULA = r"[=+\-@＝＋－＠\t\r\n]"  # what a cell begins with that spreadsheets run
DTYPES = {"string": "str", "date": "str", "integer": "Int64", "boolean": "bool"}


@cache
def schemas():
    """The table schemas by table name, in Frictionless Table Schema terms."""
    return load_yaml(Path(__file__).with_name("tables.yml"))


def fields(name):
    """The fields of the table `name`, in order."""
    return schemas()[name]["fields"]


def columns(name):
    """The column names of the table `name`, in order."""
    return [field["name"] for field in fields(name)]


def as_text(cell):
    """A cell as it is written: text that a spreadsheet would run gets an apostrophe in front, and so does what `as_meant` would cut."""
    return f"'{cell}" if isinstance(cell, str) and re.match(f"'*{FORMULA}", cell) else cell


def as_meant(cell):
    """A cell as it was before `as_text`."""
    return cell[1:] if isinstance(cell, str) and re.match(f"'+{FORMULA}", cell) else cell


def csv_bytes(frame):
    """A frame as the bytes of a CSV that is safe to open in a spreadsheet."""
    return frame.map(as_text).to_csv(index=False, lineterminator="\n").encode()


def write_table(frame, name, path):
    """Check `frame` against the schema of the table `name` and write it to `path` as CSV. Returns the frame in column order."""
    frame = checked(frame, name, path)
    write_bytes(path, csv_text(frame).encode())
    return frame


def checked(frame: pd.DataFrame, name: str, path: Path | str) -> pd.DataFrame:
    """`frame` as the table `name`, its columns in order and of their types; a HeadcountError that names `path` if it breaks the schema."""
    missing = [column for column in columns(name) if column not in frame]
    if missing and len(frame):
        raise HeadcountError(f"{path}: the table {name} lacks {', '.join(missing)}.")
    frame = frame.reindex(columns=columns(name)).astype(
        {field["name"]: DTYPES[field["type"]] for field in fields(name)}
    )
    check_table(frame, name, path)
    return frame


def csv_text(frame: pd.DataFrame) -> str:
    """A table as CSV, the same text every time."""
    text = frame.assign(
        **{c: frame[c].map({True: "true", False: "false"}) for c in frame.columns if frame[c].dtype == bool}
    )
    return csv_bytes(text).decode()


def read_table(name, path):
    """The table `name` from the CSV at `path`, checked. Empty strings stay empty, empty integers become <NA>."""
    if not path.is_file():
        maker = re.search(r"Made by ([\w-]+)", schemas()[name]["description"])[1]
        raise HeadcountError(f"{path} is missing. Run {maker} first, or make.")
    dtypes = {field["name"]: DTYPES[field["type"]] for field in fields(name)}
    try:
        frame = pd.read_csv(
            path,
            dtype=dtypes,
            keep_default_na=False,
            lineterminator="\n",
            na_values={c: [""] for c, t in dtypes.items() if t == "Int64"},
            encoding="utf-8-sig",
        )
    except (ValueError, OverflowError) as error:
        raise HeadcountError(
            f"{path} is not the table {name}, a CSV in UTF-8 with the columns {', '.join(columns(name))}: {error}"
        ) from None
    frame = frame.assign(
        **{c: frame[c].map(as_meant) for c, t in dtypes.items() if t == "str" and c in frame}
    )
    if str(frame.columns[-1]).endswith("\r"):
        raise HeadcountError(f"{path} has the line ends of Windows. Save it with plain ones, as LF.")
    if list(frame.columns) != columns(name):
        raise HeadcountError(
            f"{path} must have the columns {', '.join(columns(name))}; it has {', '.join(frame.columns)}."
        )
    check_table(frame, name, path)
    return frame


def check_table(frame, name, path):
    """Raise a HeadcountError naming the first row and column of `frame` that breaks the schema of the table `name`."""
    for field in fields(name):
        column = frame[field["name"]]
        bad = pd.Series(False, index=frame.index)
        empty = column.isna() | (column.astype("str") == "")
        if field.get("required"):
            bad |= empty
        if "enum" in field:
            bad |= ~empty & ~column.isin(field["enum"])
        if "minimum" in field:
            bad |= ~empty & (column < field["minimum"]).fillna(False)
        pattern = r"\d{4}-\d\d-\d\d" if field["type"] == "date" else field.get("pattern")
        if pattern:
            bad |= ~empty & ~column.str.fullmatch(pattern)
        if field["type"] == "date":
            bad |= ~empty & pd.to_datetime(column, format="%Y-%m-%d", errors="coerce").isna()
        if bad.any():
            row = bad.to_numpy().argmax()
            allowed = ", ".join(field.get("enum", [])) or field.get("pattern") or field["type"]
            raise HeadcountError(
                f"{path}, row {row + 2}: `{field['name']}` is {str(column.iloc[row])!r}; it must be {allowed}"
                f"{' and not empty' if field.get('required') else ''}."
            )
    key = schemas()[name]["primaryKey"]
    twice = frame.duplicated(key)
    if twice.any():
        row = twice.to_numpy().argmax()
        raise HeadcountError(f"{path}, row {row + 2}: {key} stands twice.")
