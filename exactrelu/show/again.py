"""How to check again what a page on a verdict says, and what has to be believed of it."""

from exactrelu.field import mpq, text
from exactrelu.show.iterates import MAX_COMPARED, piece_count
from exactrelu.show.page import commands, details, section


def check(verdict, source):
    """Return the commands that check what the page says."""
    n, problem, blocks = verdict.n, source.problem, []
    which = f" --network {source.network}" if source.network is not None else (
        "" if source.construction == "one-pass" else f" --construction {source.construction}"
    )
    command = f"exactrelu certify {problem} -n {n}{which}"
    method = f" --method {verdict.method}" if verdict.method == "induction" and n != "all" else ""
    if source.certificate is not None:
        name, digest = source.certificate
        blocks.append((
            "the certificate, by a checker that shares no code with what made it",
            [f"sha256sum {name}", f"exactrelu check {name}"],
        ))
        blocks.append(("everything again, from the problem", [f"{command}{method} --output {name}"]))
    else:
        blocks.append(("everything again, from the problem", [f"{command}{method}"]))
    if verdict.verdict == "certified" and method and piece_count(verdict.problem, n) <= MAX_COMPARED:
        blocks.append(("by another method: every piece of the plane", [f"{command} --method enumerate"]))
    if n != "all":
        point = verdict.counterexample.point if verdict.counterexample is not None else _somewhere(verdict.problem)
        place = " ".join(map(text, point))
        network, lines = source.network, []
        if network is None:
            network, lines = "net.json", [f"exactrelu build {problem} -n {n}{which} --output net.json"]
        lines.append(f"exactrelu eval {network} {place}")
        if not problem.startswith("--"):
            lines.append(f"exactrelu value {problem} {place} -n {n}")
        blocks.append((
            "both values at the point" if verdict.counterexample is not None else
            "a point of your choice: the network, and the definition", lines,
        ))
    digest = "" if source.certificate is None else (
        f'<p class="kicker">SHA-256 of the certificate: <code>{source.certificate[1]}</code></p>'
    )
    return section("check", "Check it yourself", commands(blocks), digest)


def _somewhere(problem):
    """Return a point of the window that is on no grid line."""
    return [low + (high - low) * share for (low, high), share in zip(problem.window, (mpq(5, 14), mpq(4, 11)))]


def trust(verdict):
    believed = {
        "enumerate": "that V^n g is what the cells say it is, for which the direct sum is a second way; the "
        "enumeration of the pieces, whose compiled part is compared with a plain twin",
        "induction": "the argument of the proof above, and that each fact was checked in the way that it says",
    }[verdict.method]
    certificate = (
        " A certificate needs none of that: its checker is one file on Python's standard library, and reads the "
        "problem, the network and the evidence from the certificate alone."
    )
    return details("What has to be believed", (
        "<p>The definition of V, and the reading of the problem and of the network; Python's integers and gmpy2's "
        f"rationals; {believed}.{certificate}</p>"
    ))
