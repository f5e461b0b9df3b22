"""What if a claim's window were another one than the text leaves open? What story.yml supposes, carried through the constraints."""

from headcount import HeadcountError
from headcount.answers import Answer
from headcount.totals import contradictions, eve_of, tied_counts, window
from headcount.wording import arithmetic, counted_text, day_text, figure_text, joined, sentence_case


def suppositions(claims, story, reading):
    """Yield, for each of story.yml's `suppose`, whether all claims can hold if those named count from its `from` to its `to`, and what
    would follow, as an Answer. Raises HeadcountError for a claim that there is not."""
    for case in story.facts.get("suppose") or []:
        supposed = claims["claim_id"].isin(case["claims"])
        missing = sorted(set(case["claims"]) - set(claims["claim_id"]))
        if missing:
            raise HeadcountError(
                f"{story.folder / 'story.yml'}: `suppose` names the claim {', '.join(missing)}, which claims.csv does not have."
            )
        altered = claims.copy()
        for name in ("from", "to"):
            altered.loc[supposed, [f"{name}_earliest", f"{name}_latest"]] = str(case[name])
        text, ids = outcome(claims, altered, supposed, story, reading)
        yield Answer(case["question"], text, tuple(sorted({*case["claims"], *ids})))


def outcome(claims, altered, supposed, story, reading):
    """Whether the altered claims can all hold, and which rises they bound more closely, as prose, and the ids of the claims that
    say so."""
    by_id = {claim["claim_id"]: claim for claim in altered.to_dict("records")}
    named = set(altered.loc[supposed, "claim_id"])
    broken = contradictions(altered, story, reading)
    by_this = [one for one in broken if named & set(one.claims)]
    if broken:
        told = (
            "They cannot:"
            if by_this
            else "Nothing in it, but the claims contradict each other even without it:"
        )
        ids = {name for one in by_this or broken for name in one.claims}
        return " ".join([told, *(arithmetic(one, by_id) for one in by_this or broken)]), ids
    if contradictions(claims, story, reading):
        return "Yes, and then all claims can be true together.", named
    found, ids = [], set()
    for claim in altered[supposed].to_dict("records"):
        new = list(consequences(claims, altered, claim, story, reading))
        if new:
            limits = joined([limit for limit, _ in new])
            found.append(sentence_case(f"{figure_text(claim)} {counted_text(claim)} would mean {limits}."))
            ids |= {name for _, binding in new for name in binding}
    return " ".join(["Nothing in the texts excludes it.", *(found or ["Nothing else would follow."])]), ids


def consequences(claims, altered, claim, story, reading):
    """Yield what a supposed claim adds on the stretches between days on which figures certainly end: a new least or most, in words, and the
    ids of the claims that bind it."""
    before, after = (rises(frame, claim, story, reading) for frame in (claims, altered))
    for (start, end), now in after.items():
        was = before[start, end]
        stretch = f"from {day_text(start.isoformat(), 1)} to {day_text(end.isoformat())}"
        days = (end - start).days
        if now.low > was.low:
            yield f"at least {now.low:,} {stretch} ({now.low / days:.0f} a day)", now.low_claims
        if now.high is not None and (was.high is None or now.high < was.high):
            yield f"at most {now.high:,} {stretch} ({now.high / days:.0f} a day)", now.high_claims


def rises(claims, supposed, story, reading):
    """{(start, end): Rise} of a supposed claim's count on the stretches between the campaign's eve and the days certain to be ends."""
    from headcount.constraints import system

    ends = set()
    for claim in claims[claims["counted"] == supposed["counted"]].to_dict("records"):
        exact = all(claim[f"{name}_earliest"] == claim[f"{name}_latest"] != "" for name in ("from", "to"))
        campaign = claim["scope"] == "campaign" and claim["to_earliest"] == claim["to_latest"]
        if (
            claim["action"] == supposed["action"]
            and claim["scope"] in ("campaign", "annual")
            and (exact or campaign)
        ):
            ends |= set(window(claim, story.campaign_start)[1:3])
    eve = {eve_of(story.campaign_start)} if story.campaign_start else set()
    days = sorted(day for day in {*eve, *ends} if not eve or day >= min(eve))
    for group in tied_counts(claims, story, reading):
        if group.action == supposed["action"] and supposed["counted"] in group.counts:
            bounds = system(group.bounds, days)
            return {
                (start, end): bounds.rise((supposed["counted"],), start, end)
                for start, end in zip(days, days[1:], strict=False)
            }
    return {}
