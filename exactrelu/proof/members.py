"""Is a network the one for n of a family? Both are followed as forms over units, and have to be the same form.

Every value of a network is a form over its inputs and units. A unit max(0, e) is the size of the first coefficient of e
times the unit of what is left of e, so that it does not matter how units are scaled, which ones are equal, and what the
output does not need. A program with numbers for its parameters is followed in the same way; each of its units has to be
one of the network, or a constant. Then the network equals the program at all points; nothing has to be supposed.
"""

from exactrelu.field import mpq
from exactrelu.network.dag import Affine, Relu
from exactrelu.network.ports import port
from exactrelu.network.program import references
from exactrelu.proof.forms import ONE, combination, constant, scaled
from exactrelu.proof.kernel import Unproved

MAX_ENTRIES = 1 << 22
"""The most summands of all values of a block together, each written as a sum over units: nested sums have many."""


class NotMember(Exception):
    """Raised, with the reason, for a network that is not the one for n, up to the scale of its units."""


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
        units, found = units_of(block)
        forms = {name: {k: factor} for name, (k, factor) in sizes.items()}
        for program in programs:
            forms = follow(program, forms, values, units)
        (output,) = found
        (value,) = forms.values()
        return check_output(value, output, values)
    if len(steps) != len(programs):
        raise NotMember(f"it has {len(steps)} blocks in place of {len(programs)}")
    known = {}
    for program, (block, names, inlets) in zip(programs, steps, strict=True):
        entry = id(program), id(block), names, tuple(sizes.items())
        if entry not in known:
            known[entry] = leave(program, block, names, inlets, sizes, values)
        sizes = known[entry]
    return None


def leave(program, block, names, inlets, sizes, values):
    """Return {name: (input of the next block, factor)}: the outputs of a program in terms of those of a block.

    ``sizes`` says the same of the inputs. Nothing is returned for the last block.
    """
    units, found = units_of(block)
    forms = follow(program, {name: {k: factor} for name, (k, factor) in sizes.items()}, values, units)
    if names is None:
        (value,), (output,) = forms.values(), found
        return check_output(value, output, values)
    places = dict(zip(names, zip(found, inlets, strict=True), strict=True))
    left, usual = {}, {}
    # what is 0 has no factor of its own: it gets that of others of its kind, which is right if they all have one
    for name, form in sorted(forms.items(), key=lambda item: not item[1]):
        if name not in places:
            raise NotMember(f"it has no value {name}")
        own, place = places[name]
        known = port(name)
        kind = known and known.kind
        lead = next(iter(own), None)
        factor = form.get(lead, mpq(0)) / own[lead] if own else usual.get(kind, mpq(1))
        if factor <= 0 or form != scaled(own, factor):
            raise NotMember(f"its value {name} is another one")
        usual.setdefault(kind, factor)
        left[name] = place, factor
    return left


def check_output(value, output, values):
    """Raise `NotMember` unless the output is the value of the programs divided by η."""
    if value != scaled(output, values["eta"]):
        raise NotMember("its output is another one")


def units_of(block):
    """Return ({normal form of the argument: form of the unit}, forms of the outputs) of a block."""
    units, forms, size = {}, [{k: mpq(1)} for k in range(block.inputs)], 0
    for k, node in enumerate(block.nodes, block.inputs):
        if type(node) is Affine:
            forms.append(combination([(forms[source], weight) for source, weight in node.terms], node.bias))
        else:
            argument = forms[node.of]
            if argument.keys() <= {ONE}:
                forms.append(constant(max(argument.get(ONE, 0), 0)))
            else:
                lead, normal = normal_form(argument)
                forms.append(scaled(units.setdefault(normal, {k: 1 / lead}), lead))
        size += len(forms[-1])
        if size > MAX_ENTRIES:
            raise NotMember(f"its values, as sums of units, have more than {MAX_ENTRIES} summands in a block")
    return units, [forms[output] for output in block.outputs]


def normal_form(form):
    """Return (c, form / c as a frozenset), c > 0 the size of the coefficient of the least key but the constant."""
    lead = abs(form[min(name for name in form if name is not ONE)])
    return lead, frozenset((name, entry / lead) for name, entry in form.items())


def follow(program, forms, values, units):
    """Return {name: form} of the outputs of a program over units of a network, given {name: form} of its inputs."""
    found = [forms[name] for name in program.inlets]
    found += [constant(values[name]) for name in program.parameters]
    needed = set(program.outlets.values())
    for k in range(program.inputs + len(program.nodes) - 1, program.inputs - 1, -1):
        if k in needed:
            needed.update(references(program.nodes[k - program.inputs]))
    for k, node in enumerate(program.nodes, program.inputs):
        if k not in needed:
            found.append(None)
        elif type(node) is Affine:
            found.append(combination([(found[source], weight) for source, weight in node.terms], node.bias))
        elif type(node) is Relu:
            argument = found[node.of]
            if argument.keys() <= {ONE}:
                found.append(constant(max(argument.get(ONE, 0), 0)))
                continue
            lead, normal = normal_form(argument)
            if normal not in units:
                raise NotMember("a unit of the family is missing in it")
            found.append(scaled(units[normal], lead))
        else:
            found.append(scaled(found[node.of], values[program.parameters[node.parameter - len(program.inlets)]]))
    return {name: found[node] for name, node in program.outlets.items()}
