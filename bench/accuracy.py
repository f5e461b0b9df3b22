"""Accuracy on labels that no rule was tuned to, with 95% confidence intervals (Wilson): `python bench/accuracy.py`."""

import sys
from math import sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import corpus
import fields
from test_gold import NOUNS, compare, source_of


def interval(right, of, z=1.96):
    """The Wilson score interval of a share (Wilson, 1927)."""
    share, spread = right / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return middle - half, middle + half


def told(measure, right, of):
    """A share with its interval."""
    low, high = interval(right, of)
    return f"{measure:9} {right / of:6.1%}  ({low:.1%} to {high:.1%}; {right} of {of})"


def main():
    for measure, (right, of) in compare(corpus.held_out()).items():
        print(told(measure, right, of))
    print("what is said of the counts, where two readers agree:")
    right, agreed = fields.compare(source_of, NOUNS)
    for field, (both, of) in agreed.items():
        print(f"{told(field, *right[field])}, agreed in {both} of {of}")


if __name__ == "__main__":
    main()
