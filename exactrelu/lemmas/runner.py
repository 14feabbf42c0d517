"""The runner of all checks: in parallel processes, with progress, to pages that are written or compared."""

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from json import dumps
from typing import NamedTuple

from exactrelu.errors import InputError, UndecidedError
from exactrelu.jsonio import read_json, write_text_atomically
from exactrelu.lemmas.pages import index_page, is_index, json_object, linked_index, statement_page
from exactrelu.lemmas.registry import MODULES, page_name, run_check

INDEX = "README.md"
"""The index, under the name that GitHub shows with the folder."""

DATA = "proofs.json"


class Report(NamedTuple):
    """What a run found: ``checks`` {label: `Check`}, and the names of the files in the folder that are not current."""

    checks: dict
    stale: tuple

    @property
    def failing(self):
        """The labels of the checks that fail."""
        return tuple(label for label, check in self.checks.items() if not check.passes)


def run(output="proofs", check=False, jobs=None, progress=None):
    """Run all checks and write the pages to the folder ``output``, or only compare them with it; return the `Report`.

    ``jobs`` is the number of processes (None: one for each core), ``progress(done, total)`` is told how many checks
    are done. Raises `InputError` for a folder that cannot be written, `UndecidedError` when a process dies.
    """
    checks = run_all(jobs, progress)
    files = rendered(checks)
    if check:
        return Report(checks, stale_files(output, files))
    try:
        os.makedirs(output, exist_ok=True)
    except OSError as error:
        raise InputError(f"{output}: cannot make the folder: {error.strerror}") from None
    for name, content in files.items():
        write_text_atomically(os.path.join(output, name), [content])
    return Report(checks, ())


def run_all(jobs=None, progress=None):
    """Return {label: `Check`} in the order of the registry."""
    jobs = jobs or len(os.sched_getaffinity(0))
    found = {}
    executor = ProcessPoolExecutor(jobs)
    try:
        running = {executor.submit(run_check, label): label for label in MODULES}
        for future in as_completed(running):
            found[running[future]] = future.result()
            if progress is not None:
                progress(len(found), len(running))
    except BrokenProcessPool:
        raise UndecidedError("a worker process ended early (out of memory?): run again with fewer --jobs") from None
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
    return {label: found[label] for label in MODULES}


def rendered(checks):
    """Return {file name: content} of the folder."""
    pages = {page_name(label): statement_page(label, check) for label, check in checks.items()}
    return {INDEX: index_page(checks), **pages, DATA: dumps(json_object(checks), indent=1, ensure_ascii=False) + "\n"}


def written_index(folder):
    """Return the index of the pages in ``folder`` as Markdown, with links; raises `InputError` without such pages."""
    path = os.path.join(folder, DATA)
    data = read_json(path)
    if not is_index(data):
        raise InputError(f"{path}: expected the data of all pages; exactrelu proofs writes them")
    return linked_index(data["checks"], folder)


def stale_files(folder, files):
    """Return the names of files in ``folder`` that differ from ``files``, are missing, or belong to no statement."""
    stale = [name for name, content in files.items() if _content(os.path.join(folder, name)) != content]
    known = os.listdir(folder) if os.path.isdir(folder) else []
    return (*stale, *sorted(name for name in known if name.endswith(".md") and name not in files))


def _content(path):
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot read: {error}") from None
