"""What a calendar expression says of the window of a count in its sentence: one of the window_roles of grammar.yml."""

from functools import cache, lru_cache

from headcount import grammar

REACH = 200  # characters that the words before a date are looked for in
AHEAD = 12  # characters before a date by which it is told which roles could fit
GLANCE = 48  # characters behind a date by which it is told which roles could fit
PLACES = ("before", "expression", "after", "between", "behind", "ahead", "near")


@cache
def _roles():
    """The window_roles of grammar.yml: (role, conditions by place)."""
    return [
        (rule["role"], {place: rule[place] for place in PLACES if place in rule})
        for rule in grammar.load()["window_roles"]
    ]


@cache
def _sieve(place):
    """The Sieve of what stands at a place, by window role: before or behind the expression, or anywhere at the others."""
    anywhere = "" if place in ("before", "after") else "(?s:.*)"
    patterns = [f"{anywhere}(?:{rule.get(place, '')})" for rule in grammar.load()["window_roles"]]
    return grammar.sieve(patterns, backwards=place == "before")


@lru_cache(256)  # the counts and dates of a sentence ask for the same
def _roles_up_to(place, sentence, end):
    """The roles whose condition for a place could be met by a sentence up to `end`, as a bit mask."""
    return _sieve(place).fits(sentence[:end])


@lru_cache(64)  # the counts of a sentence ask for the same
def _roles_around(sentence, start, end):
    """The roles that the calendar expression from `start` to `end` of a sentence could have for any count of it, as a bit mask."""
    return (
        _sieve("before").could(sentence[max(0, start - AHEAD) : start][::-1])
        & _sieve("after").could(sentence[end : end + GLANCE])
        & _sieve("expression").fits(sentence[start:end])
        & _roles_up_to("near", sentence, len(sentence))
    )


def role_of(sentence, expression, number):
    """What a calendar expression says of the window of a number (both (start, end)): one of window_roles, else during."""
    start, end = expression
    between = min(number[1], end), max(number[0], start)
    where = {
        "before": (max(0, start - REACH), start),
        "expression": expression,
        "after": (end, len(sentence)),
        "between": between,
        "behind": (number[1], len(sentence)),
        "ahead": (0, number[0]),
        "near": (0, len(sentence)),
    }
    could = (
        _roles_around(sentence, start, end)
        & _sieve("between").fits(sentence[slice(*between)])
        & _roles_up_to("ahead", sentence, number[0])
    )
    for role, conditions in grammar.chosen(could, _roles):
        for place, pattern in conditions.items():
            expressed = (grammar.backwards if place == "before" else grammar.compiled)(pattern)
            find = expressed.match if place in ("before", "after", "behind") else expressed.search
            if not find(sentence, *where[place]):
                break
        else:
            return role
    return "during"
