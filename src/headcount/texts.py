"""Texts wherever they lie: found by file, folder, pattern or list, and read here or, through fsspec, in an object store."""

import glob
import hashlib
import os
import re
from itertools import groupby
from pathlib import Path

from headcount import HeadcountError
from headcount.sources import decoded

ENDING = ".txt"  # of the texts in a folder
LARGEST = (
    10_000_000  # bytes of a text: what is longer is no article, and would not fit into memory many times over
)
AT_ONCE = 64  # texts asked of an object store at the same time


def named(inputs, listing=None):
    """Yield the names of all texts meant, each once: `inputs` are files, patterns (`*`, `**`, `?`) and folders, which stand for all
    .txt files below them, in order; `listing` is a file with a name a line. Any of them may be an address such as s3://bucket/texts.

    The order is that of the inputs, and alphabetical within a folder or pattern. Raises HeadcountError for one that has no texts.
    """
    inputs = list(map(str, inputs))
    found = (name for one in inputs for name in _found(one))
    if listing is None and len(inputs) == 1:
        yield from found  # each name once as it is: of millions, none has to be remembered
        return
    seen = set()
    for name in (*found, *(_lines(listing) if listing else ())):
        if name not in seen:
            seen.add(name)
            yield name


def _found(one):
    """Yield the names of the texts that one input means, a missing file's too."""
    if remote(one):
        yield from _found_in_store(one)
    elif os.path.isdir(one):
        yield from _some(one, (os.path.join(*place) for place in _sorted(os.walk(os.path.normpath(one)))))
    elif glob.has_magic(one) and not os.path.exists(one):
        yield from _some(one, sorted(glob.iglob(one, recursive=True)))
    else:
        yield one


def _found_in_store(one):
    files, path = _store(one)
    if glob.has_magic(one):
        yield from _some(one, map(files.unstrip_protocol, sorted(files.glob(path))))
    elif files.isdir(path):
        places = (files.unstrip_protocol("/".join(place)) for place in _sorted(files.walk(path)))
        yield from _some(one, places)
    else:
        yield one


def _sorted(walk):
    """Yield (folder, name) of the texts that a walk through folders finds, in one order on every machine."""
    for folder, folders, files in walk:
        folders.sort()
        for name in sorted(files):
            if name.endswith(ENDING) and not name.startswith("."):
                yield folder, name


def _some(one, names):
    """Yield names; a HeadcountError if there are none."""
    none = True
    for name in names:
        none = False
        yield name
    if none:
        raise HeadcountError(f"{one} has no texts: no {ENDING} file is there. Name other files by a pattern.")


def _lines(listing):
    try:
        with open(listing, encoding="utf-8") as file:
            yield from filter(None, (line.rstrip("\r\n") for line in file))
    except (OSError, UnicodeDecodeError) as error:
        raise HeadcountError(
            f"{listing} cannot be read as a list of texts, one a line in UTF-8: {error}."
        ) from None


# --- reading ------------------------------------------------------------------------------------------------------------


def remote(name):
    """Whether a name is an address, such as s3://bucket/text.txt, and no path."""
    return "://" in name


def _store(address):
    """(file system, path in it) of an address."""
    import fsspec

    try:
        return fsspec.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise HeadcountError(f"{address} cannot be reached: {error}") from None


def read_all(names, folder="."):
    """Yield (name, bytes or HeadcountError) for texts, in order; paths are seen from `folder`. Those in a store come AT_ONCE at a
    time, others one by one."""
    for away, some in groupby(names, key=lambda name: name.partition("://")[0] if remote(name) else ""):
        some = list(some)
        if not away:
            for name in some:
                yield name, _read(name, os.path.join(folder, name))
            continue
        for first in range(0, len(some), AT_ONCE):
            block = some[first : first + AT_ONCE]
            for name, data in zip(block, _fetched(block), strict=True):
                yield name, _checked(name, data)


def _read(name, path):
    if not os.path.isfile(path):
        return HeadcountError(f"{name} is {'a folder' if os.path.isdir(path) else 'missing'}.")
    try:
        if os.path.getsize(path) > LARGEST:
            return _too_long(name)
        return Path(path).read_bytes()
    except OSError as error:
        return _checked(name, error)


def _fetched(block):
    """The bytes, or the exception, for each of some addresses of one store."""
    try:
        files, _ = _store(block[0])
        paths = [files._strip_protocol(name) for name in block]
        return files.cat_ranges(paths, 0, LARGEST + 1, on_error="return")
    except Exception as error:  # whatever a store's library raises
        return [error] * len(block)


def _checked(name, data):
    """The bytes of a text, or a HeadcountError that says why there are none."""
    if isinstance(data, HeadcountError):
        return data
    if isinstance(data, FileNotFoundError):
        return HeadcountError(f"{name} is missing.")
    if isinstance(data, Exception):
        reason = getattr(data, "strerror", None) or f"{type(data).__name__}: {data}"
        return HeadcountError(f"{name} cannot be read: {reason}.")
    if len(data) > LARGEST:
        return _too_long(name)
    return data


def _too_long(name):
    return HeadcountError(f"{name} is longer than {LARGEST:,} bytes. Split it.")


def text_of(name, data):
    """The text in some bytes (or the HeadcountError that stands for them, which is raised)."""
    if isinstance(data, HeadcountError):
        raise data
    return decoded(data, name)


def stem_of(name):
    """The file name without its ending, with nothing in it but letters, digits, - and _."""
    return re.sub(r"[^\w-]+", "_", Path(name).stem)


def id_of(name):
    """A source_id that no text of another name has, wherever it lies: the stem, and a checksum of the whole name."""
    return f"{stem_of(name)}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"
