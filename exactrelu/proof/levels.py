"""Width and depth of the networks of a family, for every n: the units on the levels of its blocks, counted once.

A unit stands one level above what its argument is made of. What is needed on a level above the next is carried there: a
unit, or an input that is ≥ 0, by one unit a level; any other input, and a sum that another sum reads, by two, one for
each sign. The outputs of a block are read behind its last level. So the layers of a network are those of its blocks,
one after the other; units that coincide for some n only make them narrower.
"""

from collections import Counter
from typing import NamedTuple

from exactrelu.network.dag import Affine, Relu
from exactrelu.network.program import references
from exactrelu.proof.kernel import Failure


class Sizes(NamedTuple):
    """Width W for every n ≥ 1, at most, and depth ``slope`` · ⌊n / ``divisor``⌋ + ``layers``."""

    width: int
    layers: int
    slope: int = 1
    divisor: int = 1

    def depth_at(self, n):
        """Return the depth for n, at most."""
        return self.slope * (n // self.divisor) + self.layers

    @property
    def depth(self):
        """The depth as a text such as "n+5", "2n+7" or "floor(n/2)+5"."""
        if not self.slope:
            return str(self.layers)
        number = "n" if self.divisor == 1 else f"floor(n/{self.divisor})"
        return f"{self.slope if self.slope > 1 else ''}{number}+{self.layers}"


class Levels(NamedTuple):
    """The judgement that the blocks start, stage (n − 1 times), last, closing have these `Sizes`.

    ``programs`` are these four; the inputs of the closing block named in ``nonnegative`` are ≥ 0.
    """

    name: str
    words: str
    programs: tuple
    nonnegative: frozenset
    sizes: Sizes

    def prove(self):
        """Return 0, the number of parts; raises `Failure`."""
        found = sizes_of(self.programs, self.nonnegative)
        if found.width > self.sizes.width or found[1:] != self.sizes[1:]:
            raise Failure(f"it does not hold that {self.words}: it is {found}")
        return 0

    def goals(self):
        """Return the goal."""
        return (self,)


def sizes_of(programs, nonnegative):
    """Return the `Sizes` of start, stage (n − 1 times), last, closing, at most.

    Of each block only what the next one needs is counted. What the last stage needs determines what the stage before
    it has to give, and so on: sets of names, which are the same in the end. An output without inputs needs no blocks.
    """
    start, stage, last, closing = programs
    closed, names = units_on_levels(closing, nonnegative, closing.outlets)
    if not names:
        return Sizes(max(closed, default=0), len(closed), 0)
    ended, names = units_on_levels(last, (), names)
    begun, repeated, seen = [], [], set()
    while names not in seen:
        seen.add(names)
        begun.append(units_on_levels(start, (), names)[0])
        counts, names = units_on_levels(stage, (), names)
        repeated.append(counts)
    width = max(max(counts, default=0) for counts in (closed, ended, *begun, *repeated))
    slope = max(map(len, repeated))
    return Sizes(width, len(closed) + len(ended) + max(map(len, begun)) - slope, slope)


def units_on_levels(program, nonnegative, wanted):
    """Return (the numbers of units on levels 1, 2, …; the names of the inputs that are needed) for ``wanted`` outputs.
    """
    level, parts = [], []
    inner = {source for node in program.nodes if type(node) is not Relu for source in references(node)}
    values = {k for k, node in enumerate(program.nodes, program.inputs) if type(node) is Affine and k in inner}

    def read(source, here):
        """Return what a node is made of where it is read behind a level: itself if it has to be carried there."""
        return {source} if source in values and level[source] < here else parts[source]

    for k in range(program.inputs):
        level.append(0)
        parts.append({k} if k < len(program.inlets) else set())
    for k, node in enumerate(program.nodes, program.inputs):
        here = max((level[source] for source in references(node)), default=0)
        made = set().union(*(read(source, here) for source in references(node)))
        is_unit = type(node) is Relu and bool(made)
        level.append(here + 1 if is_unit else here)
        parts.append({k} if is_unit else made)
    ends = [program.outlets[name] for name in wanted]
    depth = max((level[node] for node in ends), default=0)
    last = {part: depth + 1 for node in ends for part in read(node, depth)}
    counts = Counter()
    for k in range(len(level) - 1, -1, -1):
        if k not in last:
            continue
        is_input, is_value = k < program.inputs, k in values
        if is_value:
            below, behind = parts[k], level[k] + 1
        elif not is_input:
            counts[level[k]] += 1
            of = program.nodes[k - program.inputs].of
            below, behind = read(of, level[k] - 1), level[k]
        else:
            below, behind = (), 0
        for part in below:
            last[part] = max(last.get(part, 0), behind)
        cost = 2 if is_value or is_input and program.inlets[k] not in nonnegative else 1
        for between in range(level[k] + 1, last[k]):
            counts[between] += cost
    needed = frozenset(name for k, name in enumerate(program.inlets) if k in last)
    return [counts[here] for here in range(1, depth + 1)], needed
