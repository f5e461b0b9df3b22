"""Headcount: every number in a set of news texts, walked back to its words and reconciled with the others."""


class HeadcountError(Exception):
    """Something the user can mend. The message names the file, the place and the way out."""
