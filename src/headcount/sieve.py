"""Which of many patterns can fit at a place: one reading of the characters there, for all patterns at once.

A Sieve reads patterns as a finite automaton that forgets word boundaries, what must not follow, what looks the other way and how
often something repeats. So it lets through every pattern that fits, and some that do not: `re` has the last word. Its states
are made when a text first needs them (the subset construction of K. Thompson, Regular expression search algorithm, 1968, made
lazily).
"""

from functools import cache, partial
from re import _constants as sre
from re import _parser as parser

MOST = 200_000  # steps kept before all are made anew
TIMES = 13  # times that something repeated must occur, up to which they are counted
FEW = 4  # times that it may occur, up to which they are counted
PLAIN = frozenset(
    map(chr, [*range(32, 127), *b"\t\n\r"])
)  # about any other character nothing is known: it always passes
END = frozenset("\n")  # the test at the end of a text, or before its last line break


class Node:
    """A place in one pattern: the characters that can come next there (`test`), and the places behind it, or a function that finds
    them when they are first asked for. Without a test it is the end of the pattern, or (`joint`) a place that takes no character."""

    __slots__ = ("bit", "test", "behind", "joint", "led")

    def __init__(self, bit, test=None, behind=(), joint=False):
        self.bit, self.test, self.behind, self.joint, self.led = bit, test, behind, joint, None

    def following(self):
        """The places behind this one."""
        if callable(self.behind):
            self.behind = self.behind()
        return self.behind

    def reached(self):
        """The places that the next character leads to."""
        if self.led is None:
            places, left = set(), list(self.following())
            while left:
                node = left.pop()
                if node not in places:
                    places.add(node)
                    left += node.following() if node.joint else ()
            self.led = frozenset(node for node in places if not node.joint)
        return self.led


class Sieve:
    """Tells which of some `patterns` can begin at a place, or, `backwards`, end there: as a bit mask, the first pattern the lowest
    bit. A character among the keys of `named` stands for the pattern there. Where no more than `few` patterns are left of which it is
    unknown, it looks no further: they are let through.

    A state is a dict: the state that follows each character; under "nodes" the places in the patterns that it stands for, none if
    no character can change it; under "fits" the bits of the patterns that fit whatever follows, under "could" also of those that may yet fit, and under "ends" also
    of those that fit if nothing follows.
    """

    def __init__(self, patterns, named=None, backwards=False, few=0):
        self.few, self.named = few, named or {}
        self.step = -1 if backwards else 1
        starts = []
        for number, pattern in enumerate(patterns):
            tree = _parsed(pattern)
            fold = bool(tree.state.flags & sre.SRE_FLAG_IGNORECASE)
            starts += self._starts(tree, 1 << number, fold)
        self.start = Node(0, behind=starts)
        self._forget()

    def _forget(self):
        self.states, self.steps = {}, 0
        self.first = self._state(self.start.reached(), 0)

    def could(self, characters):
        """The bits of the patterns that can fit, seen from the next characters (backwards: the last one first)."""
        return self._after(characters)["could"]

    def fits(self, characters):
        """The bits of the patterns that can fit if these characters are all there are."""
        return self._after(characters)["ends"]

    def _after(self, characters):
        """The state after some characters."""
        state = self.first
        try:
            for char in characters:
                state = state[char]
        except KeyError:
            if state["nodes"]:
                return self._read(characters)
        return state

    def _read(self, characters):
        """The state after some characters, made where there is none yet."""
        if self.steps > MOST:
            self._forget()
        state = self.first
        for char in characters:
            if char not in state:
                nodes = state["nodes"]
                if not nodes:
                    break
                if char in PLAIN:
                    nodes = [node for node in nodes if char in node.test]
                reached = frozenset().union(*[node.reached() for node in nodes])
                state[char] = self._state(reached, state["fits"])
                self.steps += 1
            state = state[char]
        return state

    def _state(self, nodes, fits):
        """The state for some places in the patterns, with the bits of the patterns that fit already."""
        key = fits, nodes
        if key not in self.states:
            for node in nodes:
                fits |= node.bit if node.test is None else 0
            unsettled = [node for node in nodes if not node.bit & fits]
            could = ends = fits
            for node in unsettled:
                could |= node.bit
                ends |= node.bit if node.test is END else 0
            if (could ^ fits).bit_count() <= self.few:
                unsettled, ends = [], could
            self.states[key] = {"nodes": unsettled, "fits": fits, "could": could, "ends": ends}
        return self.states[key]

    def _starts(self, tree, bit, fold):
        """The places at which the parsed pattern with this bit begins."""
        return self._places(tree, [Node(bit)], bit, fold)

    def _places(self, tree, behind, bit, fold):
        """The places at which a parsed pattern begins, if the places `behind` follow it."""
        for operation, value in list(tree)[:: -self.step]:
            behind = self._before(operation, value, behind, bit, fold)
        return behind

    def _before(self, operation, value, behind, bit, fold):
        """The places at which one item of a parsed pattern begins, if the places `behind` follow it."""
        # of alternatives of one character each the parser makes a class
        if operation is sre.IN and any(self._is_named(*item) for item in value):
            return [node for item in value for node in self._before(*item, behind, bit, fold)]
        if self._is_named(operation, value):
            places = partial(self._places, _parsed(self.named[chr(value)]), behind, bit, fold)
            return [Node(bit, behind=places, joint=True)]
        if operation in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY):
            return [Node(bit, _test(((operation, value),), fold), behind)]
        if operation is sre.IN:
            return [Node(bit, _test(tuple(value), fold), behind)]
        if operation is sre.BRANCH:
            return [node for tree in value[1] for node in self._places(tree, behind, bit, fold)]
        if operation is sre.SUBPATTERN:
            _, added, _, tree = value
            return self._places(tree, behind, bit, fold or bool(int(added) & sre.SRE_FLAG_IGNORECASE))
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            return self._repeated(*value, behind, bit, fold)
        if operation is sre.AT and value is (sre.AT_END if self.step == 1 else sre.AT_BEGINNING):
            return [Node(bit, END, [Node(bit)])]
        if operation is sre.ASSERT and value[0] == self.step:
            return self._places(value[1], [Node(bit)], bit, fold)
        if operation in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            return behind
        return [Node(bit)]  # nothing is known of other operations

    def _is_named(self, operation, value):
        return operation is sre.LITERAL and chr(value) in self.named

    def _repeated(self, least, most, tree, behind, bit, fold):
        """The places at which a repeated item begins; beyond FEW times, or if it is a single character, any number of times."""
        if most > FEW or len(tree) == 1 and most > 1:
            again = Node(bit, joint=True)
            once = self._places(tree, [again], bit, fold)
            again.behind = [*once, *behind]
            places = once if least else [*once, *behind]
            for _ in range(1, min(least, TIMES)):
                places = self._places(tree, places, bit, fold)
            return places
        places = behind
        for number in range(most, 0, -1):
            places = self._places(tree, places, bit, fold)
            if number > least:
                places = [Node(bit, behind=[*places, *behind], joint=True)]
        return places


