"""``exactrelu proofs``: the checks of the paper's statements, and the pages that say what was checked."""

from exactrelu.commands import Answer
from exactrelu.commands.progress import progress_bar
from exactrelu.lemmas.runner import run as run_checks
from exactrelu.lemmas.runner import written_index


def run(options):
    """Return the `Answer` whether every check holds and, with ``--check``, whether every page is current.

    With ``--index`` nothing is checked; the answer is the index of the pages that are there.
    """
    if options.index:
        index = written_index(options.output)
        return Answer(0, index, {"index": index})
    with progress_bar("proofs") as progress:
        report = run_checks(options.output, options.check, options.jobs, progress)
    lines = [f"{len(report.checks)} statements checked, {len(report.failing)} fail"]
    lines += [f"fails: {label}" for label in report.failing]
    lines += [f"stale: {options.output}/{name}" for name in report.stale]
    if not options.check:
        lines.append(f"written to {options.output}/")
    elif not report.stale:
        lines.append(f"{options.output}/ is current")
    data = {"statements": len(report.checks), "failing": list(report.failing), "stale": list(report.stale)}
    return Answer(1 if report.failing or report.stale else 0, "\n".join(lines), data)
