"""Guesses, kept apart from every verdict: when a figure of unknown date would have been true if a year's count had come evenly."""

from datetime import date, timedelta
from math import ceil, floor

import pandas as pd

from headcount.relations import settled
from headcount.totals import series_claims
from headcount.wording import day_text, figure_text

COLUMNS = ["source_id", "counted", "action", "figure", "earliest", "latest", "assumption", "claims"]


def estimates(claims, story):
    """A frame with one row for each total of a series whose cut-off day is unknown within a year that another claim counts, and
    that ends before a dated total does: the days between which it would have been true (earliest, latest).

    The dated total is taken back at the even pace of the year, to the figure as newsrooms round it. No verdict reads it.
    """
    rows = []
    for one in story.facts["series"]:
        chosen = series_claims(claims, **one).to_dict("records")
        years = [claim for claim in chosen if claim["scope"] == "annual" and claim["qualifier"] == "exact"]
        totals = [
            claim
            for claim in chosen
            if claim["scope"] == "campaign" and claim["qualifier"] == "exact" and settled(claim)
        ]
        for claim in chosen:
            if claim["scope"] != "campaign" or settled(claim) or pd.isna(claim["newsroom_high"]):
                continue
            for year in years:
                for total in totals:
                    if (
                        year["from_earliest"]
                        <= claim["to_earliest"]
                        <= total["to_latest"]
                        <= year["to_latest"]
                    ):
                        rows.append(estimate(claim, year, total))
    return pd.DataFrame(rows, columns=COLUMNS)


def estimate(claim, year, total):
    """One row of estimates: `claim` dated back from `total` at the pace of `year`; days as ISO dates."""
    first, last = (date.fromisoformat(year[name]) for name in ("from_earliest", "to_latest"))
    pace = year["value"] / ((last - first).days + 1)
    end = date.fromisoformat(total["to_latest"])
    low = end - timedelta(days=ceil((total["value"] - claim["newsroom_low"]) / pace))
    high = end - timedelta(days=floor((total["value"] - claim["newsroom_high"]) / pace))
    return {
        "source_id": claim["source_id"],
        "counted": claim["counted"],
        "action": claim["action"],
        "figure": figure_text(claim),
        "earliest": low.isoformat(),
        "latest": high.isoformat(),
        "assumption": f"counted back from {figure_text(total)} on {day_text(total['to_latest'])} as if the {figure_text(year)} "
        f"of {first.year} had come evenly, {pace:.1f} a day",
        "claims": f"{claim['claim_id']} {year['claim_id']} {total['claim_id']}",
    }
