"""Width and depth of sums of terms for every n, the blocks of all terms standing side by side on levels.

A term is a start, n transports, a readout, a spread, n − 1 stages and a last block. Values that are computed in the
same way are one, unless there is one term only: `joined` makes one program of blocks of several terms, whose inputs are
the same where they are known to have the same value. Terms whose readouts have the same number of levels go on in step,
and are joined; of others nothing is shared. A sum that has ended is carried on by two units.
"""

from typing import NamedTuple

from exactrelu.network.dag import Affine, Relu
from exactrelu.network.program import Program, Times
from exactrelu.proof.kernel import Failure
from exactrelu.proof.levels import Sizes, units_on_levels


class SumLevels(NamedTuple):
    """The judgement that sums of ``terms`` have these `Sizes`, for every n ≥ 1.

    A term is (tag, start, transport, readout, spread, stage, last); rows of terms are shared if their tags are equal.
    """

    name: str
    words: str
    terms: tuple
    sizes: Sizes

    def prove(self):
        """Return 0, the number of parts; raises `Failure`."""
        found = sizes_of_sum(self.terms)
        if found.width > self.sizes.width or found[1:] != self.sizes[1:]:
            raise Failure(f"it does not hold that {self.words}: it is {found}")
        return 0

    def goals(self):
        """Return the goal."""
        return (self,)


def sizes_of_sum(terms):
    """Return the `Sizes` of sums of terms, at most."""
    groups = {}
    for term in terms:
        groups.setdefault(len(level_counts(term[3])), []).append(term)
    counted = [counts_of(group, len(terms) == 1) for group in groups.values()]
    if not counted:
        return Sizes(0, 0, 0)
    lengths = [[len(counts) for counts in blocks] for blocks in counted]
    (transport,), (stage,) = ({row[k] for row in lengths} for k in (1, 4))
    # if n is large enough for each group to be in a stage while another one reads or ends, more n add nothing new
    spread = max(row[2] + row[3] for row in lengths) - min(row[2] + row[3] for row in lengths)
    enough = 3 + 2 * spread // max(stage, 1)
    width = max(max(layers(counted, n), default=0) for n in range(1, enough + 1))
    most = max(depth_of(row, 1) for row in lengths)
    return Sizes(width, most - transport - stage, transport + stage)


def depth_of(lengths, n):
    """Return the number of levels of a term for n."""
    start, transport, readout, spread, stage, last = lengths
    return start + n * transport + readout + spread + (n - 1) * stage + last


def layers(counted, n):
    """Return the units of all groups together on levels 1, 2, …, for n."""
    rows = []
    for start, transport, readout, spread, stage, last in counted:
        rows.append([*start, *transport * n, *readout, *spread, *stage * (n - 1), *last])
    depth, first = max(map(len, rows)), min(map(len, rows))
    carried = [2 if first <= here < depth and len(rows) > 1 else 0 for here in range(depth)]
    return [sum(row[here] for row in rows if here < len(row)) + carried[here] for here in range(depth)]


def level_counts(program):
    """Return the units on levels 1, 2, … of a block."""
    return units_on_levels(program, (), program.outlets)[0]


def counts_of(group, is_alone):
    """Return the units on the levels of start, transport, readout, spread, stage and last of terms in step.

    Of each block only what others need is counted, however often these are repeated. A term that ``is_alone`` is a
    chain: in its layered form values of a block that are always equal are not made one.
    """
    tags, starts, transports, readouts, spreads, stages, lasts = zip(*group, strict=True)
    first = joined(starts, tags, None)
    values = None if is_alone else repeated(transports, tags, first.values)
    second, third = joined(transports, tags, values), joined(readouts, tags, values)
    fourth = joined(spreads, tags, None if is_alone else third.values)
    values = None if is_alone else repeated(stages, tags, fourth.values)
    fifth, sixth = joined(stages, tags, values), joined(lasts, tags, values)
    end, wanted = sixth.counted(sixth.program.outlets)
    wanted = fifth.closed(wanted)
    stage, (spread, read) = fifth.counted(wanted)[0], fourth.counted(wanted)
    readout, wanted = third.counted(read)
    wanted = second.closed(wanted)
    return [first.counted(wanted)[0], second.counted(wanted)[0], readout, spread, stage, end]


def repeated(programs, tags, values):
    """Return which values are the same before each of any number of equal blocks, given those before the first."""
    while True:
        after = joined(programs, tags, values).values
        both = {key: (own, after[key]) for key, own in values.items()}
        if len(set(both.values())) == len(set(values.values())):
            return values
        values = both


class Joint(NamedTuple):
    """One ``program`` of several; ``values`` {(term, name): which value an output is}.

    ``inputs`` {name of an input: the names "term/name" of the outputs of the block before that it is}.
    """

    program: Program
    values: dict
    inputs: dict

    def counted(self, wanted):
        """Return (the units on levels 1, 2, …; the names of the outputs before that are needed) for ``wanted`` ones."""
        counts, needed = units_on_levels(self.program, (), wanted)
        return counts, {name for own in needed for name in self.inputs[own]}

    def closed(self, wanted):
        """Return ``wanted`` and all that is needed for them before any number of these blocks."""
        while True:
            more = wanted | self.counted(wanted)[1]
            if more == wanted:
                return wanted
            wanted = more


def joined(programs, tags, values):
    """Return the `Joint` program of several.

    ``values`` says which value an input is, None that all of one name are the same. Equal nodes are one.
    """
    inlets, parameters, known, inputs = {}, {}, {}, {}
    for index, (program, tag) in enumerate(zip(programs, tags, strict=True)):
        for name in program.inlets:
            place = inlets.setdefault(name if values is None else values[index, name], len(inlets))
            inputs.setdefault(str(place), []).append(f"{index}/{name}")
        for name in program.parameters:
            parameters.setdefault((name, name != "eps" and tag), len(parameters))
    nodes, outlets, found = [], {}, {}
    first = len(inlets)

    def intern(node):
        if node not in known:
            known[node] = first + len(parameters) + len(nodes)
            nodes.append(node[1])
        return known[node]

    for index, (program, tag) in enumerate(zip(programs, tags, strict=True)):
        ids = [inlets[name if values is None else values[index, name]] for name in program.inlets]
        ids += [first + parameters[name, name != "eps" and tag] for name in program.parameters]
        for node in program.nodes:
            ids.append(intern((type(node), moved(node, ids))))
        for name, node in program.outlets.items():
            outlets[f"{index}/{name}"] = ids[node]
            found[index, name] = ids[node], tag if name.startswith("phi") else None
    program = Program(tuple(map(str, inlets.values())), tuple(map(str, parameters)), tuple(nodes), outlets, {})
    return Joint(program, found, inputs)


def moved(node, ids):
    """Return a node with the ids of its sources replaced."""
    if type(node) is Relu:
        return Relu(ids[node.of])
    if type(node) is Times:
        return Times(ids[node.parameter], ids[node.of])
    weights = {}
    for source, weight in node.terms:
        weights[ids[source]] = weights.get(ids[source], 0) + weight
    return Affine(tuple(sorted((source, weight) for source, weight in weights.items() if weight)), node.bias)
