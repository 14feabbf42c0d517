"""Families of sums of atoms, for the second checker of certificates of format 2: section 7.5 of docs/certificate.md."""

from collections import namedtuple
from fractions import Fraction
from itertools import combinations, product

from second_closing import moved, parts_of_seed
from second_enumeration import compare
from second_files import integer, items, keyed, need, rational, rationals, read_seed
from second_functionals import UNIT, as_form, cube, interval
from second_one_pass import EPS, HALF, along, controller, in_range, sixths
from second_polyhedra import box_parts, orthant
from second_programs import (
    Domain, Polyhedron, combined, constant, negated, plus, prove, require, require_equal, scaled, units_of,
)
from second_row_classes import QUADRANTS, led, live_cells, require_plain
from second_values import require_function

AtomFamily = namedtuple("AtomFamily", "terms")
Chain = namedtuple("Chain", "start transport spread stage last factor base")
AtomTheory = namedtuple("AtomTheory", "problem mask family corner lengths terms")
# lines: (axis, first, length, p, q, p', q', selector); most and width are M and w; digit: D / ε, top: G / ε
Term = namedtuple("Term", "chain shift carried lines cascades atom patches most width digit top")
Cascade = namedtuple("Cascade", "lines value states signed")  # states: {(cell, sign): place}


# --- reading


def read_atom_family(value, read_program):
    keyed(value, "programs", "terms")
    programs = [read_program(program) for program in items(value["programs"])]
    terms = []
    for term in items(value["terms"]):
        keyed(term, *Chain._fields)
        start, transport, spread, stage, last = blocks = [
            programs[integer(term[key], 0, len(programs) - 1)] for key in Chain._fields[:5]]
        need(start.inputs == 2 and len(last.outputs) == 1, "inputs or outputs of a term")
        need({transport.inputs, spread.inputs} == {len(start.outputs), len(transport.outputs)} and
             {stage.inputs, last.inputs} == {len(spread.outputs), len(stage.outputs)} and
             transport.inputs == spread.inputs and stage.inputs == last.inputs, "places of a term")
        terms.append(Chain(*blocks, rational(term["factor"]), rational(term["base"])))
    return AtomFamily(terms)


def read_atoms(problem, family, evidence):
    """Return what a certificate claims of a family of sums of atoms."""
    keyed(evidence, "kind", "corner", "lengths", "terms")
    corner = tuple(integer(entry) for entry in items(evidence["corner"], 2))
    lengths = [integer(entry, 1, 1000) for entry in items(evidence["lengths"], 2)]
    need(lengths[0] * lengths[1] <= 10_000, "number of cells")
    pairs = zip(items(evidence["terms"], len(family.terms)), family.terms)
    terms = [read_term(value, chain, lengths) for value, chain in pairs]
    mask = {index: matrix[0][0] for index, matrix in problem.repeat[0].items()}
    return AtomTheory(problem, mask, family, corner, lengths, terms)


def read_term(value, chain, lengths):
    keyed(value, "shift", "carried", "lines", "cascades", "atom", "patches")
    used = set()

    def place(number, run):
        inputs = (chain.transport, chain.stage)[run].inputs
        need(integer(number, 0, inputs - 1) not in {k for k, other in used if other == run}, "a place twice")
        used.add((number, run))
        return number

    carried = [place(entry, 0) for entry in items(value["carried"], 2)]
    lines = []
    for axis, first, length, *places in (items(line, 8) for line in items(value["lines"])):
        integer(first, 0, lengths[integer(axis, 0, 1)] - integer(length, 1))
        lines.append((axis, first, length, *(place(number, k > 1) for k, number in enumerate(places))))
    cascades = [read_cascade(entry, chain, lines, lengths, place) for entry in items(value["cascades"])]
    atom, _ = read_seed(value["atom"], 2, 1, None)
    patches = [items(entry, 3) for entry in items(value["patches"])]
    kappas = {read_cell(patch[:2], lengths): rational(patch[2]) for patch in patches}
    need(len(kappas) == len(patches), "a patch twice")
    most = max((height for entry in atom for (height,) in entry.values), default=Fraction(0))
    width = min((t for entry in atom for corner in entry.corners for t in corner), default=UNIT)
    digit, most = chain.factor * max(most, 0), max(most, 0)
    return Term(chain, rationals(value["shift"], 2), carried, lines, cascades, atom, kappas, most, width, digit,
                digit / chain.base if chain.base else digit)


