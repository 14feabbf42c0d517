"""Is a network the one for n of a family? Both are followed as forms over units, and have to be the same form.

Every value of a network is a form over its inputs and units. A unit max(0, e) is the size of the first coefficient of e
times the unit of what is left of e, or e + max(0, −e); a sum of units, all with weights > 0, is its own unit, and one
with weights < 0 has the unit 0. So it does not matter how units are scaled, which ones are equal or opposite, and what
the output does not need. A program with numbers for its parameters is followed in the same way, with the units of the
network as far as they are the same. Where the forms of both outputs are equal, so are they at all points; nothing has
to be supposed.
"""

from typing import NamedTuple

from exactrelu.field import mpq
from exactrelu.network.dag import Affine, Relu
from exactrelu.network.ports import port
from exactrelu.proof.forms import ONE, combination, constant, scaled
from exactrelu.proof.kernel import Unproved
from exactrelu.proof.proofs import Paragraph

MAX_ENTRIES = 1 << 22
"""The most summands of all values of a block together, each written as a sum over units: nested sums have many."""


class NotMember(Exception):
    """Raised for a network that is not the one for n, up to the scale of its units.

    It has the ``reason``, and the number of the ``block`` and the ``name`` of its value that is another one, or None.
    """

    def __init__(self, reason, block=None, name=None):
        super().__init__(reason)
        self.reason, self.block, self.name = reason, block, name


class Member(NamedTuple):
    """What a network is shown to be: the one for n of a ``family``; ``is_cut`` if it was compared block by block."""

    family: object
    is_cut: bool


def member_fact(statement):
    """Return the `Paragraph` that says what was shown of a network, or of some of a family."""
    return Paragraph("network", statement, "form by form, a unit being known by its argument")


def member_among(ways, check):
    """Return (the first of the steps in ``ways`` for which ``check`` raises no `NotMember`, or None; the failures)."""
    failures = []
    for steps in ways:
        try:
            check(steps)
            return steps, failures
        except NotMember as failure:
            failures.append(failure)
    return None, failures


def check_members(networks, check):
    """Raise `Unproved` unless ``check(n, steps)`` raises no `NotMember` for any of the ``networks`` {n: steps}."""
    for n, steps in networks.items():
        try:
            check(n, steps)
        except NotMember as reason:
            raise Unproved(f"the network for n = {n}", f"it is not of the family: {reason}") from None


def check_member(programs, values, steps):
    """Raise `NotMember` unless a network is the composition of ``programs`` for these ``values`` of the parameters.

    ``programs`` is the list of all of them, one after the other, the same object where they are the same; their last
    output has the parameter η, ``values["eta"]``, as a factor, which the network has not. ``steps`` are the blocks of
    the network as triples (block, names of its outputs, the inputs of the next block that these are): as many as
    programs, or one without names. Equal blocks that are entered in the same way are followed once.
    """
    sizes = dict(zip(programs[0].inlets, ((k, mpq(1)) for k in range(len(programs[0].inlets))), strict=True))
    if len(steps) == 1:
        block, *_ = steps[0]
        units, (output,) = units_of(block)
        forms = {name: {k: factor} for name, (k, factor) in sizes.items()}
        for program in programs:
            forms = outputs_of(program, forms, values, units, block.inputs)
        (value,) = forms.values()
        return check_output(value, output, values)
    if len(steps) != len(programs):
        raise NotMember(f"it has {len(steps)} blocks in place of {len(programs)}")
    known = {}
    for place, (program, (block, names, inlets)) in enumerate(zip(programs, steps, strict=True)):
        entry = id(program), id(block), names, tuple(sizes.items())
        if entry not in known:
            try:
                known[entry] = leave(program, block, names, inlets, sizes, values)
            except NotMember as failure:
                raise NotMember(failure.reason, place, failure.name) from None
        sizes = known[entry]
    return None


