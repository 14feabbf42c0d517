"""The progress bar: on stderr, and only where that is a terminal."""

import sys
import time
from contextlib import contextmanager

_WIDTH = 30
_SECONDS_BETWEEN = 0.1


@contextmanager
def progress_bar(task):
    """Yield a callback ``progress(done, total)`` that draws a bar on stderr, None where stderr is no terminal.

    ``done == total`` all along stands for a total that is not known. The bar is erased at the end, however it comes.
    """
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(task)
    try:
        yield bar
    finally:
        bar.erase()


class _Bar:
    def __init__(self, task):
        self._task = task
        self._start = self._drawn = time.monotonic()
        self._visible = False

    def __call__(self, done, total):
        now = time.monotonic()
        if now - self._drawn < _SECONDS_BETWEEN:
            return
        self._drawn = now
        self._visible = True
        sys.stderr.write(f"\r\x1b[K{self._task} {self._state(done, total, now - self._start)}")
        sys.stderr.flush()

    def _state(self, done, total, seconds):
        rate = f"{done / seconds:.0f}/s"
        if done >= total:
            return f"{done}, {rate}"
        filled = _WIDTH * done // total
        left = int(seconds * (total - done) / done) if done else 0
        ahead = f", {left // 60}:{left % 60:02d} left" if done else ""
        return f"[{'#' * filled}{' ' * (_WIDTH - filled)}] {done}/{total}, {rate}{ahead}"

    def erase(self):
        """Leave the line empty."""
        if self._visible:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
