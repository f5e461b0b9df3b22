"""The extractor against what readers saw: the five texts field by field, unseen news and sentences by recall and precision."""

import csv
import re
import textwrap
from datetime import date
from functools import cache

import corpus
import pytest

from headcount.claims import claim_table, read_claims
from headcount.mentions import find_mentions
from headcount.nouns import Nouns
from headcount.sentences import unwrapped
from headcount.sources import read_sources, read_text
from headcount.story import ROOT, Story

STORY = Story.at(ROOT)
NOUNS = Nouns(STORY.facts["counted"])
EXACT = [
    "value",
    "value_high",
    "qualifier",
    "qualifier_shared",
    "counted",
    "noun",
    "action",
    "scope",
    "said_by",
    "reported_by",
]
WINDOW = ["from_earliest", "from_latest", "to_earliest", "to_latest", "window_basis"]


@pytest.fixture(scope="module")
def tables():
    return claim_table(STORY, read_sources(STORY))


def gold(name):
    with (corpus.GOLD / name).open(encoding="utf-8") as file:
        return {(row["file"], int(row["start"])): row for row in csv.DictReader(file)}


def test_every_mention_of_the_five_texts(tables):
    ours = {
        (row["file"], row["start"]): (row["end"], row["text"], row["kind"])
        for row in tables[0].to_dict("records")
    }
    read = {
        key: (int(row["end"]), row["text"], row["kind"]) for key, row in gold("five_mentions.csv").items()
    }
    assert ours == read


@pytest.mark.parametrize("field", EXACT + WINDOW)
def test_every_claim_of_the_five_texts(tables, field):
    def plain(value):
        value = "" if value is None or value != value else value
        return str(int(value) if isinstance(value, float) else value).lower()

    ours = {(row["file"], row["start"]): plain(row[field]) for row in tables[1].to_dict("records")}
    read = {key: row[field].lower() for key, row in gold("five_claims.csv").items()}
    assert ours == read


def test_the_same_operation_and_the_same_total_have_one_fact(tables):
    facts = tables[1].groupby("fact_id")["value"].apply(sorted).to_dict()
    assert [178] * 6 in facts.values() and [608] * 6 in facts.values() and [26] * 3 in facts.values()
    assert [18000, 18518] in facts.values() and [34813, 35000] in facts.values()


CENSUS = re.compile(
    r"\d[\d,]*|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|(?:m|b|tr)illions?|dozens?|"
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twentieth|once|twice)\b",
    re.IGNORECASE,
)


LETTER = re.compile(r"\w")


@pytest.mark.parametrize("name", corpus.CORPORA)
def test_every_label_is_a_number_of_its_text(name):
    for text, labels, _ in corpus.labelled(name, range(len(corpus.stories(name)))):
        for label in labels:
            start, end = label["start"], label["end"]
            number = text[start:end]
            assert CENSUS.search(number) or number.lower() in {"scores", "thrice"}, (name, label)
            assert not LETTER.match(text[start - 1 : start]) and not LETTER.match(text, end), (name, label)


def left_out(text):
    """Digit runs and number words that lie in no mention: the census shares nothing with the extractor."""
    spans = [(mention.start, mention.end) for mention in find_mentions(text)]
    return [m[0] for m in CENSUS.finditer(text) if not any(start <= m.start() < end for start, end in spans)]


@pytest.mark.parametrize("path", sorted(STORY.raw.glob("*.txt")), ids=lambda path: path.name)
def test_census_finds_nothing_left_out(path):
    assert left_out(read_text(path)) == []


def test_census_of_other_texts():
    assert [left_out(text) for text, _, _ in corpus.sentences(1, 180)] == [[]] * 170
    assert [left_out(text) for text in corpus.stories("lee_background")[:150]] == [[]] * 150


def test_nothing_is_unclassified_in_the_five_texts(tables):
    assert tables[0][tables[0].kind == "unclassified"].empty


def source_of(published):
    return {
        "source_id": "x",
        "file": "x",
        "publisher": "x",
        "published_earliest": published,
        "published_latest": published,
    }


def compare(items):
    """Recall, precision and share of right values and hedges of the counts in [(text, labels, published)], rates left aside."""
    found = missed = extra = values = hedges = 0
    for text, labels, published in items:
        _, claims = read_claims(text, source_of(published), NOUNS)

        def meets(claim, label):
            return claim["start"] < label["end"] and label["start"] < claim["end"]

        rates = [label for label in labels if label["kind"] == "rate"]
        claims = [claim for claim in claims if not any(meets(claim, rate) for rate in rates)]
        for label in (label for label in labels if label["kind"] == "count"):
            claim = next((claim for claim in claims if meets(claim, label)), None)
            if claim is None:
                missed += 1
                continue
            claims.remove(claim)
            found += 1
            values += (claim["value"], claim["value_high"]) == (
                label["value"],
                int(label["value_high"] or 0) or None,
            )
            hedges += claim["qualifier"] == label["qualifier"]
        extra += len(claims)
    return {
        "recall": (found, found + missed),
        "precision": (found, found + extra),
        "value": (values, found),
        "hedge": (hedges, found),
    }


