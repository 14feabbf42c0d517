"""``exactrelu proofs``: the checks of the paper's statements, and the pages that say what was checked."""

import os

from exactrelu.commands import Answer
from exactrelu.commands.output import delivered
from exactrelu.commands.progress import Forecast, progress_bar
from exactrelu.errors import InputError
from exactrelu.lemmas import runner
from exactrelu.lemmas.pages import check_object, statement_text
from exactrelu.lemmas.registry import MODULES, label_of
from exactrelu.streams import is_standard_output
from exactrelu.writing import make_folder


def run(options):
    """Return the `Answer` whether every check holds and, with ``--check``, whether every page is current.

    With ``--index`` nothing is checked; the answer is the index of the pages that are there. With labels these
    statements alone are checked and printed, and no folder is needed.
    """
    if options.label:
        return _printed(options)
    folder = "proofs" if options.output is None else options.output
    if is_standard_output(folder):
        raise InputError(f"--output {folder}: expected a folder, for a page on each statement")
    if options.index:
        index = runner.written_index(folder)
        return Answer(0, index, {"index": index})
    if not options.check:
        make_folder(folder)
    elif not os.path.isdir(folder):
        raise InputError(f"{folder}: there is no such folder of pages to compare; exactrelu proofs writes it")
    forecast = Forecast()
    with progress_bar("proofs", f"{len(MODULES)} statements", forecast) as progress:
        checks = runner.run_all(options.jobs, progress, forecast)
    files = runner.rendered(checks)
    failing = [label for label, check in checks.items() if not check.passes]
    stale = list(runner.stale_files(folder, files)) if options.check else []
    complaint = None
    lines = [f"{len(checks)} statements checked, {len(failing)} fail"]
    lines += [f"fails: {label}" for label in failing]
    lines += [f"stale: {folder}/{name}" for name in stale]
    if not options.check:
        complaint = delivered(os.path.join(folder, runner.DATA), lambda: runner.write_files(folder, files))
        if complaint is None:
            lines.append(f"written to {folder}/")
    elif not stale:
        lines.append(f"{folder}/ is current")
    code = 3 if complaint else 1 if failing or stale else 0
    data = {"statements": len(checks), "failing": failing, "stale": stale} | forecast.data()
    return Answer(code, "\n".join(lines), data, complaint)


def _printed(options):
    """Return the `Answer` with the statements that are asked for, each with the seconds that its check took."""
    if options.check or options.index or options.output is not None:
        raise InputError("LABEL prints statements and has no folder: leave out --check, --index and --output")
    labels = [label_of(name) for name in options.label]
    forecast = Forecast()
    with progress_bar("proofs", ", ".join(labels), forecast) as progress:
        found = runner.run_timed(labels, options.jobs, progress, forecast)
    failing = [label for label, (check, _) in found.items() if not check.passes]
    text = "\n\n".join(statement_text(label, check, seconds) for label, (check, seconds) in found.items())
    objects = [
        {**check_object(label, check), "seconds": round(seconds, 3)} for label, (check, seconds) in found.items()
    ]
    return Answer(1 if failing else 0, text, {"checks": objects, "failing": failing} | forecast.data())