def read_cell(pair, lengths):
    return tuple(integer(entry, 0, length - 1) for entry, length in zip(pair, lengths))


def read_cascade(value, chain, lines, lengths, place):
    keyed(value, "lines", "value", "states")
    numbers = [integer(entry, 0, len(lines) - 1) for entry in items(value["lines"], 2)]
    need([lines[number][0] for number in numbers] == [0, 1], "axes of a cascade")
    states = {}
    for i, j, sign, number in (items(entry, 4) for entry in items(value["states"])):
        state = read_cell((i, j), lengths), integer(sign, -1, 1)
        need(state not in states, "a state twice")
        states[state] = place(number, 1)
    signs = {sign for _, sign in states}
    need(signs <= {0} or 0 not in signs, "signs")
    return Cascade(numbers, integer(value["value"], 0, len(chain.spread.nodes) - 1), states, signs != {0})


# --- blocks of values


class Bent(Polyhedron):
    """Points (t, ε), and their product as a further variable, t being in a bounded interval for each ε."""

    product = "t·ε"

    def row(self, part):
        return part.get("t", 0), part.get("eps", 0), part.get("1", 0)

    def most(self, part):
        """Return the largest value, which is taken on a chord between vertices: for each ε the form is affine in t."""
        bend, row = part.get(self.product, 0), self.row(part)
        points = [(Fraction(t) / w, Fraction(eps) / w) for t, eps, w in self.generators]
        values = [row[0] * t + row[1] * eps + row[2] + bend * t * eps for t, eps in points]
        found = max(values)
        for (one, low), (other, high) in combinations(zip(points, values), 2) if bend else ():
            square = bend * (other[0] - one[0]) * (other[1] - one[1])
            slope = high - low - square
            if 0 < slope < -2 * square:
                found = max(found, low - slope * slope / (4 * square))
        return found

    def crossed(self, part):
        return [] if part.get(self.product) else super().crossed(part)


def bent(low, high):
    return Bent(("t", "eps", Bent.product), along((Fraction(low), 0), (Fraction(high), 0)).generators)


class Small:
    """Numbers in [low ε, high ε] for each of some names, and ε, which is in [0, 1/2]."""

    def __init__(self, ends):
        self.ends, self.variables = ends, ("eps", *ends)

    def most(self, part):
        slopes = [number * (1 if name == "eps" else self.ends[name][number > 0]) for name, number in part.items()]
        return max(0, sum(slopes) * HALF)

    def crossed(self, part):
        """Return the form if it is a multiple of one number that has both signs."""
        part = {name: number for name, number in part.items() if number}
        (name, *others) = part
        return [] if others or name == "eps" or self.ends[name][0] * self.ends[name][1] >= 0 else [part]

    def clipped(self, part):
        ((name, number),) = part.items()
        low, high = self.ends[name]
        return Small({**self.ends, name: (0, high) if number > 0 else (low, 0)})

    def is_empty(self):
        return False


class AtomDomain(Domain):
    """A domain where units, whose signs are open, are looked at in both cases."""

    def is_positive(self, form, depth=4):
        """Return whether the form is proved to be ≥ 0; -max(0, a) is -a or 0, and max(0, a) at least both of them."""
        if super().is_positive(form):
            return True
        units = [key for key in units_of(form) if not key[0]]
        for key in sorted(units, key=lambda key: form[key] > 0)[:depth and 1]:
            rest = {other: number for other, number in form.items() if other != key}
            both = (self.is_positive(part, depth - 1) for part in (rest, plus(rest, dict(key[1][1]), form[key])))
            return any(both) if form[key] > 0 else all(both)
        return False


def domain_of(*blocks, products=()):
    return AtomDomain(list(blocks), {"eps": HALF, "zeta": UNIT}, dict(products))


