"""YAML documents, read without tricks: what is wrong is named with its file and line."""

import re
from pathlib import Path

import yaml

from headcount import HeadcountError

DEEPEST = 20  # values within values: more can exhaust the stack of the YAML reader
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML, in which a key that stands twice is an error rather than the loss of the first."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load_yaml(path):
    """The YAML document in `path`; a HeadcountError that names the file and the place if it cannot be read."""
    data = b""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
        if path.parent != Path(__file__).parent:  # our own are as we wrote them, and read often
            refuse_tricks(text)
        return yaml.load(text, _Loader)
    except FileNotFoundError:
        raise HeadcountError(f"{path} is missing.") from None
    except OSError as error:
        raise HeadcountError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise HeadcountError(f"{path}, {place_of(data, error)} is not UTF-8. Save it as UTF-8.") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise HeadcountError(
            f"{path}, line {line} or before holds a control character. Take it out."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise HeadcountError(
            f"{path}{place} is not valid YAML: {getattr(error, 'problem', error)}."
        ) from None
    except (ValueError, OverflowError) as error:
        raise HeadcountError(
            f"{path} holds a value that cannot be: {error}. Dates are year-month-day."
        ) from None


def place_of(data, error):
    """Where bytes could not be decoded: "line 3 (byte 80)"."""
    line = data.count(b"\n", 0, error.start) + 1
    return f"line {line} (byte {error.start})"


def refuse_tricks(text):
    """Raise a YAMLError for what a short text can make objects of, fill the memory or crash the reader with (tags, aliases, values
    nested too deep), and for control characters, which no table, drawing or page can hold."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        wrong = (
            (depth > DEEPEST and "too many values within values")
            or (isinstance(event, yaml.AliasEvent) and "an alias; write the value out")
            or (getattr(event, "tag", None) and f"the tag {event.tag}; write a plain value")
            or (CONTROL.search(getattr(event, "value", "")) and "a control character; take it out")
        )
        if wrong:
            raise yaml.MarkedYAMLError(problem=wrong, problem_mark=event.start_mark)