class Footing(Sieve):
    """Tells which of some expanded `patterns` can begin at a place by the characters before it, the last one first: from the
    lookbehinds that the patterns begin with."""

    def __init__(self, patterns, named=None):
        super().__init__(patterns, named, backwards=True)

    def _starts(self, tree, bit, fold):
        for operation, value in tree:
            if operation is sre.BRANCH:
                return [node for tree in value[1] for node in self._starts(tree, bit, fold)]
            if operation is sre.IN and any(self._is_named(*item) for item in value):
                return [node for item in value for node in self._starts([item], bit, fold)]
            if self._is_named(operation, value):
                return self._starts(_parsed(self.named[chr(value)]), bit, fold)
            if operation is sre.SUBPATTERN:
                return self._starts(value[3], bit, fold or bool(int(value[1]) & sre.SRE_FLAG_IGNORECASE))
            if operation is sre.ASSERT and value[0] == self.step:
                return self._places(value[1], [Node(bit)], bit, fold)
            if operation not in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
                break
        return [Node(bit)]


@cache
def _parsed(pattern):
    return parser.parse(pattern)


@cache
def _test(items, fold):
    """The plain characters that pass a character class, both cases of them where case is ignored."""
    negated = items[0][0] in (sre.NEGATE, sre.NOT_LITERAL)
    tests = [_item(kind, value) for kind, value in items if kind is not sre.NEGATE]
    passing = {char for char in PLAIN if any(test(char) for test in tests) != negated}
    return frozenset(passing | {char.swapcase() for char in passing} if fold else passing)


def _item(kind, value):
    """The test of one item of a character class, a function of the character."""
    if kind is sre.CATEGORY:
        return CATEGORIES[value]
    if kind is sre.RANGE:
        return lambda char: value[0] <= ord(char) <= value[1]
    return chr(value).__eq__ if kind in (sre.LITERAL, sre.NOT_LITERAL) else bool


CATEGORIES = {
    sre.CATEGORY_DIGIT: str.isdecimal,
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    sre.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    sre.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    sre.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}
