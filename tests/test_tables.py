"""The tables: checked against their schema when written and when read, and true to the texts."""

import pandas as pd
import pytest
from conftest import ROOT

from headcount import HeadcountError
from headcount.sources import read_text
from headcount.story import Story
from headcount.tables import columns, read_table, schemas, write_table

STORY = Story.at(ROOT)
NAMES = sorted(schemas())


def committed(name):
    return read_table(name, STORY.processed / f"{name}.csv")


def damaged(name, column, value):
    """A committed table with another value in its second row."""
    frame = committed(name).astype({column: object})
    frame.loc[1, column] = value
    return frame


BAD = [
    ("claims", "qualifier", "roughly", "'roughly'", "exact, more_than"),
    ("claims", "qualifier", "", "''", "not empty"),
    ("claims", "from_latest", "2011-13-45", "'2011-13-45'", "date"),
    ("claims", "from_latest", "2011-1-5", "'2011-1-5'", "date"),
    ("claims", "from_latest", "20110105", "'20110105'", "date"),
    ("claims", "value", -1, "'-1'", "integer"),
    ("mentions", "text", "", "''", "not empty"),
    ("sources", "sha256", "abc", "'abc'", "[0-9a-f]{64}"),
]


@pytest.mark.parametrize("name, column, value, said, allowed", BAD)
def test_bad_value_is_not_written(tmp_path, name, column, value, said, allowed):
    path = tmp_path / f"{name}.csv"
    with pytest.raises(HeadcountError) as caught:
        write_table(damaged(name, column, value), name, path)
    for part in (f"{name}.csv, row 3: `{column}` is {said};", allowed):
        assert part in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name, column, value, said, allowed", BAD)
def test_bad_value_is_not_read(tmp_path, name, column, value, said, allowed):
    path = tmp_path / f"{name}.csv"
    damaged(name, column, value).to_csv(path, index=False)
    with pytest.raises(HeadcountError) as caught:
        read_table(name, path)
    for part in (f"{name}.csv, row 3: `{column}` is {said};", allowed):
        assert part in str(caught.value)


@pytest.mark.parametrize("column, value", [("value", "many"), ("qualifier_shared", "maybe")])
def test_value_of_another_type_is_not_read(tmp_path, column, value):
    path = tmp_path / "claims.csv"
    damaged("claims", column, value).to_csv(path, index=False)
    with pytest.raises(HeadcountError, match=r"claims\.csv is not the table claims, a CSV "):
        read_table("claims", path)


@pytest.mark.parametrize("column", ["qualifier_shared", "place", "value"])
def test_missing_column(tmp_path, column):
    path = tmp_path / "claims.csv"
    frame = committed("claims").drop(columns=column)
    with pytest.raises(HeadcountError, match=rf"claims\.csv: the table claims lacks {column}\."):
        write_table(frame, "claims", path)
    assert not path.exists()
    frame.to_csv(path, index=False)
    with pytest.raises(HeadcountError, match=r"claims\.csv must have the columns claim_id, "):
        read_table("claims", path)


def test_key_twice(tmp_path):
    path = tmp_path / "claims.csv"
    frame = committed("claims")
    frame = pd.concat([frame, frame.iloc[[4]]], ignore_index=True)
    said = rf"claims\.csv, row {len(frame) + 1}: claim_id stands twice\."
    with pytest.raises(HeadcountError, match=said):
        write_table(frame, "claims", path)
    frame.to_csv(path, index=False)
    with pytest.raises(HeadcountError, match=said):
        read_table("claims", path)


def test_missing_file(tmp_path):
    with pytest.raises(HeadcountError, match=r"facts\.csv is missing\. Run 03-reconciliation first"):
        read_table("facts", tmp_path / "facts.csv")


def test_a_table_saved_by_a_spreadsheet(tmp_path):
    """A byte-order mark is read over; line ends of Windows are refused, since they would change the cells."""
    path, data = tmp_path / "facts.csv", (STORY.processed / "facts.csv").read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + data)
    assert read_table("facts", path).equals(committed("facts"))
    path.write_bytes(data.replace(b"\n", b"\r\n"))
    with pytest.raises(HeadcountError, match="has the line ends of Windows"):
        read_table("facts", path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe,", b'a,b\n"1,2\n'])
def test_not_a_table(tmp_path, content):
    (tmp_path / "facts.csv").write_bytes(content)
    with pytest.raises(HeadcountError, match=r"facts\.csv (is not the table facts|must have)"):
        read_table("facts", tmp_path / "facts.csv")


@pytest.mark.parametrize("name", NAMES)
def test_bytes(tmp_path, name):
    """UTF-8, \\n, the columns of the schema, and the same bytes when read and written again."""
    data = (STORY.processed / f"{name}.csv").read_bytes()
    header, *lines = data.decode("utf-8").split("\n")
    assert header == ",".join(columns(name)) and lines[-1] == "" and "\r" not in data.decode()
    written = write_table(committed(name), name, tmp_path / f"{name}.csv")
    assert (tmp_path / f"{name}.csv").read_bytes() == data
    pd.testing.assert_frame_equal(written, read_table(name, tmp_path / f"{name}.csv"))


@pytest.mark.parametrize(
    "text", ["“dash – quote”, comma", 'a "b"', "a\nb", "a\r\nb", "a\rb", " NA ", "NA", "007", "1e5"]
)
def test_any_text_comes_back(tmp_path, text):
    frame = damaged("claims", "sentence", text)
    write_table(frame, "claims", tmp_path / "claims.csv")
    assert read_table("claims", tmp_path / "claims.csv").sentence[1] == text


@pytest.mark.parametrize("name", NAMES)
def test_empty_table(tmp_path, name):
    write_table(pd.DataFrame([]), name, tmp_path / f"{name}.csv")
    assert (tmp_path / f"{name}.csv").read_text() == ",".join(columns(name)) + "\n"
    assert len(read_table(name, tmp_path / f"{name}.csv")) == 0


def test_every_number_stands_where_the_tables_say():
    texts = {path.name: read_text(path) for path in STORY.raw.glob("*.txt")}
    mentions = committed("mentions").set_index("mention_id")
    claims = committed("claims")
    assert len(mentions) > 100 and len(claims) > 50 and set(mentions.file) == set(texts)
    for row in mentions.itertuples():
        assert texts[row.file][row.start : row.end] == row.text
        assert row.sentence_start <= row.start < row.end <= row.sentence_end <= len(texts[row.file])
    for row in claims.itertuples():
        mention = mentions.loc[row.mention_id]
        assert (row.source_id, row.file) == (mention.source_id, mention.file)
        assert mention.start <= row.start < row.end <= mention.end
        assert texts[row.file][row.start : row.end] in row.sentence
        assert row.sentence in texts[row.file]
        place = texts[row.file].index(row.sentence, mention.sentence_start)
        assert place <= row.start and row.end <= place + len(row.sentence)