def leave(program, block, names, inlets, sizes, values):
    """Return {name: (input of the next block, factor)}: the outputs of a program in terms of those of a block.

    ``sizes`` says the same of the inputs. Nothing is returned for the last block.
    """
    units, found = units_of(block)
    forms = outputs_of(program, {name: {k: factor} for name, (k, factor) in sizes.items()}, values, units, block.inputs)
    if names is None:
        (value,), (output,) = forms.values(), found
        return check_output(value, output, values)
    places = dict(zip(names, zip(found, inlets, strict=True), strict=True))
    left, usual = {}, {}
    # what is 0 has no factor of its own: it gets that of others of its kind, which is right if they all have one
    for name, form in sorted(forms.items(), key=lambda item: not item[1]):
        if name not in places:
            raise NotMember(f"it has no value {name}", name=name)
        own, place = places[name]
        known = port(name)
        kind = name.partition("/")[0] if known is None else known.kind
        lead = next(iter(own), None)
        factor = form.get(lead, mpq(0)) / own[lead] if own else usual.get(kind, mpq(1))
        if factor <= 0 or form != scaled(own, factor):
            raise NotMember(f"its value {name} is another one", name=name)
        usual.setdefault(kind, factor)
        left[name] = place, factor
    return left


def check_output(value, output, values):
    """Raise `NotMember` unless the output is the value of the programs divided by η."""
    if value != scaled(output, values["eta"]):
        is_missing = any(name is not ONE and name < 0 for name in value)
        raise NotMember("a unit of the family is missing in it" if is_missing else "its output is another one")


def units_of(block):
    """Return ({normal form of the argument: form of the unit}, forms of the outputs) of a block."""
    units, forms = {}, [{k: mpq(1)} for k in range(block.inputs)]
    follow(block.nodes, forms, units, block.inputs, lambda k: k)
    return units, [forms[output] for output in block.outputs]


def outputs_of(program, forms, values, units, inputs):
    """Return {name: form} of the outputs of a program over units of a network, given {name: form} of its inputs.

    A unit of the program that the network has not is one of the ``units`` then, too, its key a negative number.
    """
    found = [*(forms[name] for name in program.inlets), *(constant(values[name]) for name in program.parameters)]
    follow(program.nodes, found, units, inputs, lambda _: -1 - len(units))
    return {name: found[node] for name, node in program.outlets.items()}


def follow(nodes, forms, units, inputs, key_of):
    """Append the forms of ``nodes`` to those of what they read; ``key_of(k)`` is the key of a unit k that is new."""
    size = 0
    for k, node in enumerate(nodes, len(forms)):
        if type(node) is Affine:
            forms.append(combination([(forms[source], weight) for source, weight in node.terms], node.bias))
        elif type(node) is Relu:
            forms.append(positive_part(forms[node.of], units, key_of(k), inputs))
        else:
            forms.append(scaled(forms[node.of], forms[node.parameter].get(ONE, 0)))
        size += len(forms[-1])
        if size > MAX_ENTRIES:
            raise NotMember(f"its values, as sums of units, have more than {MAX_ENTRIES} summands in a block")


def positive_part(form, units, new, inputs):
    """Return the form of max(0, form), over the key ``new`` if no unit of ``units`` serves, and with it from then on.

    Keys from ``inputs`` on are units of the network, and ≥ 0; so is that of the constant.
    """
    if all(name is ONE or name >= inputs for name in form):
        if all(entry > 0 for entry in form.values()):
            return form
        if all(entry < 0 for entry in form.values()):
            return {}
    lead, normal = normal_form(form)
    if normal not in units:
        opposite = frozenset((name, -entry) for name, entry in normal)
        if opposite in units:
            return combination([(form, 1), (units[opposite], lead)])
        units[normal] = {new: 1 / lead}
    return scaled(units[normal], lead)


def normal_form(form):
    """Return (c, form / c as a frozenset), c > 0 the size of the coefficient of the least key but the constant."""
    lead = abs(form[min(name for name in form if name is not ONE)])
    return lead, frozenset((name, entry / lead) for name, entry in form.items())
