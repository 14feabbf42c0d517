"""The runner of all checks: in parallel processes, with progress, to pages that are written or compared."""

import os
import time
import traceback
from json import dumps

from exactrelu.errors import InputError, UndecidedError
from exactrelu.jsonio import read_json
from exactrelu.lemmas.errata import errata_page, errata_tex, graph_page
from exactrelu.lemmas.pages import index_page, is_index, json_object, linked_index, statement_page
from exactrelu.lemmas.registry import MODULES, page_name, run_check, statement
from exactrelu.lemmas.result import INSTANCES, Fact
from exactrelu.lemmas.symbolic import UndecidedSign
from exactrelu.planar.forecast import Estimate, cores
from exactrelu.planar.pool import Lane, in_time, results
from exactrelu.writing import write_text_atomically

INDEX = "README.md"
"""The index, under the name that GitHub shows with the folder."""

DATA = "proofs.json"


SECONDS = {
    "one-pass": 20, "Loops": 13, "Cor. 2.6": 9, "Schemes": 8, "Lemma 4.2": 8, "Prop. 5.1": 7, "compact": 5, "Cells": 4,
    "Remark 5.2": 4, "Υ, exact depth": 3, "(2.2)": 3, "Patch form": 3, "Remark 2.1": 2, "Thm. 1.1": 20,
}
"""What the long checks take in one process, about; it was measured, and only serves an estimate."""

_HERE = f"exactrelu{os.sep}"

SHORT = 0.5
"""The seconds of any other check, at most in most cases."""


def run_all(jobs=None, progress=None, announce=None):
    """Return {label: `Check`} in the order of the registry; the parameters are those of `run_timed`."""
    return {label: check for label, (check, _) in run_timed(MODULES, jobs, progress, announce).items()}


def run_timed(labels, jobs=None, progress=None, announce=None):
    """Return {label: (`Check`, seconds)} for these labels, in their order.

    ``jobs`` is the number of processes (None: one for each core), ``progress(done, total)`` is told how many checks
    are done, ``announce`` an `Estimate` of the time before the first. Raises `UndecidedError` when a process dies.
    """
    wanted, found = dict.fromkeys(labels), {}
    if announce is not None:
        announce(expected(wanted, jobs))
    for _, part in results([Lane(_work, None, list(wanted))], jobs, are_long=True):
        for label, check, seconds in part:
            found[label] = check, seconds
            if progress is not None:
                progress(len(found), len(wanted))
    return {label: found[label] for label in wanted}


def expected(labels, jobs):
    """Return the `Estimate` of the time that ``jobs`` processes take for these labels."""
    seconds = [SECONDS.get(label, SHORT) for label in labels]
    basis = f"{len(seconds)} statements took {sum(seconds):.3g} s in one process where they were measured"
    return Estimate(max(max(seconds), sum(seconds) / cores(jobs)), basis)


def _work(_, labels, deadline):
    return [(label, *_timed(label)) for label in in_time(labels, deadline)], labels


def _timed(label):
    statement(label)  # what is imported for it takes no part of its time
    start = time.perf_counter()
    try:
        check = run_check(label)
        doubt = check.doubt
    except UndecidedSign as stop:
        doubt = str(stop)
    except (UndecidedError, MemoryError, OSError):
        raise
    except Exception as error:  # an object under check that refuses, or breaks, what the statement gives it
        return stopped(label, error), time.perf_counter() - start
    if doubt is not None:
        raise UndecidedError(f"{label} is neither proved nor refuted: {doubt}")
    return check, time.perf_counter() - start


def stopped(label, error):
    """Return the `Check` that fails since an exception ended it, with the place and the message as its witness."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _HERE in frame.filename]
    place = frames[-1]
    witness = {
        "where": f"exactrelu/{place.filename.rpartition(_HERE)[2]}, line {place.lineno}, in {place.name}",
        "what": f"{type(error).__name__}: {error}",
    }
    return statement(label).check(Fact("The check runs to its end.", INSTANCES, "the objects under check", 1, witness))


def rendered(checks):
    """Return {file name: content} of the folder."""
    pages = {page_name(label): statement_page(label, check) for label, check in checks.items()}
    return {
        INDEX: index_page(checks),
        **pages,
        "errata.md": errata_page(checks),
        "errata.tex": errata_tex(checks),
        "dependencies.md": graph_page(checks),
        DATA: dumps(json_object(checks), indent=1, ensure_ascii=False) + "\n",
    }


def write_files(folder, files):
    """Write the files, {name: content}, to a folder that is there; raises `InputError` if that fails."""
    for name, content in files.items():
        write_text_atomically(os.path.join(folder, name), [content])


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