def fields_right(items):
    """Share of found counts in [(text, labels, published)] whose window, speaker and noun are as labelled."""
    right, of = dict.fromkeys(("window", "said_by", "noun"), 0), 0
    for text, labels, published in items:
        _, claims = read_claims(text, source_of(published), NOUNS)
        for label in (label for label in labels if label["kind"] == "count"):
            met = [one for one in claims if one["start"] < label["end"] and label["start"] < one["end"]]
            if met:
                of += 1
                right["window"] += all((label[end] or "") == met[0][end] for end in WINDOW[:4])
                for field in ("said_by", "noun"):
                    right[field] += (label[field] or "").lower() == met[0][field].lower()
    return {name: number / of for name, number in right.items()}


def test_fields_of_written_items():
    shares = fields_right(corpus.sentences(181, 220))
    assert shares["window"] > 0.85 and shares["said_by"] > 0.88 and shares["noun"] > 0.97


# Held out: no rule was tuned to these labels (tests/gold/README.md).
AIM = {"recall": 0.97, "precision": 0.93, "value": 0.97, "hedge": 0.95}
# Of the texts read since; the last BBC reports among them have 24 of the 102 false counts, as few rules were mended by them so far.
TUNED = {"recall": 0.98, "precision": 0.975, "value": 0.98, "hedge": 0.97}


@cache
def measured(texts):
    """compare() on `corpus.held_out` or `corpus.tuned`."""
    return compare(texts())


def test_unseen_counts():
    shares = {name: right / of for name, (right, of) in measured(corpus.held_out).items()}
    assert min(of for _, of in measured(corpus.held_out).values()) >= 290
    assert {name: share for name, share in shares.items() if share < AIM[name]} == {}


def test_counts_of_the_texts_tuned_on():
    shares = {name: right / of for name, (right, of) in measured(corpus.tuned).items()}
    assert {name: share for name, share in shares.items() if share < TUNED[name]} == {}


@pytest.mark.parametrize(
    "text, field, read",
    [
        ("He said 5 people died. He said 6 people died.", "said_by", ["He", "He"]),
        ("Police found 5 ch\u0130ldren.", "noun", ["ch\u0130ldren"]),
    ],
)
def test_odd_texts_are_read(text, field, read):
    _, claims = read_claims(text, source_of(""), NOUNS)
    assert [claim[field] for claim in claims] == read