def parameters(program):
    """Return (nodes, forms of the parameters)."""
    found = {program.inputs: EPS, program.inputs + 1: {("zeta", "1"): UNIT}}
    return program.with_symbols(["eps", "zeta"]), found


# --- the table


def check_controllers(theory):
    for term in theory.terms:
        start, transport = term.chain.start, term.chain.transport
        for axis, first, length, p, q, *_ in term.lines:
            nodes, known = parameters(start)
            known[axis] = as_form({"t": UNIT, "1": Fraction(theory.corner[axis]), "eps": term.shift[axis]})
            parts = [(along((Fraction(z, 3), 0), (Fraction(z + 1, 3), 0)), controller({"t": UNIT}, z // 3, z % 3))
                     for z in range(3 * first, 3 * (first + length))]
            parts += [(along(None, (first, 0)), ({}, {})), (along((first + length, 0), None), ({}, {}))]
            for block, goals in parts:
                require_equal(nodes, zip((start.outputs[p], start.outputs[q]), goals), known, domain_of(block), "start")
            nodes, known = parameters(transport)
            for block, given, goals in sixths():
                goals = zip((transport.outputs[p], transport.outputs[q]), goals)
                require_equal(nodes, goals, known | dict(zip((p, q), given)), domain_of(block), "transport")


def check_copies(theory):
    for term, i in product(theory.terms, (0, 1)):
        place, length, t = term.carried[i], theory.lengths[i], {("", "t"): UNIT}
        left, inside, right = along(None, (0, 0)), along((0, 0), (length, 0)), along((length, 0), None)
        nodes, known = parameters(term.chain.start)
        known[i] = as_form({"t": UNIT, "1": Fraction(theory.corner[i]), "eps": term.shift[i]})
        copy = term.chain.start.outputs[place]
        for block, goal in ((inside, t), (right, constant(Fraction(length)))):
            require_equal(nodes, [(copy, goal)], known, domain_of(block), "a copy")
        prove(nodes, [copy], known, domain_of(left), lambda forms, dom: dom.is_positive(negated(forms[copy])), "a copy")
        nodes, known = parameters(term.chain.transport)
        for block, goal in ((left, {}), (inside, t)):
            require_equal(nodes, [(term.chain.transport.outputs[place], goal)], known | {place: t}, domain_of(block),
                          "a copy that is carried")


def check_restart(theory):
    for term in theory.terms:
        spread, stage = term.chain.spread, term.chain.stage
        for axis, first, length, _, _, *places in term.lines:
            nodes, known = parameters(spread)
            known[term.carried[axis]] = {("", "t"): UNIT}
            targets = [spread.outputs[place] for place in places]
            for z in range(6 * first, 6 * (first + length)):
                check_sixth(term, nodes, known, targets, z)
            for low, high in ((0, first), (first + length, theory.lengths[axis])):
                if low < high:
                    check_selector(term, nodes, known, targets, bent(low, high), ({}, {}), None)
            nodes, known = parameters(stage)
            targets = [stage.outputs[place] for place in places]
            for z in range(6):
                known |= zip(places, controller({"t": UNIT}, 0, z // 2))
                check_sixth(term, nodes, known, targets, z)


def check_sixth(term, nodes, known, targets, z):
    """Where 6 t is in [z, z + 1]: controllers are E(2t mod 1), the selector is 0 or D, but where t is just beyond."""
    block, goals = bent(Fraction(z, 6), Fraction(z + 1, 6)), controller({"t": 2 * UNIT}, z // 3, z % 3)
    behind = {"t": UNIT, "1": -Fraction(z // 3, 2), "eps": -term.width}
    for sign, digit in ((1, term.digit * (z % 6 > 2)), (-1, None)):
        part = block.clipped(plus({}, behind, sign))
        if not part.is_empty():
            check_selector(term, nodes, known, targets, part, goals, digit)


def check_selector(term, nodes, known, targets, block, controls, digit):
    """Two nodes are forms, a third is ``digit`` times ε, or in [0, D] for None."""
    domain = domain_of(block, products=[(("eps", "t"), Bent.product)])
    require_equal(nodes, zip(targets, controls), known, domain, "a restart")

    def claim(forms, domain):
        found = forms[targets[2]]
        if digit is not None:
            return domain.is_zero(plus(found, {("", "eps"): digit}, -1))
        return in_range(found, domain, {("", "eps"): term.digit})

    prove(nodes, [targets[2]], known, domain, claim, "a selector")


def check_atoms(theory):
    for term in theory.terms:
        nodes, parts = parameters(term.chain.spread)[0], []
        simplices = [moved(simplex, (0, 0), 0) for simplex in term.atom]
        for thirds in product(range(3), repeat=2):
            points = cube(2).points
            for name, z in zip(points.variables, thirds):
                points = points.clipped({name: 3 * UNIT, "1": Fraction(-z)}).clipped({name: -3 * UNIT, "1": UNIT + z})
            parts += [(thirds, *part) for part in parts_of_seed(points, simplices)]
        for cascade, (thirds, points, height) in product(term.cascades, parts):
            known = {}
            for number, name, z in zip(cascade.lines, points.variables, thirds):
                _, _, _, p, q, *_ = term.lines[number]
                for place, form in zip((p, q), controller({"t": UNIT}, 0, z)):
                    known[place] = {("", name if key == "t" else key): entry for (_, key), entry in form.items()}

            def claim(forms, domain):
                form = forms[cascade.value]
                if cascade.signed and not height:
                    return domain.is_positive(negated(form))
                return domain.is_zero(plus(form, as_form(height), -1))

            prove(nodes, [cascade.value], known, Domain([points]), claim, "an atom")


def cells_of(term, cascade):
    ranges = [range(first, first + length) for _, first, length, *_ in (term.lines[k] for k in cascade.lines)]
    return product(*ranges)


def check_spread_rows(theory):
    names = "t0", "t1", "eps", "g"
    for term in theory.terms:
        spread, h = term.chain.spread, {("", "h"): UNIT}
        nodes, known = parameters(spread)
        known |= {place: {("", f"t{i}"): UNIT} for i, place in enumerate(term.carried)}
        for cascade in term.cascades:

            def check_row(blocks, state, goal, h):
                domain = domain_of(*blocks, products=[(("eps", "h"), "g")])
                found = combined([(scaled(scaled(h, "eps", domain), "zeta", domain), goal)])
                node = spread.outputs[cascade.states[state]]
                require_equal(nodes, [(node, found)], known | {cascade.value: h}, domain, f"the row of {state}")

            for cell in cells_of(term, cascade):
                block = Polyhedron(names, orthant((*map(Fraction, cell), 0, 0), (1, 1, 1, 1)))
                for i, name in enumerate(names[:2]):
                    block = block.clipped({name: UNIT, "eps": -term.width, "1": -Fraction(cell[i])})
                    block = block.clipped({name: -UNIT, "1": UNIT + cell[i]})
                block = block.clipped({"eps": -UNIT, "1": HALF}).clipped({"g": -UNIT, "eps": term.most * UNIT})
                for state in cascade.states:
                    is_its = state[0] == cell and state[1] >= 0
                    check_row((block, interval("h", 0, term.most)), state, term.chain.factor * is_its, h)
            block = Polyhedron(names, orthant((Fraction(0),) * 4, (1, 1, 1, -1))).clipped({"eps": -UNIT, "1": HALF})
            for name, length in zip(names, theory.lengths):
                block = block.clipped({name: -UNIT, "1": Fraction(length)})
            negative = Polyhedron(["h"], orthant((Fraction(0),), (-1,)))
            for state in cascade.states:
                check_row((block, negative), state, 0, h if cascade.signed else {})


def on_rows(term, cascade, q):
    """Return (forms of the rows of a cascade and of its selectors for the digits q, block of the rows)."""
    low = 0 if cascade.signed else -term.top
    known = {place: {("", f"x{place}"): UNIT} for place in cascade.states.values()}
    ends = {f"x{place}": (low, term.top) for place in cascade.states.values()}
    for number, digit in zip(cascade.lines, q):
        known[term.lines[number][-1]] = as_form({"eps": term.digit * digit})
    return known, ends


def of_selectors(term, lines):
    """Return (forms, ends) of selectors that are any numbers in [0, D]."""
    places = [line[-1] for line in lines]
    return {place: {("", f"x{place}"): UNIT} for place in places}, {f"x{place}": (0, term.digit) for place in places}


def check_atom_steps(theory):
    """The lines "step" and "nothing"."""
    for term in theory.terms:
        nodes, known = parameters(term.chain.stage)
        for cascade in term.cascades:
            outputs = {state: term.chain.stage.outputs[place] for state, place in cascade.states.items()}
            for q in QUADRANTS:
                rows, ends = on_rows(term, cascade, q)
                sums = {state: {} for state in outputs}
                for source, place in cascade.states.items():
                    for state, weight in led(theory.mask, theory.corner, source, q):
                        if state in sums:
                            sums[state] = plus(sums[state], {("", f"x{place}"): UNIT}, weight)
                for form in sums.values():
                    require(sum(map(abs, form.values())) <= term.chain.base, "rows behind a step")
                goals = [(outputs[state], form) for state, form in sums.items()]
                require_equal(nodes, goals, known | rows, domain_of(Small(ends)), f"a step, digits {q}")
            free, ends = of_selectors(term, [term.lines[k] for k in cascade.lines])
            nothing = dict.fromkeys(cascade.states.values(), {})
            goals = [(node, {}) for node in outputs.values()]
            require_equal(nodes, goals, known | free | nothing, domain_of(Small(ends)), "a step of nothing")


def check_atom_reading(theory):
    for term in theory.terms:
        nodes, known = parameters(term.chain.last)
        (output,) = term.chain.last.outputs
        free, ends = of_selectors(term, term.lines)
        known |= free | dict.fromkeys((place for each in term.cascades for place in each.states.values()), {})
        require_equal(nodes, [(output, {})], known, domain_of(Small(ends)), "reading of nothing")
        for cascade, q in product(term.cascades, QUADRANTS):
            rows, more = on_rows(term, cascade, q)
            goal = {}
            for source, place in cascade.states.items():
                for (cell, sign), weight in led(theory.mask, theory.corner, source, q):
                    goal = plus(goal, {("", f"x{place}"): UNIT}, term.patches.get(cell, 0) * weight * (sign or 1))
            require_equal(nodes, [(output, goal)], known | rows, domain_of(Small(ends | more)), f"reading, digits {q}")


# --- the list below the table


def check_atom_numbers(theory):
    require_plain(theory.problem)
    for term in theory.terms:
        require(term.chain.factor > 0 and term.chain.base >= 1 and term.width > 0, "factor, base or width")
        require(all(t <= 1 for entry in term.atom for corner in entry.corners for t in corner), "an atom is too large")
        require(all(height >= 0 for entry in term.atom for (height,) in entry.values), "an atom is negative")
        require_function(term.atom)
        live = live_cells(theory.mask, theory.corner, term.patches)
        owners = [(cell, cascade) for cascade in term.cascades for cell in cells_of(term, cascade)]
        require(len(dict(owners)) == len(owners) and live <= set(dict(owners)), "cells of cascades")
        for cell, cascade in owners:
            require(cell not in live or (cell, int(cascade.signed)) in cascade.states, f"no state for {cell}")
        for cascade in term.cascades:
            for source, q in product(cascade.states, QUADRANTS):
                for state, _ in led(theory.mask, theory.corner, source, q):
                    require(state[0] not in live or state in cascade.states, f"no state {state}")


def check_sum(theory):
    """The sum of κ H(z - o - d - cell) is g."""
    for part in box_parts([(None, None)] * 2):
        found = [(theory.problem.seed, [(1, 0, 0), (0, 1, 0)], [-UNIT])]
        for term in theory.terms:
            for cell, kappa in term.patches.items():
                x, y = (-o - d - a for o, d, a in zip(theory.corner, term.shift, cell))
                found.append((term.atom, [(1, 0, x), (0, 1, y)], [kappa]))
        compare(found, part, (0, 0, 0))


OF_ATOMS = (
    check_atom_numbers, check_controllers, check_copies, check_restart, check_atoms, check_spread_rows,
    check_atom_steps, check_atom_reading, check_sum,
)
