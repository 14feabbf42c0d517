"""``exactrelu proofs``: the checks of the paper's statements, and the pages that say what was checked."""

import os

from exactrelu.commands import Answer
from exactrelu.commands.output import delivered
from exactrelu.commands.progress import progress_bar
from exactrelu.errors import InputError
from exactrelu.lemmas import runner
from exactrelu.streams import is_standard_output
from exactrelu.writing import make_folder


def run(options):
    """Return the `Answer` whether every check holds and, with ``--check``, whether every page is current.

    With ``--index`` nothing is checked; the answer is the index of the pages that are there.
    """
    folder = options.output
    if is_standard_output(folder):
        raise InputError(f"--output {folder}: expected a folder, for a page on each statement")
    if options.index:
        index = runner.written_index(folder)
        return Answer(0, index, {"index": index})
    if not options.check:
        make_folder(folder)
    with progress_bar("proofs") as progress:
        checks = runner.run_all(options.jobs, progress)
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
    return Answer(code, "\n".join(lines), {"statements": len(checks), "failing": failing, "stale": stale}, complaint)
