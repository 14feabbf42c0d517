"""Width and depth of the networks of a family, for every n: the units on the levels of its blocks, counted once.

A unit stands one level above what its argument is made of. What is needed on a level above the next is carried there: a
unit, or an input that is ≥ 0, by one unit a level; any other input, and a sum that another sum reads, by two, one for
each sign. The outputs of a block are read behind its last level. So the layers of a network are those of its blocks,
one after the other; units that coincide for some n only make them narrower.

The chains of a sum stand side by side. Values that are computed in the same way are one: `joined` makes one program of
blocks of several chains, whose inputs are the same where they are known to have the same value. Chains whose blocks
have equally many levels go on in step, and are joined; of others nothing is shared. A sum that has ended is carried on
by two units. One chain alone is not joined: in its layered form values that are always equal are not made one.
"""

from collections import Counter
from itertools import zip_longest
from typing import NamedTuple

from exactrelu.network.dag import Affine, Relu
from exactrelu.network.program import Program, references, renumbered
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


class Part(NamedTuple):
    """A block that stands ``slope`` · n + ``count`` times in the network for n."""

    program: Program
    slope: int = 0
    count: int = 1


class Blocks(NamedTuple):
    """The networks of a family, or one term of each: ``parts``, one after the other.

    What is made of parameters is the same in several of them only if their ``tags`` are equal, but for that of ε alone.
    """

    parts: tuple
    tag: object = None


class Levels(NamedTuple):
    """The judgement that networks, the sums of ``chains`` (`Blocks`), have these `Sizes`; see `sizes_of`."""

    name: str
    words: str
    chains: tuple
    nonnegative: frozenset
    sizes: Sizes

    def prove(self):
        """Return 0, the number of parts; raises `Failure`."""
        found = sizes_of(self.chains, self.nonnegative)
        if found.width > self.sizes.width or found[1:] != self.sizes[1:]:
            raise Failure(f"it does not hold that {self.words}: it is {found}")
        return 0

    def goals(self):
        """Return the goal."""
        return (self,)


def sizes_of(chains, nonnegative=frozenset()):
    """Return the `Sizes` of sums of ``chains`` (`Blocks`) for every n ≥ 1, at most.

    If there is one chain, the inputs of its last block that are named in ``nonnegative`` are ≥ 0.
    """
    groups = {}
    for chain in chains:
        groups.setdefault(tuple(len(level_counts(part.program)) for part in chain.parts), []).append(chain)
    rows = [Counted(group[0].parts, counts_of(group, len(chains) == 1, nonnegative)) for group in groups.values()]
    if not rows:
        return Sizes(0, 0, 0)
    (slope,) = {row.levels("slope") for row in rows}
    lengths = [row.levels("count") for row in rows]
    # if n is large enough for each group to be in a stage while another one reads or ends, more n add nothing new
    enough = 3 + 2 * (max(lengths) - min(lengths)) // min(row.step for row in rows)
    width = max(max(side_by_side(rows, n), default=0) for n in range(1, enough + 1))
    return Sizes(width, max(lengths), slope)


class Counted(NamedTuple):
    """The ``parts`` of chains in step, and the units on levels 1, 2, … of all of them together, for each part."""

    parts: tuple
    counts: list

    def levels(self, number):
        """Return the number of levels of the parts, each ``number`` times, "slope" or "count"."""
        return sum(getattr(part, number) * len(own) for part, own in zip(self.parts, self.counts, strict=True))

    @property
    def step(self):
        """The least number of levels of a part that is repeated, 1 if there is none."""
        repeated = (len(own) for part, own in zip(self.parts, self.counts, strict=True) if part.slope)
        return min(filter(None, repeated), default=1)

    def layers(self, n):
        """Return the units on levels 1, 2, …, for n."""
        pairs = zip(self.parts, self.counts, strict=True)
        return [units for part, own in pairs for units in own * (part.slope * n + part.count)]


def side_by_side(rows, n):
    """Return the units of all groups together on levels 1, 2, …, for n."""
    found = [row.layers(n) for row in rows]
    depth, first = max(map(len, found)), min(map(len, found))
    carried = [2 if first <= here < depth and len(found) > 1 else 0 for here in range(depth)]
    return [sum(row[here] for row in found if here < len(row)) + carried[here] for here in range(depth)]