@pytest.mark.parametrize(
    "text, field, read",
    [
        ("In Bruck, six people died and 12 were hurt.", "place", ["Bruck", "Bruck"]),
        ("In the village of Upper Bruck on Monday, 12 men were held.", "place", ["Upper Bruck"]),
        ("Near Lower Holm, three children were killed.", "place", ["Lower Holm"]),
        ("In Bruck 12 people died and in Holm at least 14.", "place", ["Bruck", "Holm"]),
        ("In Bruck, 12 people died and in Holm, 14.", "place", ["Bruck", "Holm"]),
        ("In Bruck, police said six people died.", "place", ["Bruck"]),
        ("In Geneva, the refugee agency said 12,000 people had fled.", "place", [""]),
        ("In Bruck, six people died, bringing the toll to 57.", "place", ["Bruck", ""]),
        ("In March, six people died.", "place", [""]),
        ("In Parliament six members voted against it.", "place", [""]),
        ("The number of dead stood at 93, police said.", "action", ["killed"]),
        ("They put the number of injured at 120 and the missing at 15.", "action", ["injured", "missing"]),
        ("The toll stands at 109.", "action", ["killed"]),
        ("Toll rises to 57", "action", ["killed"]),
        ("The toll was lowered to 86 from 91.", "action", ["killed", "superseded_killed"]),
        ("Officials cut the toll from 95 to 87.", "action", ["superseded_killed", "killed"]),
        ("502, not 512, people were arrested.", "action", ["arrested", "denied_arrested"]),
        ("502, not 512, people were arrested.", "noun", ["people", ""]),
        ("Of the 86 dead, some were counted twice.", "action", ["killed", ""]),
        ("He was arrested twice.", "counted", [""]),
        ("The toll of 91 dead was wrong: three bodies had been counted twice.", "action", ["killed", "", ""]),
        ("The flood did not kill 9,000 people.", "action", ["denied_killed"]),
        ("Two of the 139 rescued passengers died.", "action", ["killed", ""]),
        ("Two of the 12 people killed were children.", "action", ["killed", "killed"]),
        ("Two of the 12 gunmen killed a guard.", "action", ["", ""]),
        ("Three of the 40 miners drowned in the pit.", "action", ["killed", ""]),
        ("Most of the 60 miners were rescued.", "action", [""]),
        ("None of the 44 women was rescued.", "action", [""]),
        ("We recovered nine bodies, and 131 people were rescued.", "action", ["recovered", "rescued"]),
        ("Nine women and 131 men were rescued.", "action", ["rescued", "rescued"]),
        ("More than 40 people are now known to have died.", "action", ["killed"]),
        ("Seven people are still missing and presumed dead.", "action", ["missing"]),
        ("Eleven people remain missing.", "action", ["missing"]),
        ("Eleven are still unaccounted for.", "action", ["missing"]),
        ("The 388 arrests were made on Monday.", "action", ["arrested"]),
        ("There were 12 deaths, 30 injuries and 100 rescues.", "action", ["killed", "injured", "rescued"]),
        ("There were 12 deaths, 30 injuries and 100 rescues.", "counted", ["people"] * 3),
        ("Of these, 371 are men and 17 were foreign women.", "noun", ["men", "women"]),
        ("Of these, 371 are homeless.", "noun", [""]),
        ("The Coast Guard said 9 were safe. It said 4 had died.", "said_by", ["Coast Guard", "Coast Guard"]),
        ("Eva Holm said 9 were safe. It said 4 had died.", "said_by", ["Eva Holm", "It"]),
        ("The flood has claimed more than 1,800 lives.", "said_by", [""]),
        (
            "Officials said 17 men died, while the opposition put the number at 40.",
            "said_by",
            ["Officials", "opposition"],
        ),
        (
            "Hospital officials said 17 died, but police said only 11 had.",
            "said_by",
            ["Hospital officials", "police"],
        ),
        ("Nine men died, but police said 12 had.", "said_by", ["", "police"]),
        ("Nine men died but 12 lived, police said.", "said_by", ["police", "police"]),
        (
            "Deaths in Tamba rose to 38, in Seko to 12 and in Kunde to three.",
            "place",
            ["Tamba", "Seko", "Kunde"],
        ),
        ("Some 18 men died in the region and 53 in all.", "place", ["the region", ""]),
        (
            "In the worst-hit county 18 men died; the toll in the north is 31.",
            "place",
            ["the worst-hit county", "the north"],
        ),
        (
            "Across the region 53 men died, 9 in the state prison, 4 in the district of Bruck.",
            "place",
            ["", "", "Bruck"],
        ),
        ("In the region 18 men died, and in the north 9 women.", "place", ["the region", "the north"]),
        ("Nine men died in Spring Hill, two in Winter Park.", "place", ["Spring Hill", "Winter Park"]),
        ("Nine men died in Spring 2025, 11 in Winter.", "place", ["", ""]),
        ("Police smashed 30 gangs in the north and 53 in all.", "counted", ["gangs", "gangs"]),
        ("He spoke in front of 60,000 people, and 5 people were arrested.", "action", ["", "arrested"]),
        ("Some 18 men in the region have died, 9 at the port drowned.", "action", ["killed", "killed"]),
        ("The 18 men in the boat rescued 5 girls.", "action", ["", "rescued"]),
        ("Since May 12, and 31 had died.", "value", [31]),
        ("Some 410 men have been held since the protests began.", "scope", ["other"]),
        ("Nine men drowned, said coast guard chief Eva Holm.", "said_by", ["Eva Holm"]),
        ("Nine men drowned, the mayor's adviser Eva Holm said.", "said_by", ["Eva Holm"]),
        ("Nine men drowned, said the coast guard.", "said_by", ["coast guard"]),
        ("Having earlier said 91 died, the council said 86 had died.", "said_by", ["council", "council"]),
        (
            "The court sentenced 26 former officers on Monday, acquitting nine.",
            "action",
            ["convicted", "acquitted"],
        ),
        ("Some 250 people died, and 150 clerks have been sacked.", "action", ["killed", "sacked"]),
        ("A man was arrested; the boat carried 218 people, including 31 men.", "action", ["carried"] * 2),
        ("Staff treated 85 patients; 70 survived.", "action", ["treated", "survived"]),
        ("Police rescued 12 men trapped in a pit.", "action", ["rescued"]),
        (
            "Police found 12 men injured, and freed 15 women abducted in May.",
            "action",
            ["injured", "rescued"],
        ),
        ("The flood flattened more than 300 houses.", "action", ["destroyed"]),
        ("The toll rose to five and 900 people left their homes.", "action", ["killed", "left"]),
        ("A total of 540 children and more than 900 women were rescued.", "action", ["rescued"] * 2),
        ("In July, 89 boys, the youngest of them 10 days old, were saved.", "action", ["rescued"]),
        ("Drivers closed 17 crossings; 900 lorries stood idle.", "action", ["closed", ""]),
        ("Police freed 12 women and swept away 40 huts.", "action", ["rescued", "swept_away"]),
        ("Of the 58 children, 13 have been reunited.", "counted", ["children", "children"]),
        ("Police held 600 suspects, compared with 850 in 2010.", "counted", ["suspects", "suspects"]),
        ("They treated 88 women, 9 of whom tested positive.", "noun", ["women", ""]),
        ("They treated 88 women, 9 of whom tested positive.", "counted", ["women", "women"]),
        ("Of the 88 women, 20 of them officers, most fled.", "noun", ["women", "officers"]),
        ("The number of boys held in 2012 was 1,918.", "noun", ["boys"]),
        (
            "Police found 24 “baby hatcheries” and 900 child trafficking gangs.",
            "noun",
            ["hatcheries", "gangs"],
        ),
        ("Police handled 59 cases involving infants.", "noun", ["cases"]),
        ("Police handled 59 cases involving infants.", "action", ["handled"]),
        ("Police are helping 1,400 families find their children.", "noun", ["families"]),
        ("The force has 3,000 troops already stationed there.", "noun", ["troops"]),
        ("Gunmen took 276 girls; 53 of them escaped.", "action", ["took", "escaped"]),
        (
            "Of these, 33 are internally displaced and 12 are seeking asylum.",
            "action",
            ["displaced", "sought"],
        ),
        ("Each year 20,000 dogs are stolen.", "action", ["stolen"]),
        ("Gunmen kidnap 276 schoolgirls.", "action", ["kidnapped"]),
        ("According to official figures, 12 men died.", "said_by", ["official figures"]),
        ("More than 30 of the 58 boys rescued in 2010 were returned.", "action", ["returned", "rescued"]),
        ("Measles killed 428, and 24,000 cases were reported.", "action", ["killed", "reported"]),
        ("Two were reported killed.", "action", ["killed"]),
        ("Police held 41 men, 12 fewer than the day before.", "action", ["held", "difference_held"]),
        ("Only 36 of the prison's 966 inmates were freed.", "action", ["rescued", ""]),
        ("Police broke up nine gangs in raids on Monday.", "action", ["broken_up"]),
        ("WHO said 12 men died.", "said_by", ["WHO"]),
        ("Police freed 40 men in Hebei, Shandong and Henan.", "place", ["Hebei, Shandong and Henan"]),
        ("In the first ten months of 2025 police rescued 110 women.", "scope", ["other"]),
        ("In July police rescued 110 women.", "scope", ["operation"]),
        ("Since the 1980s 20,000 people have been killed every year.", "scope", ["other"]),
        ("Floods killed 12 people and injured more than 100 others.", "counted", ["people", "people"]),
        ("It brought the number of arrivals this year to 50,000.", "noun", ["arrivals"]),
        ("The Supreme People's Court said 12 men died.", "said_by", ["Supreme People's Court"]),
        (
            "Nine men drowned, according to figures released by the Court of Holm on Friday.",
            "said_by",
            ["Court of Holm"],
        ),
        ("Three quarters of a million people fled.", "value", [750_000]),
        ("Some 1¼ million people fled.", "value", [1_250_000]),
        ("A hundred and one people fled.", "value", [101]),
        ("The flood drove out 1,23,456 people.", "value", [123_456]),
        ("Some 3 lakh people and two crore hens fled.", "value", [300_000, 20_000_000]),
        ('"Police freed 12 men. Nine are held," Li Wu told us.', "said_by", ["Li Wu", "Li Wu"]),
        ('"Will they free the 12 men?" Li Wu asked. "No." Ann Ray said so.', "said_by", [""]),
        ('Li Wu said they came. "We freed 12 men. It was late."', "said_by", ["Li Wu"]),
        ('"They freed 12 men," he said. "Nobody died." About 40 fled.', "said_by", ["he", ""]),
        ("It was calm, according to Ann Ray. She said 12 men were held.", "said_by", ["Ann Ray"]),
        ("Two officials said 12 men were held.", "said_by", ["", "Two officials"]),
        ("The bishop said he wept after a report found 12 men had died.", "said_by", ["report"]),
        ("UN envoy Ann O'Hare says 12 men died.", "said_by", ["UN envoy Ann O'Hare"]),
        (
            "The Relief Bureau in Holm, which counts them, has reported 12 raids.",
            "said_by",
            ["Relief Bureau"],
        ),
        (
            "The interim report, published by a court on Friday, said 12 men died.",
            "said_by",
            ["interim report"],
        ),
        ("12 men died in what it says was an attack.", "said_by", [""]),
        ("Police in Henan province freed 12 children.", "place", ["Henan province"]),
        ("The war in Holm has led to 220,000 deaths and 40,000 arrests.", "place", ["Holm", "Holm"]),
        ("Officials in Holm said 12 children were freed.", "place", [""]),
        ("Some 12 soldiers fled Holm and 40 were killed in Brandt’s east.", "place", ["Holm", "Brandt"]),
        ("One aide saw the fall in Holm’s tweets.", "place", [""]),
        ("About 11 million people live in the U.S. illegally.", "place", ["U.S."]),
        ("Some 15 policemen in uniform with a group of clerks sealed the flats.", "action", ["sealed"]),
        ("Forty people in a house damaged by the quake were moved.", "action", [""]),
        ("The bill will force millions of people off their plans.", "action", ["expected_forced"]),
        (
            "The court let 40 go, freeing 12 women and carrying off 20 goats.",
            "action",
            ["", "rescued", "carried_off"],
        ),
        ("They claim the lives of 12, confirmed by the office.", "said_by", [""]),
        ("Some say the 12 raids failed.", "said_by", [""]),
        ("Holm’s mayor, Ann Ray, further explained, 12 men died.", "said_by", ["Ann Ray"]),
        (
            "At least 49 men died, according to the U.K.-based Holm Observatory for Peace.",
            "said_by",
            ["Holm Observatory for Peace"],
        ),
        (
            "In Holm 330 men died, according to the most recent data from the Bureau of Ports.",
            "said_by",
            ["Bureau of Ports"],
        ),
        (
            "About 12 men died, observer groups and eyewitnesses said.",
            "said_by",
            ["observer groups and eyewitnesses"],
        ),
        ("Protesters blocked the road and police said 12 men were held.", "said_by", ["police"]),
        ("Police and medics said 12 men died.", "said_by", ["Police and medics"]),
        (
            "About 12 men died, the ministry of public security said.",
            "said_by",
            ["ministry of public security"],
        ),
        (
            "Some 12 men died, according to a review released on Sunday by the Bureau of Ports.",
            "said_by",
            ["Bureau of Ports"],
        ),
        ("The agency in Holm yesterday confirmed that 12 men died.", "said_by", ["agency"]),
        ("Up to 12 men could die, aid agencies warn.", "said_by", ["aid agencies"]),
        ("Rain hit 12 men near Holm, in Ostland, said Ann Ray, the mayor.", "said_by", ["Ann Ray"]),
        ("Some 12 men died, a Red Cross nurse said by telephone.", "said_by", ["Red Cross nurse"]),
        ("Figures from the Dock union show 12 men died.", "said_by", ["Dock union"]),
        ("An official who asked not to be named told the court 12 men died.", "said_by", ["official"]),
        (
            "The Holm police group said 12 men died. Another 20 men fled, the group said.",
            "said_by",
            ["Holm police group", "Holm police group"],
        ),
        ("The Holm Daily reported that 12 men died.", "reported_by", ["Holm Daily"]),
        ("The official Xinhua news agency said 12 men died.", "reported_by", ["Xinhua"]),
        ("Some 12 men died, the Holm Times said, citing local police.", "said_by", ["local police"]),
        ("Royal Mail said 12 men died.", "reported_by", ["x"]),
        ("He told China Daily that 12 men died.", "reported_by", ["x"]),
        (
            "Ann Ray is back.\nRay: We freed 12 men.\nHT: Were 14 men held?\nRay: Yes.\nHT: Why?",
            "said_by",
            ["Ann Ray", ""],
        ),
        ("Warplanes struck a camp in northern Holm on Friday, killing 12 men.", "place", ["northern Holm"]),
        ("The shootings in Holm, Ostland, which killed 30 men, go on.", "place", ["Holm"]),
        ("It hit an office in the capital, Holm, killing 12 men.", "place", ["Holm"]),
        ("Three men were hurt at Holm airport.", "place", ["Holm"]),
        ("Three men work at Holm Electronics.", "place", [""]),
        ("A raid off the coast of Holm killed 12 men.", "place", ["Holm"]),
        ("Some 12 men died in Austrian hands.", "place", [""]),
        ("Police have an arrest warrant for four men.", "action", [""]),
        ("Police named 30 men. Nineteen of them have been arrested.", "action", ["named", "arrested"]),
        ("The boat carried 500 men, all but 155 of whom are dead.", "action", ["carried", ""]),
        ("All but 12 of the men were freed.", "action", [""]),
        ("In Holm 36 men, 12 of them old, were freed.", "place", ["Holm", "Holm"]),
        ("Some 600 men, 45 of them fathers, were led away.", "action", ["led_away", "led_away"]),
        ("Two of the mayor's aides, Ann Ray and Bo Li, were beaten.", "action", ["beaten"]),
        ("Only one man, a carrier, was pulled out.", "action", ["pulled_out"]),
        ("About 216 boys under 16 were found there.", "action", ["found"]),
        ("Nine arrested and three bosses sacked", "action", ["arrested", "sacked"]),
        ("Police bust ring, 47 held", "action", ["held"]),
        ("The death toll from the quake that flattened towns has climbed to 525.", "action", ["killed"]),
        ("Six officers have lost their lives.", "action", ["killed"]),
        ("At least 95 men were among those arrested.", "action", ["arrested"]),
        ("Of 154 complaints, 136 of which were dealt with, most came late.", "action", ["", "dealt_with"]),
        ("The trust, which employs 432 men, grew.", "action", ["employed"]),
        ("About 12 centres were set up.", "action", ["set_up"]),
        ("He said that nevertheless 12 men were held.", "action", ["held"]),
        ("It began in Holm, where 11 men died.", "place", ["Holm"]),
        ("A boat sank off Holm, killing 12 men.", "place", ["Holm"]),
        ("Some 25,000 men are held on the Greek island of Holm.", "place", ["Holm"]),
        ("The navy took 1,100 men out of Holm.", "place", ["Holm"]),
        ("Police in southern and central Ostland held 12 men.", "place", ["southern and central Ostland"]),
        ("In Holm, the paper added, police held 12 men.", "place", ["Holm"]),
        ("A court in the provincial capital Holm jailed 12 men.", "place", ["Holm"]),
        ("Some 15 men, all but two of them boys, were freed in Holm.", "place", ["Holm", "Holm"]),
        ("We bury two or three every day.", "noun", [""]),
        ("A court put the number of boys sent home at 17.", "value", [17]),
        ("The radio put arrests at 52.", "value", [52]),
        ("Police solved 5,519 cases of theft and 7,208 involving women.", "counted", ["cases", "cases"]),
        (
            "At least 131 men were killed and more than 15,000 held in Ostland.",
            "place",
            ["Ostland", "Ostland"],
        ),
        ("They raided shops in 11 districts of Holm.", "place", ["Holm"]),
        ("On Monday five men were shot dead at Holm.", "place", ["Holm"]),
        ("Over 240 men, 63 boys and 19 girls were seized.", "action", ["seized", "seized", "seized"]),
        ("Fourteen mills in Holm and Bruck have been sealed.", "action", ["sealed"]),
        ("The force handed in eleven guns.", "action", ["handed_in"]),
        ("Police rescued 12 men from forced labour, including 8 boys.", "action", ["rescued", "rescued"]),
        ("Among the dead were 21 men and two rescue workers.", "action", ["killed", "killed"]),
        ("Toll put at 61 as Red Cross counts 78\n\nHolm.", "value", [61, 78]),
        ("Police have taken 369 men into custody.", "action", ["arrested"]),
        ("Nine men were behind bars, and 12 are still in custody.", "action", ["arrested", "arrested"]),
        ("They were arrested in eleven raids.", "action", [""]),
        ("Herders argue as police recover 640 goats", "action", ["recovered"]),
        ("Some 160 villages known as markets were searched.", "noun", ["villages"]),
        ("Two of those boys had to be treated.", "action", ["treated"]),
        ("The Holm Daily gave a higher figure of 391.", "reported_by", ["Holm Daily"]),
        ("PTI quoted a senior officer as saying 41 men died.", "said_by", ["senior officer"]),
        (
            "The Holm Daily said 12 men died. Another 20 fled, the newspaper said.",
            "reported_by",
            ["Holm Daily"] * 2,
        ),
        ("Clean Sea, a rights group, said it had counted 17 boats.", "said_by", ["Clean Sea"]),
        ("The PA said 12 men died. It said 14 men fled.", "said_by", ["PA", "PA"]),
        (
            "The toll in Holm, R K Ray told us, is 12. “We held 14 men,” he said.",
            "said_by",
            ["R K Ray", "R K Ray"],
        ),
        ("Fifty-one men, 20 of them fathers, died.", "action", ["killed", "killed"]),
        ("He was found guilty of 12 counts.", "action", ["convicted"]),
        ("It came after the murder of six teachers.", "action", ["killed"]),
        ("Some 12 raids were held after thousands of people protested.", "action", ["held", "protested"]),
        ("About 300 miners will be displaced.", "action", ["expected_displaced"]),
        ("Around 13,000 soldiers remain in Holm.", "action", ["remained"]),
        ("The lorry crashed into two more vans.", "action", ["crashed_into"]),
        ("Police solved 40 cases involving women and 28 involving girls.", "counted", ["cases", "cases"]),
        ("Sea arrivals pass 300,000 as deaths climb", "action", [""]),
        ("Sources told us the toll could be as high as 60.", "action", ["possible_killed"]),
        ("Earlier reports by a radio had put the number of dead at 50.", "action", ["superseded_killed"]),
        ("Police did not say whether any of the 63 boys had been sold.", "action", ["possible_sold"]),
        ("At least 27 of the boys are thought to have been sold.", "action", ["possible_sold"]),
        ("Li Wu was quoted by a paper as saying 12 gangs were busted.", "said_by", ["Li Wu"]),
        ("Eight men died in the Iraqi capital, Baghdad.", "place", ["Baghdad"]),
        ("It killed 1,2\u00ad34 people and 18\u200b,518 hens.", "value", []),
    ],
)
def test_what_is_said_of_a_count(text, field, read):
    _, claims = read_claims(text, source_of("2026-05-20"), NOUNS)
    assert [claim[field] for claim in claims] == read


