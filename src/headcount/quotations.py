"""Quotations: which words of a text stand between quotation marks, over several sentences too."""

import re

LONGEST = 1500  # characters of a quotation on each side of a place in it
OPENS = r"(?:(?<![^\s(\[—–-])[\"“](?=\S)|“)"
CLOSES = r"(?:(?<=\S)\"(?!\w)|”)"
MARK = re.compile(rf"(?P<opens>{OPENS})|(?P<closes>{CLOSES})")


def quotation_at(text, place):
    """(start, end) of the quotation around a place of a text, without its marks; None if the place is not in one.

    Of a quotation over several paragraphs, each opened by a mark of its own, it is the paragraph.
    """
    before = list(MARK.finditer(text, max(0, place - LONGEST), place))
    after = MARK.search(text, place, place + LONGEST)
    if not before or not after or not before[-1]["opens"] or not after["closes"]:
        return None
    paragraph = text.find("\n", before[-1].end(), after.start())
    return None if paragraph >= 0 else (before[-1].end(), after.start())
