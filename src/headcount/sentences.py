"""Where the sentences of a text begin and end."""

import re
from bisect import bisect_right
from functools import cache
from itertools import groupby

from headcount import grammar

LONGEST = 2000  # characters of a sentence
WIDTHS = range(50, 101)  # characters to which lines are wrapped
WRAPPED = 3  # lines of a paragraph from which on their width shows


def unwrapped(text):
    """`text` with a space for each line break that only keeps lines short, every character in its place.

    A paragraph is wrapped if no line of it had room for the first word of the next one: of a paragraph of WRAPPED lines or more, the
    longest line shows how much room there was.
    """
    paragraphs, place = [[]], 0
    for line in text.split("\n"):
        if line.strip():
            paragraphs[-1].append((place, line.rstrip()))
        elif paragraphs[-1]:
            paragraphs.append([])
        place += len(line) + 1
    widths = [max(len(line) for _, line in lines) for lines in paragraphs if len(lines) >= WRAPPED]
    width = max((width for width in widths if width in WIDTHS), default=0)
    breaks = [end for lines in paragraphs for end in _wraps(lines, width)]
    characters = list(text) if breaks else []
    for end in breaks:
        characters[end] = " "
    return "".join(characters) or text


def _wraps(lines, width):
    """The offsets of the line breaks of a paragraph, [(offset, line)], wrapped to a width; none if it is not."""
    follows = list(zip(lines, lines[1:], strict=False))
    full = all(
        len(line) <= width < len(line) + 1 + len(after.split()[0]) for (_, line), (_, after) in follows
    )
    return [start - 1 for _, (start, _) in follows] if full else []


def sentence_breaks(text):
    """Offsets at which a sentence begins, in order, starting with 0: at line breaks, behind full stops, and, where there is
    neither, after LONGEST characters."""
    breaks = [0]
    for match in _break().finditer(text):
        breaks += _cut(text, breaks[-1], match.end())
        breaks.append(match.end())
    return breaks + _cut(text, breaks[-1], len(text))


def _cut(text, start, end):
    """Offsets that cut the text from `start` to `end` into pieces of at most LONGEST characters, behind a space if there is one."""
    cuts = []
    while end - start > LONGEST:
        space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        start = space + 1 if space >= 0 else start + LONGEST
        cuts.append(start)
    return cuts


@cache
def _break():
    words = grammar.load()["sentences"]
    listed = sorted(map(str, words["not_after"]), key=_letters)
    abbreviations = "".join(rf"(?<!\b(?:{'|'.join(group)})\.)" for _, group in groupby(listed, _letters))
    return re.compile(rf"[.!?…\n](?:(?<=\n)\s{{0,99}}(?![\sa-z])|(?<!\n){abbreviations}{words['end']})")


def _letters(word):
    """The number of letters of an abbreviation, a class in brackets one of them."""
    return len(re.sub(r"\[[^]]*\]", "x", word))


def sentence_at(text, breaks, offset):
    """(start, end) of the sentence around `offset`, without the white space around it."""
    index = bisect_right(breaks, offset)
    start = breaks[index - 1]
    end = breaks[index] if index < len(breaks) else len(text)
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    return start, end