@pytest.mark.parametrize(
    "text, days",
    [
        ("From May 12 to 18, police held 120 men.", ["2026-05-12", "2026-05-18"]),
        (
            "They freed 40 since April 9. Over the same period 120 gangs were busted.",
            ["2026-04-09", "2026-05-20"],
        ),
        ("In April 40 men died. Since then, 120 more have died.", ["2026-04-01", "2026-05-20"]),
        ("By Monday 40 men had died. By then 120 men were ill.", ["", "2026-05-18"]),
        ("In April 2025, 40 men fled, and 120 were held that year.", ["2025-01-01", "2025-12-31"]),
        ("On May 12, 40 men fled, and 120 fled the following day.", ["2026-05-13", "2026-05-13"]),
        ("The 120 men have since been freed. He left on Monday.", ["", "2026-05-20"]),
        ("In the first quarter police held 120 men.", ["2026-01-01", "2026-03-31"]),
        ("Since April 2009 police had held 120 men by the end of 2010.", ["2009-04-01", "2010-12-31"]),
        ("Since April 1 police freed 120 men, and by May 4 all 40 were home.", ["2026-04-01", "2026-05-20"]),
        (
            "By March 31, police had held 120 men in a campaign that began in May 2025.",
            ["2025-05-01", "2026-03-31"],
        ),
        ("In the first four months police held 120 men.", ["2026-01-01", "2026-04-30"]),
        ("In the first 11 months police held 120 men.", ["2025-01-01", "2025-11-30"]),
        (
            "Since April 1 police held 120 men, of whom 40 were tried by the end of April.",
            ["2026-04-01", "2026-05-20"],
        ),
        ("The raid on July 11 last year, when 120 men were held.", ["2025-07-11", "2025-07-11"]),
        (
            "Of 40 men held between Friday and Monday, but 120 boys died on Sunday.",
            ["2026-05-17", "2026-05-17"],
        ),
        ("Some 120 men were held; on 14 May there were five.", ["", "2026-05-20"]),
        ("He had tested 120 men by the end of April, and the work would go on.", ["", "2026-04-30"]),
        ("In April a court jailed him for selling 120 boys.", ["", "2026-05-20"]),
        ("In May 40 men were held on top of 120 workers who left in 2024.", ["2024-01-01", "2024-12-31"]),
        ("Police held 120 men May 12-18.", ["2026-05-12", "2026-05-18"]),
        ("Police held 120 men from 12 to 18 May.", ["2026-05-12", "2026-05-18"]),
        ("Police held 120 men between 12th and 18th May 2025.", ["2025-05-12", "2025-05-18"]),
        ("Between May 12 and 18 police held 120 men.", ["2026-05-12", "2026-05-18"]),
        ("Police held 120 men April 28 to May 3.", ["2026-04-28", "2026-05-03"]),
        ("Police held 120 men on 12 and 13 May.", ["2026-05-12", "2026-05-13"]),
        ("On May 12 and 13, 2025, police held 120 men.", ["2025-05-12", "2025-05-13"]),
        ("On Monday 120 people were missing.", ["2026-05-18", "2026-05-18"]),
        ("Police held 120 men three days ago.", ["2026-05-17", "2026-05-17"]),
        ("Two weeks ago, police held 120 men.", ["2026-05-04", "2026-05-10"]),
        ("Police held 120 men, up from 80 in 2010.", ["", "2026-05-20"]),
        ("Police held 120 men over rumours about last week's blasts.", ["", "2026-05-20"]),
        ("In 2021, 185 people died in October floods.", ["2021-10-01", "2021-10-31"]),
        ("The list, which was drawn up in April, has helped 120 men.", ["", "2026-05-20"]),
        ("The hotline, set up in 2007, has received 120 calls.", ["", "2026-05-20"]),
        ("On Tuesday, three days after 120 men were held, two fled.", ["", "2026-05-20"]),
        ("The agency hoped to immunize 120 girls by July 30.", ["", "2026-07-30"]),
        ("More than in 2010, when 120 men were held.", ["2010-01-01", "2010-12-31"]),
        ("Police held 120 men last October.", ["2025-10-01", "2025-10-31"]),
        ("Police held 120 men last May.", ["2025-05-01", "2025-05-31"]),
        ("In the first week of May police held 120 men.", ["2026-05-01", "2026-05-07"]),
        ("In the last ten days of April 2025 police held 120 men.", ["2025-04-21", "2025-04-30"]),
        ("In late November 2010, police held 120 men.", ["2010-11-21", "2010-11-30"]),
        ("Police held 120 men between 2009 and the end of 2012.", ["2009-01-01", "2012-12-31"]),
        ("Since the start of May police have held 120 men.", ["2026-05-01", "2026-05-20"]),
        ("A drive launched on 4 May has freed 120 men.", ["2026-05-04", "2026-05-20"]),
        ("On 2 May police held 120 men in the biggest raid so far this year.", ["2026-05-02", "2026-05-02"]),
        ("The 52 men who were held on May 12 were released on Monday.", ["2026-05-12", "2026-05-12"]),
        ("The 52 men were released on Monday.", ["2026-05-18", "2026-05-18"]),
        ("Police held 52 men, according to figures that were released on Monday.", ["", "2026-05-18"]),
        ("The 52 men who worked there in 2010 were released.", ["", "2026-05-20"]),
        ("So far in 2026 police have freed 52 men.", ["2026-01-01", "2026-05-20"]),
        ("Police held 120 men between Dec. 5, 2011 and Jan. 3, 2011.", ["", "2026-05-20"]),
        ("In 2013, 40 men died, down from 52 the previous year.", ["2012-01-01", "2012-12-31"]),
        ("The force, which went on strike on 5 May in Holm, includes 52 men.", ["", "2026-05-20"]),
        ("A February UN report said 52 men died.", ["", "2026-02-28"]),
        ("We have 52 men there now, and we will double that by 2028.", ["", "2026-05-20"]),
        ("On Monday, a spokeswoman in Holm, Ann Ray, told us that 52 men died.", ["", "2026-05-18"]),
        ("Monday’s list followed a deal reached last year that freed 52 men.", ["2026-05-18", "2026-05-18"]),
        ("Holm is home to 52 men and has been under siege since 2013.", ["", "2026-05-20"]),
        ("One was charged on Sunday, while 52 others were released.", ["", "2026-05-20"]),
        ("He died last year, one of 52 deaths in jail.", ["", "2026-05-20"]),
        ("On Monday 12 people died, while 52 others were injured.", ["2026-05-18", "2026-05-18"]),
        ("In 2010, one of 52 raids failed.", ["2010-01-01", "2010-12-31"]),
        ("Police received 120 reports in 2010.", ["2010-01-01", "2010-12-31"]),
        ("The 52 men will appear in court on Monday.", ["2026-05-25", "2026-05-25"]),
        ("The 52 men are due to be freed in March.", ["2027-03-01", "2027-03-31"]),
        ("Holm will mourn the 52 men killed on Monday.", ["2026-05-18", "2026-05-18"]),
        ("In 2012 and 2013, unrest claimed the lives of 52 men.", ["2012-01-01", "2013-12-31"]),
    ],
)
def test_windows_of_days(text, days):
    claims = read_claims(text, source_of("2026-05-20"), NOUNS)[1]
    [claim] = [claim for claim in claims if claim["value"] in (120, 52, 185)]
    assert [claim["from_earliest"], claim["to_latest"]] == days


