"""Which figures tell of one police operation, and on which day it was: a figure without a date of its own has its operation's."""

from headcount.totals import ENDS
from headcount.wording import open_window


def dated(claims):
    """The claims (a frame) as dicts with two more keys: `operation`, the name of the operation a claim tells of, and `dated_by`.

    Figures of operations told in one sentence tell of one operation, and so do reports of one fact, unless their windows differ. A claim
    without a window of its own takes what the windows of its operation have in common; `dated_by` names the claim that gives it.
    """
    records = [{**claim, "operation": "", "dated_by": ""} for claim in claims.to_dict("records")]
    told = [claim for claim in records if claim["scope"] == "operation"]
    leader = {claim["claim_id"]: claim["claim_id"] for claim in told}
    for keys in (("source_id", "sentence"), ("fact_id",)):
        groups = {}
        for claim in told:
            groups.setdefault(tuple(claim[key] for key in keys), []).append(claim)
        for group in groups.values():
            for claim in group[1:]:
                if common_window([group[0], claim]) is not None:
                    join(leader, group[0]["claim_id"], claim["claim_id"])
    operations = {}
    for claim in told:
        claim["operation"] = first_of(leader, claim["claim_id"])
        operations.setdefault(claim["operation"], []).append(claim)
    for group in operations.values():
        date_operation(group)
    return records


def first_of(leader, name):
    """The least name among those joined with one; `leader` leads from name to name, and is shortened on the way."""
    while leader[name] != name:
        leader[name] = name = leader[leader[name]]
    return name


def join(leader, name, other):
    """Join two operations under the lesser of their names."""
    low, high = sorted((first_of(leader, name), first_of(leader, other)))
    leader[high] = low


def date_operation(claims):
    """Give the claims of one operation that have no window the one that its other claims share, if they share one."""
    known = [claim for claim in claims if not open_window(claim)]
    window = common_window(known) if known else None
    if window:
        closest = min(known, key=lambda claim: [claim[end] != window[end] for end in ENDS])
        for claim in claims:
            if open_window(claim):
                claim.update(window, dated_by=closest["claim_id"])


def common_window(claims):
    """What the windows of claims have in common as a dict of ENDS, "" where open; None if they cannot be the same."""
    window = {}
    for name in ("from", "to"):
        early = max(claim[f"{name}_earliest"] for claim in claims)
        late = min((claim[f"{name}_latest"] for claim in claims if claim[f"{name}_latest"]), default="")
        if early and late and early > late:
            return None
        window |= {f"{name}_earliest": early, f"{name}_latest": late}
    return window
