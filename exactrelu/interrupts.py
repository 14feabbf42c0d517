"""Ctrl-C, SIGTERM and SIGHUP: how a command is stopped, and what may not be stopped half-way.

A command that listens gets a ``KeyboardInterrupt`` for the first of these signals, whichever it is. Those that follow
at once are taken for the same wish; one that comes later, when the command should have ended, ends the process.
"""

import os
import signal
import threading
from contextlib import ExitStack, contextmanager
from time import monotonic

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

INTERRUPTED = "interrupted, nothing was decided; run the same command again"
"""What is said when a command was stopped."""

PATIENCE = 1
"""Seconds that a command has to end by itself."""


class _Handler:
    """The handler of a process that listens."""

    def __init__(self):
        self.is_settled = False
        self._since = None

    def __call__(self, number, frame):
        if self.is_settled:
            return
        if self._since is None:
            self._since = monotonic()
            raise KeyboardInterrupt
        if monotonic() - self._since > PATIENCE:
            os.write(2, f"exactrelu: {INTERRUPTED}\n".encode())
            os._exit(3)


_HANDLER = _Handler()


def listen():
    """Let each of the signals, unless it is ignored as under ``nohup``, interrupt the main thread of this process."""
    _handle(_HANDLER)


def settle(is_settled=True):
    """From now on, or no longer, ignore the signals where this process listens: what it was to find is found."""
    _HANDLER.is_settled = is_settled


def ignore():
    """Ignore the signals: nothing is left to be stopped."""
    _handle(signal.SIG_IGN)


def _handle(handler):
    for number in SIGNALS:
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            signal.signal(number, handler)


@contextmanager
def held():
    """Hold the signals back until the end of the block; one that came meanwhile is raised then."""
    if threading.current_thread() is not threading.main_thread():
        yield  # it is the main thread that signals interrupt
        return
    came = []
    with ExitStack() as afterwards:
        for number in SIGNALS:
            before = signal.getsignal(number)
            if before is not None:
                afterwards.callback(signal.signal, number, before)
                signal.signal(number, lambda number, _: came.append(number))
        yield
    if came:
        signal.raise_signal(came[0])
