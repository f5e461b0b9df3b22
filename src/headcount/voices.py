"""The independent voices behind the speakers that texts name: outlets that repeat one statement are one."""

from headcount import grammar
from headcount.speech import outlet_named
from headcount.wording import joined


def voices(names, spokesmen):
    """The independent voices behind speakers' names. One ministry is one voice under any spelling, and so are those who speak for it
    by `spokesmen`, story.yml's `voices`. Whoever is not named ("police", "official figures", nobody) adds none, nor does an outlet, since
    they may repeat the others; together they are one voice if nobody is named."""
    speaks_for = {voice(name): voice(body) for body, people in spokesmen.items() for name in people}
    named = {voice(name) for name in names if name and not unnamed(name)}
    return {speaks_for.get(name, name) for name in named} or {""}


def voice_names(names, spokesmen):
    """The independent voices behind speakers' names in words, each with those who speak for it; empty if nobody is named."""
    speaks_for = {voice(name): body for body, people in spokesmen.items() for name in people}
    found = {}
    for name in sorted({name for name in names if name and not unnamed(name)}):
        body = speaks_for.get(voice(name), name)
        found.setdefault(voice(body), (body, []))[1].extend([name] if voice(name) != voice(body) else [])
    return [f"{body} ({joined(people)} for it)" if people else body for body, people in found.values()]


def unnamed(name):
    """Whether a speaker is told of by common nouns alone, or is an outlet, which reports what others say."""
    if outlet_named(name):
        return True
    noun = grammar.load()["speech"]["common"]
    common = grammar.compiled(rf"(?i:{noun}(?:~and~(?:the~)?{noun})?)")
    ministry = name.lower().endswith("ministry") or name.lower().startswith("ministry of")
    return bool(common.fullmatch(name)) and not ministry


def voice(name):
    """A speaker's name in one spelling: "public security ministry" is "ministry of public security"."""
    words = name.lower().removeprefix("the ").split()
    return (
        f"ministry of {' '.join(words[:-1])}"
        if words[-1] == "ministry" and len(words) > 1
        else " ".join(words)
    )
