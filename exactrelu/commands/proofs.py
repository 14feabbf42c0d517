"""``exactrelu proofs``: the checks of the paper's statements, written to pages or compared with them."""

from exactrelu.commands import Answer
from exactrelu.commands.progress import progress_bar
from exactrelu.lemmas.runner import run as run_checks


def run(options):
    """Return the `Answer` with the number of statements, those that fail, and the pages that are stale."""
    with progress_bar("proofs") as progress:
        report = run_checks(options.output, options.check, options.jobs, progress)
    lines = [f"{label}: FAILS" for label in report.failing]
    lines += [f"{options.output}/{name}: stale" for name in report.stale]
    if not lines:
        done = "current" if options.check else f"written to {options.output}"
        lines = [f"{len(report.checks)} statements checked, none fails; the pages are {done}"]
    elif report.stale:
        lines.append("run  exactrelu proofs  to write the pages again")
    return Answer(1 if report.failing or report.stale else 0, "\n".join(lines))
