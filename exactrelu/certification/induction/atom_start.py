"""Facts about the spread block: a cascade starts with h · e_cell where it is safe, and with zero wherever h ≤ 0."""

from itertools import pairwise, product
from typing import NamedTuple

from exactrelu.certification.induction.blocks import Block, expanded
from exactrelu.certification.induction.boxes import Box
from exactrelu.certification.induction.facts import Unproved
from exactrelu.certification.induction.forms import combination
from exactrelu.certification.induction.loops import along
from exactrelu.proof.target import State
from exactrelu.field import Rational, mpq
from exactrelu.network.dag import Affine, Relu


class Start(NamedTuple):
    """The rows of a cascade at stage 0: units and outputs as forms over "h", functions of x or y, and earlier units.

    ``units`` is a list of (id, form of the argument), ``outputs`` {state: form}, ``functions`` {id: (axis, function)};
    ``reader`` is the `Block` that computes h from the branches of the readout; h is the sum of ``value`` {input or unit
    of the spread block: weight}.
    """

    units: list
    outputs: dict
    functions: dict
    reader: Block
    value: dict


def start_of(block, before, rows, lines, carried, where):
    """Return the `Start` of the cascade ``lines`` in the spread ``block``; raises `Unproved` for another shape.

    ``before`` is the `AtomLayout` of the inputs, ``rows`` maps states to outputs, ``carried`` {"x": function, "y": …}.
    """
    part = block.part(list(rows.values()))
    branches = before.branches.get(lines, [])
    owner = dict.fromkeys(branches, "H") | {before.carried[name]: axis for axis, name in enumerate("xy")}
    forms, owners = expanded(part, owner)
    reader, functions, units = {}, {}, []

    def over_symbols(form):
        renamed, read = {}, {}
        for key, weight in form.items():
            if key is None:
                renamed[None] = weight
            elif owners[key] == {"H"}:
                read[key] = weight
            elif owners[key] <= {0} or owners[key] <= {1}:
                functions[key] = (max(owners[key], default=0), None)
                renamed[key] = weight
            elif owners[key] <= {"H", 0, 1}:
                renamed[key] = weight
            else:
                raise Unproved(where, "the rows read more than the readout of the atom and the carried input")
        if read:
            reader.update({} if reader else read)
            pivot = min(reader)
            factor = read.get(pivot, mpq(0)) / reader[pivot]
            if read != {key: factor * weight for key, weight in reader.items()}:
                raise Unproved(where, "two units read different values from the readout of the atom")
            renamed["h"] = factor
        return renamed

    for k, node in enumerate(part.nodes, part.inputs):
        if type(node) is Relu and len(owners[k]) > 1:
            units.append((k, over_symbols(forms[node.of])))
    outputs = {state: over_symbols(forms[output]) for state, output in zip(rows, part.outputs, strict=True)}
    for axis, name in enumerate("xy"):
        chosen = [key for key, (own, _) in functions.items() if own == axis]
        own = Block(part.inputs, part.nodes, tuple(chosen))
        found = along(own, range(len(chosen)), {before.carried[name]: carried[name]}, where)
        functions.update((key, (axis, function)) for key, function in zip(chosen, found, strict=True))
    total = Affine(tuple(sorted(reader.items())), mpq(0))
    reading = Block(part.inputs, (*part.nodes, total), (part.inputs + len(part.nodes),))
    ids = block.part_ids(list(rows.values()))
    return Start(units, outputs, functions, reading, {ids[key]: weight for key, weight in sorted(reader.items())})


class Section(NamedTuple):
    """An interval of a coordinate, None for infinity, in the cell ``index`` of a line, None if it is not safe."""

    low: Rational | None
    high: Rational | None
    index: int | None


class RectangleUnproved(Unproved):
    """Raised when the rows are not zero somewhere in the ``rectangle``, a pair of intervals."""

    def __init__(self, where, reason, rectangle):
        super().__init__(where, reason)
        self.rectangle = rectangle


def rectangle(x, y):
    """Return the intervals of two `Section`s; of an unbounded one the part next to its end, of length 1."""
    ends = [(section.low, section.high) for section in (x, y)]
    return tuple((high - 1 if low is None else low, low + 1 if high is None else high) for low, high in ends)


def check_start(start, pair, shape, sign, is_bad, where):
    """Check the rows at stage 0 on the whole plane; return the number of rectangles.

    Where h ≤ 0 they are zero; where h ≥ 0 and the residuals are safe they are h in the cell of the point. ``pair`` are
    the `Line`s of both coordinates, ``sign`` that of the states of cells, and ``is_bad`` as for `start.Grid`.
    """
    along_axes = [sections(start.functions, line, is_bad) for line in pair]
    for x, y in product(*along_axes):
        if any(_rows(start, x, y, (min(shape.low, mpq(0)), mpq(0))).values()):
            reason = "a row does not start with zero where h is not positive"
            raise RectangleUnproved(where, reason, rectangle(x, y))
        if x.index is not None and y.index is not None and shape.high > 0:
            found = _rows(start, x, y, (mpq(0), shape.high))
            cell = State(x.index, y.index, sign)
            if any(form != ({"h": mpq(1)} if state == cell else {}) for state, form in found.items()):
                raise Unproved(where, f"in the cell ({x.index}, {y.index}) the row does not start with h")
    return len(along_axes[0]) * len(along_axes[1])


def sections(functions, line, is_bad):
    """Return the `Section`s of the line's coordinate between the kinks of the functions of it: they fill R."""
    low, high = mpq(line.first), mpq(line.first + line.length)
    kinks = {knot for axis, function in functions.values() if axis == line.axis for knot in function.knots}
    ends = sorted(kinks | {low + index for index in range(line.length + 1)})
    found = [Section(None, ends[0], None), Section(ends[-1], None, None)]
    cell = 0
    for begin, end in pairwise(ends):
        while cell + 1 < line.length and begin >= low + cell + 1:
            cell += 1
        is_safe = begin >= low and end <= high and not is_bad(begin, end)
        found.append(Section(begin, end, line.first + cell if is_safe else None))
    return found


def _rows(start, x, y, span):
    """Return {state: form} of the rows at stage 0 in x, y and h on a rectangle, for h in the interval ``span``."""
    box = Box({"x": (x.low, x.high), "y": (y.low, y.high), "h": span})
    values = {"h": {"h": mpq(1)} if span[0] < span[1] else {}}
    for key, (axis, function) in start.functions.items():
        section = (x, y)[axis]
        slope, intercept = function.on(section.low, section.high)
        values[key] = combination([({"xy"[axis]: mpq(1)}, slope)], intercept)

    def substituted(form):
        terms = [(values[key], weight) for key, weight in form.items() if key is not None]
        return combination(terms, form.get(None, mpq(0)))

    for key, argument in start.units:
        values[key] = box.relu(substituted(argument))
    return {state: substituted(form) for state, form in start.outputs.items()}
