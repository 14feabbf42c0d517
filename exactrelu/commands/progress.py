"""The progress bar: on stderr, and only where that is a terminal."""

import os
import signal
import sys
import threading
import time
from contextlib import contextmanager

_COLUMNS = 60
"""The most columns that the bar takes; fewer where the terminal is narrower."""

_SECONDS_BETWEEN = 0.1

_TICK = 0.5
"""Seconds of work after which the bar is drawn anew although nobody has reported progress."""

_LONG = 5
"""Seconds from which on it is said once how long all of the work takes."""


class Forecast:
    """What a command is told of its work before it is done; called with an `exactrelu.planar.forecast.Estimate`."""

    def __init__(self):
        self.estimate = self._bar = None

    def __call__(self, estimate):
        self.estimate = estimate
        if self._bar is not None:
            self._bar.announce(estimate)

    def tell(self, bar):
        """Let a bar announce the next estimates, no bar if it is None."""
        self._bar = bar

    def data(self):
        """Return what the ``--json`` answer has of the estimate; null where the work was too short for one."""
        if self.estimate is None:
            return {"estimate_seconds": None, "estimate": None}
        seconds, basis, _ = self.estimate
        return {"estimate_seconds": None if seconds is None else float(f"{seconds:.3g}"), "estimate": basis}


@contextmanager
def progress_bar(task, about="", forecast=None, then=()):
    """Yield a callback ``progress(done, total)`` that draws a bar on stderr, None where stderr is no terminal.

    ``done == total`` all along stands for a total that is not known. Without any progress the seconds are shown. Work
    that takes longer than some seconds is announced by a line that stays: what it is ``about``, and an estimate of its
    time: that of the ``forecast`` (a `Forecast`), before the work begins, or one from what has been done. Where
    ``done`` falls another piece of work begins: that of ``then``, (task, about), if it is given. The bar is erased at
    the end, however it comes.
    """
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(task, about, forecast is not None, then or (task, ""))
    if forecast is not None:
        forecast.tell(bar)
    try:
        with _ticking(bar.tick):
            yield bar
    finally:
        if forecast is not None:
            forecast.tell(None)
        bar.erase()


@contextmanager
def _ticking(tick):
    """Call ``tick`` about every `_TICK` seconds in which this process works: a timer that processes do not inherit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, lambda *_: tick())
    signal.setitimer(signal.ITIMER_VIRTUAL, _TICK, _TICK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class _Bar:
    def __init__(self, task, about, is_told, then):
        self._task = task
        self._about = about
        self._basis = ""
        self._is_told = is_told
        self._then = then
        self._start = self._drawn = time.monotonic()
        self._is_visible = self._is_drawing = False
        self._state = None

    def __call__(self, done, total):
        if self._state is not None and done < self._state[0]:
            self._task, self._about = self._then
            self._start = self._drawn = time.monotonic()
            self._is_told = True  # its first parts tell little of its time
        self._state = (done, total)
        self.tick()

    def tick(self):
        """Draw the bar, unless it was drawn just now, or is being drawn."""
        now = time.monotonic()
        if self._is_drawing or now - self._drawn < _SECONDS_BETWEEN:
            return
        self._is_drawing, self._drawn, self._is_visible = True, now, True
        try:
            self._draw(now - self._start)
        finally:
            self._is_drawing = False

    def announce(self, estimate):
        """Say what the work is about and how long it takes, if that is more than some seconds.

        Where nothing is known of the time it is said, as always, when some seconds have passed, but with the basis.
        """
        seconds, self._basis, bound = estimate
        if seconds is not None and seconds > _LONG:
            self._say(f"takes {bound} {_clock(seconds)}")

    def _say(self, needed):
        about, basis = (f"{part}{mark}" if part else "" for part, mark in ((self._about, "; "), (self._basis, "; ")))
        sys.stderr.write(f"\r\x1b[K{self._task}: {about}{needed} ({basis}--limit SECONDS stops it)\n")
        sys.stderr.flush()
        self._about = ""

    def _draw(self, seconds):
        shown = min(_COLUMNS, _columns() - 1)
        done, total = self._state or (None, None)
        left = seconds * (total - done) / done if done and done < total else None
        if self._about and seconds > _LONG:
            self._say("how long it takes is not known" if left is None else f"takes about {_clock(seconds + left)}")
        elif self._about and not self._is_told and seconds > 1 and left is not None and left > _LONG:
            self._say(f"takes about {_clock(seconds + left)}")
        sys.stderr.write(f"\r\x1b[K{self._line(done, total, seconds, left, shown)}")
        sys.stderr.flush()

    def _line(self, done, total, seconds, left, columns):
        """Return the bar with what is done, how fast, and how long it still takes, in so many columns at most."""
        if done is None:
            return f"{self._task} {_clock(seconds)}"[:columns]
        rate = f"{done / seconds:.0f}/s"
        if done >= total:
            return f"{self._task} {done}, {rate}"[:columns]
        ahead = "" if left is None else f", {_clock(left)} left"
        rest = f"{done}/{total}, {rate}{ahead}"
        width = columns - len(self._task) - len(rest) - 4
        if width < 4:
            return f"{self._task} {rest}"[:columns]
        filled = width * done // total
        return f"{self._task} [{'#' * filled}{' ' * (width - filled)}] {rest}"

    def erase(self):
        """Leave the line empty."""
        if self._is_visible:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _clock(seconds):
    """Return a time such as 1:05 or 2:00:00."""
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _columns():
    """Return the number of columns of the terminal that stderr is, `_COLUMNS` if it does not tell."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _COLUMNS
    except OSError:
        return _COLUMNS