PARAGRAPH = """Since the national campaign began in April 2009, police have cracked 39,194 cases and rescued 54,000 children,
the ministry said, and more than 24,000 women were freed. Among them were 12 women and 40 children from one village, who had been
sold by a gang of 26 people."""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("width", range(60, 90, 7))
def test_a_wrapped_text_is_read_like_the_whole_one(width, newline):
    told = ("value", "qualifier", "noun", "action", "from_earliest", "scope", "said_by")
    paragraph = PARAGRAPH.replace("\n", " ")
    text = f"Police free thousands\n\n{textwrap.fill(paragraph, width)}\n".replace("\n", newline)
    mentions, claims = read_claims(text, source_of("2013-05-20"), NOUNS)
    whole = f"Police free thousands\n\n{paragraph}\n"
    assert [[claim[name] for name in told] for claim in claims] == [
        [claim[name] for name in told] for claim in read_claims(whole, source_of("2013-05-20"), NOUNS)[1]
    ]
    assert len(claims) == 8 and all(claim["sentence"] in text for claim in claims)
    assert all(text[row["start"] : row["end"]] == row["text"] for row in mentions)


@pytest.mark.parametrize(
    "text",
    [
        "Police free 12 children in the north of the country, and many more\nBEIJING\n178 people were held.\n",
        "Share\nPrint\nMail\n12\nComments\n",
        "One line of a text whose lines are far longer than any line that was wrapped to fit a page or a screen.\n"
        * 4,
    ],
)
def test_other_lines_stay(text):
    assert unwrapped(text) == text


