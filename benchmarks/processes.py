"""One command of exactrelu in a process of its own, with its answer and what it took."""

import json
import subprocess
import sys
import time
from pathlib import Path


def answered(*words):
    """Return (answer, usage) of ``exactrelu WORDS --json``; ends the program if it fails.

    The usage is what `observed` says, and the seconds on the ``wall``, with those in which Python starts.
    """
    words = [*map(str, words), "--json"]
    command = [sys.executable, Path(__file__).with_name("observed.py"), *words]
    start = time.perf_counter()
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    wall = time.perf_counter() - start
    answer, _, usage = ended.stdout.rstrip().rpartition("\n")
    if ended.returncode != 0:
        raise SystemExit(f"exactrelu {' '.join(words)} ended with exit code {ended.returncode}\n{answer}")
    return json.loads(answer), json.loads(usage) | {"wall": wall}