def level_counts(program):
    """Return the units on levels 1, 2, … of a block."""
    return units_on_levels(program, (), program.outlets)[0]


def counts_of(group, is_alone, nonnegative):
    """Return, for each part, the units on its levels 1, 2, … of chains in step, a list for each.

    Of each block only what others need is counted, of one that is repeated what any number of these need. A chain that
    ``is_alone`` is not joined.
    """
    tags = [chain.tag for chain in group]
    joints, values = [], None
    for parts in zip(*(chain.parts for chain in group), strict=True):
        programs = [part.program for part in parts]
        if is_alone:
            (program,) = programs
            joints.append(Joint(program, {}, {name: (name,) for name in program.inlets}))
            continue
        if parts[0].slope and joints:
            values = repeated(programs, tags, values)
        joints.append(joined(programs, tags, values))
        values = values if parts[0].slope else joints[-1].values
    found, wanted = [], {frozenset(joints[-1].program.outlets)}
    for part, joint in zip(reversed(group[0].parts), reversed(joints), strict=True):
        counts, wanted = joint.counted(wanted, part, nonnegative)
        found.insert(0, counts)
        nonnegative = ()
    return found


def repeated(programs, tags, values):
    """Return which values are the same before each of any number of equal blocks, given those before the first."""
    while True:
        after = joined(programs, tags, values).values
        both = {key: (own, after[key]) for key, own in values.items()}
        if len(set(both.values())) == len(set(values.values())):
            return values
        values = both


class Joint(NamedTuple):
    """One ``program`` of several; ``values`` {(number of a chain, name): which value an output is}.

    ``inputs`` {inlet: the outlets of the block before that it is}; an outlet is named (number of a chain, name).
    """

    program: Program
    values: dict
    inputs: dict

    def counted(self, wanted, part, nonnegative=()):
        """Return (the units on levels 1, 2, …, at most; all sets of outlets before that may be needed).

        ``wanted`` are the sets that may be needed of the last of the blocks of a `Part`.
        """
        known, waiting = {}, list(wanted)
        while waiting:
            own = waiting.pop()
            if own not in known:
                counts, needed = units_on_levels(self.program, nonnegative, own)
                known[own] = counts, frozenset(name for inlet in needed for name in self.inputs[inlet])
                waiting += [known[own][1]] if part.slope else []
        counts, before = zip(*known.values(), strict=True)
        # for n = 1 there may be no block at all
        before = {*before, *(wanted if part.slope + part.count == 0 else ())}
        return [max(own) for own in zip_longest(*counts, fillvalue=0)], before


def joined(programs, tags, values):
    """Return the `Joint` program of several.

    ``values`` says which value an input is, None that all of one name are the same. Equal nodes are one.
    """
    def entry(index, name):
        return name if values is None else values[index, name]

    def parameter(name, tag):
        return name, name != "eps" and tag

    pairs = list(zip(programs, tags, strict=True))
    inputs, parameters = {}, {}
    for index, (program, tag) in enumerate(pairs):
        for name in program.inlets:
            inputs.setdefault(entry(index, name), []).append((index, name))
        parameters |= dict.fromkeys(parameter(name, tag) for name in program.parameters)
    places = {own: place for place, own in enumerate((*inputs, *parameters))}
    known, outlets, found = {}, {}, {}
    for index, (program, tag) in enumerate(pairs):
        ids = [places[entry(index, name)] for name in program.inlets]
        ids += [places[parameter(name, tag)] for name in program.parameters]
        for node in program.nodes:
            node = renumbered(node, ids)
            ids.append(known.setdefault((type(node), node), len(places) + len(known)))
        for name, node in program.outlets.items():
            outlets[index, name] = ids[node]
            found[index, name] = ids[node], tag if name.startswith("phi") else None
    nodes = tuple(node for _, node in known)
    return Joint(Program(tuple(inputs), tuple(parameters), nodes, outlets, {}), found, inputs)


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