def test_the_end_of_the_calendar():
    text = "The 52 men will appear in court on Monday. The 40 boys will be freed by November."
    claims = read_claims(text, source_of("9999-12-31"), NOUNS)[1]
    assert [claim["to_latest"] for claim in claims] == ["9999-12-27", "9999-11-30"]


def test_a_campaign_without_a_day_begins_as_the_story_says():
    start = date(2009, 4, 1), date(2009, 4, 30)
    text = "Police have freed 52 girls since the campaign began. Since the raid 40 fled."
    first, second = read_claims(text, source_of("2013-05-20"), NOUNS, start)[1]
    assert (first["from_earliest"], first["from_latest"]) == ("2009-04-01", "2009-04-30")
    assert (first["window_basis"], first["scope"]) == ("other_text", "campaign")
    assert second["from_earliest"] == "" and second["scope"] == "other"


@pytest.mark.parametrize(
    "text, ends",
    [
        ("Police held 30 men on 13 May and 7 more on 16 May.", ["2026-05-13", "2026-05-16"]),
        ("Some 200 families fled in March but 30 came back in April.", ["2026-03-31", "2026-04-30"]),
        ("In March police held 30 men and 20 women.", ["2026-03-31", "2026-03-31"]),
        (
            "As of May 6, it had hurt 4,293 and killed 2,296, the WHO said, half of them in the past two weeks.",
            ["2026-05-06"] * 2,
        ),
        ("The toll from Monday's quake has passed 3,700.", ["2026-05-20"]),
        ("The toll, put at 290 on Monday, rose to 321 on Tuesday.", ["2026-05-18", "2026-05-19"]),
        ("The ministry on Monday lowered the death toll from the quake to 229 from 236.", ["2026-05-18"] * 2),
    ],
)
def test_each_count_takes_the_date_of_its_part(text, ends):
    _, claims = read_claims(text, source_of("2026-05-20"), NOUNS)
    assert [claim["to_latest"] for claim in claims] == ends


@pytest.mark.parametrize(
    "text, ends",
    [
        ("On Monday 70 people were missing, down from 90 a day earlier.", ["2026-05-18", "2026-05-17"]),
        ("On Monday 70 people were missing, down from 90 the previous day.", ["2026-05-18", "2026-05-17"]),
        ("The toll rose to 57 from 45 a day earlier.", ["2026-05-20", "2026-05-19"]),
        ("The toll rose to 57 on Monday, up from 45 the week before.", ["2026-05-18", "2026-05-11"]),
        ("Police held 388 men, up from 300 a year earlier.", ["2026-05-20", "2026-05-20"]),
    ],
)
def test_figures_of_an_earlier_day(text, ends):
    _, claims = read_claims(text, source_of("2026-05-20"), NOUNS)
    assert [claim["to_latest"] for claim in claims] == ends
