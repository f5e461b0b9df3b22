"""Tolls: figures that count a story's event from its beginning on, and how counts that can fall stood on a day."""

from headcount import grammar
from headcount.story import whole_of


def count_tolls(claims, mentions, sources, facts, campaign_start):
    """Make totals of the claims (dicts, changed in place) that tell the toll of a story's `event`, or how a count that `falls` stood.
    `mentions` and `sources` are dicts too, rows of the tables; `facts` is what story.yml says, `campaign_start` the (earliest, latest) day
    on which its event or campaign can have begun, or None.

    A toll is told of no other place by name, of all and not of some of those counted, of no other time and not by the year; it counts from the event's
    start to the day on which it was told. A count that can fall stands at a figure on one day. Where that day is not known, the claim
    stays as it is. An unnamed place ("in the region") is kept where another figure of the same count is told without one: else nothing
    tells it from the whole.
    """
    whole, falls = whole_of(facts), set(facts.get("falls") or [])
    event = whole if facts.get("event") else {}
    acts = {one["action"] for one in facts["series"]} if event else set()
    start = tuple(day.isoformat() for day in campaign_start or ())
    scopes = ("other", "operation") if event else ("other",)
    published = {
        source["source_id"]: (source["published_earliest"], source["published_latest"]) for source in sources
    }
    begins = {mention["mention_id"]: mention["sentence_start"] for mention in mentions}
    rates = {mention["mention_id"] for mention in mentions if mention["kind"] == "rate"}
    everywhere = {
        (claim["counted"], claim["action"]) for claim in claims if not elsewhere(claim["place"], whole)
    }
    for claim in claims:
        if unnamed(claim["place"]) and (claim["counted"], claim["action"]) not in everywhere:
            claim["place"] = ""
    for claim, told in zip(claims, acts_before(claims), strict=True):
        if claim["mention_id"] in rates:
            continue
        falling = claim["action"] in falls
        if not (claim["counted"] and (falling or claim["action"] in acts) and claim["scope"] in scopes):
            continue
        day = day_told(claim, start if event else (), published[claim["source_id"]], falling)
        named_elsewhere = elsewhere(claim["place"], whole) and not unnamed(claim["place"])
        if day and not named_elsewhere and not of_some(claim, begins[claim["mention_id"]], told):
            first, last = (day, day) if falling else start
            claim.update(from_earliest=first, from_latest=last, to_earliest=day, to_latest=day)
            claim.update(scope="campaign", window_basis=claim["window_basis"].replace("open", "text_date"))


def acts_before(claims):
    """Of each claim, the acts of the figures before it in its text, a set."""
    told, found = {}, []
    for claim in claims:
        found.append(told.get(claim["source_id"], frozenset()))
        told[claim["source_id"]] = found[-1] | ({claim["action"]} - {""})
    return found


def day_told(claim, start, published, falling):
    """The ISO day up to which a claim tells a toll, or on which a falling count stood; "" if it is not known to the day, or if the
    claim is of another time. `start` is the interval in which the event began, empty where there is none."""
    begins, ends = ((claim[f"{name}_earliest"], claim[f"{name}_latest"]) for name in ("from", "to"))
    if begins[0] and begins == ends == start and not falling:
        begins, ends = ("", ""), published  # "killed 23 people on Tuesday", the day of the event
    if not begins[0] and not ends[0]:
        ends = (published[0] if ends[1] == published[1] else ends[1]), ends[1]
    other = begins[0] and not (falling and begins == ends)
    too_early = start and ends[1] < start[0]
    return ends[1] if ends[0] == ends[1] and not other and not too_early else ""


def elsewhere(place, whole):
    """Whether a claim's place is another than the whole that the story is about, its campaign or event in story.yml: "the province" is
    the whole where that is "Henan province"."""
    nationwide = grammar.compiled(grammar.load()["countrywide"]).fullmatch(place)
    names = whole.get("place", [])
    kinds = {name.split()[-1].lower() for name in names} if unnamed(place) else set()
    return bool(place) and not nationwide and place not in names and place.split()[-1] not in kinds


def unnamed(place):
    """Whether a claim's place is told without its name: "the region"."""
    return place.startswith(("the ", "this ", "that "))


def of_some(claim, begin, acts):
    """Whether a claim, whose sentence begins at an offset, counts some of those counted, or further ones: "12 of them", "another five".
    `acts` are those of the figures before it in its text: "a further 92 were missing", behind the dead alone, are all that were missing."""
    further = _says("further", claim, begin) and (claim["action"] in acts or not acts)
    return further or _says("of_some", claim, begin)


def _says(name, claim, begin):
    """Whether what grammar.yml calls `name` stands before or behind the number of a claim whose sentence begins at an offset."""
    words, sentence = grammar.load()[name], claim["sentence"]
    start, end = claim["start"] - begin, claim["end"] - begin
    return bool(
        grammar.compiled(words["behind"]).match(sentence, end)
        or grammar.backwards(words["before"]).match(sentence, 0, start)
    )
