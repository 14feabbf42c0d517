"""Ctrl-C, SIGTERM, SIGHUP and a limit of time: how a command is stopped, and what may not be stopped half-way.

A command that listens gets a ``KeyboardInterrupt`` for the first of these signals, whichever it is. Those that follow
at once are taken for the same wish; one that comes later, when the command should have ended, ends the process.
"""

import os
import signal
import sys
import threading
from contextlib import ExitStack, contextmanager
from time import monotonic

from exactrelu.errors import InputError

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


class Expired(KeyboardInterrupt):
    """Raised in the main thread when the time of `limited` is over."""


AGAIN = 0.05
"""Seconds until an `Expired` is raised again that was lost in a hook of Python's, which ignores exceptions."""


@contextmanager
def limited(seconds):
    """Raise `Expired` in the block when it has taken so many ``seconds``; None stands for no limit.

    Raises `InputError` outside of the main thread, which is the one that can be interrupted.
    """
    if seconds is None:
        yield
        return
    if threading.current_thread() is not threading.main_thread():
        raise InputError("--limit needs the main thread")

    def expire(number, frame):
        if not _HANDLER.is_settled:
            raise Expired(
                f"the limit of {seconds:g} s is reached, nothing was decided; give a larger --limit, or ask for less"
            )

    def lost(unraisable):
        if isinstance(unraisable.exc_value, Expired):
            signal.setitimer(signal.ITIMER_REAL, AGAIN)
        else:
            hook(unraisable)

    before, hook = signal.signal(signal.SIGALRM, expire), sys.unraisablehook
    sys.unraisablehook = lost
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = hook
        signal.signal(signal.SIGALRM, before)


@contextmanager
def held():
    """Hold the signals back until the end of the block; one that came meanwhile is raised then."""
    if threading.current_thread() is not threading.main_thread():
        yield  # it is the main thread that signals interrupt
        return
    came = []
    with ExitStack() as afterwards:
        for number in (*SIGNALS, signal.SIGALRM):
            before = signal.getsignal(number)
            if before is not None:
                afterwards.callback(signal.signal, number, before)
                signal.signal(number, lambda number, _: came.append(number))
        yield
    if came:
        signal.raise_signal(came[0])
