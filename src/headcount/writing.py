"""Files written in one step, and what to say where that cannot be done."""

import os

from headcount import HeadcountError


def write_bytes(path, data):
    """Write `data` to `path` in one step, so that an interrupted run leaves no half-written file. Raises a HeadcountError if there is
    no space or no permission; what stood there then stays."""
    partial = path.with_name(
        f".{path.name}.{os.getpid()}.partial"
    )  # another process may be writing the same file
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(data)
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise HeadcountError(unwritable(error, path)) from None


def unwritable(error, path=None):
    """What to say of an OSError, at `path` or where it says itself."""
    place = path or error.filename or "a file"
    return f"{place} cannot be read or written: {error.strerror}. Free space or give permission, then run it again."
