"""Quotations: which words of a text stand between quotation marks, over several sentences too."""

import re

LONGEST = 1500  # characters of a quotation on each side of a place in it
MARKS = '"“”'
OPENS = re.compile(r"(?<![^\s(\[—–-])\"(?=\S)|“")
CLOSES = re.compile(r"(?<=\S)\"(?!\w)|”")


def quotation_at(text, place):
    """(start, end) of the quotation around a place of a text, without its marks, within one line; None if the place is in none."""
    opening = max(text.rfind(mark, max(0, place - LONGEST), place) for mark in MARKS)
    closing = min((at for mark in MARKS if (at := text.find(mark, place, place + LONGEST)) >= 0), default=-1)
    if opening < 0 or closing < 0 or "\n" in text[opening:closing]:
        return None
    quoted = OPENS.match(text, opening) and CLOSES.match(text, closing)
    return (opening + 1, closing) if quoted else None
