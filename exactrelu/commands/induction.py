"""``exactrelu certify --method induction``: facts about the blocks of the network, and an induction over its stages."""

from textwrap import fill

from exactrelu.certification.certificate import write_certificate
from exactrelu.certification.induction import certify
from exactrelu.certification.induction.evidence import induction_evidence
from exactrelu.commands import timed
from exactrelu.commands.decision import Decision
from exactrelu.errors import InputError, UndecidedError

WIDTH = 100
"""The length of the lines of a proof."""


def check(options, _):
    """Raise `InputError` for an option of the other method."""
    for name in ("state", "scheduler"):
        if getattr(options, name) is not None:
            raise InputError(f"--{name} belongs to --method enumerate; leave it out for --method induction")


def decide(options, problem, network, timings):
    """Return the `Decision`, and write its certificate if one is wanted; raises `UndecidedError` without a proof."""
    with timed(timings, "induction"):
        found = certify(problem, options.level, network)
    if found.verdict == "undecided":
        raise UndecidedError(f"nothing was decided: {found.reason}; --method enumerate needs no such structure")
    if options.output is not None:
        with timed(timings, "certificate"):
            evidence = found.counterexample or induction_evidence(problem, network, found.proof)
            write_certificate(options.output, problem, options.level, network, evidence)
    if found.proof is None:
        work = f"block by block, as far as {found.reason}"
        return Decision(found.verdict, found.cells, found.pieces, found.counterexample, work, (), {})
    work = f"{len(found.proof.facts)} facts about the blocks of the network: {found.pieces} affine pieces"
    data = {"proof": proof_data(found.proof)}
    return Decision(found.verdict, found.cells, found.pieces, None, work, page(found.proof), data)


def hint(_):
    """Return how to go on after an interruption: there is nothing to keep."""
    return ""


def page(proof):
    """Return the paragraphs of a proof."""
    facts = []
    for k, fact in enumerate(proof.facts, 1):
        check = f"({fact.check}; {fact.pieces} pieces)" if fact.pieces else f"({fact.check})"
        facts.append(filled(f"[{fact.where}] {fact.statement}", f"{k:>3}. ") + "\n" + filled(check, "     "))
    return (
        filled(f"Theorem. {proof.theorem}"),
        "Facts, each with the way it was checked:",
        *facts,
        filled(f"Proof. {proof.conclusion}"),
    )


def filled(paragraph, start=""):
    """Return the lines of a paragraph, the first after ``start``, the others as far to the right."""
    return fill(
        paragraph, WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False,
        break_long_words=False,
    )


def proof_data(proof):
    """Return the JSON object of a proof."""
    return {
        "theorem": proof.theorem,
        "facts": [fact._asdict() for fact in proof.facts],
        "conclusion": proof.conclusion,
    }
