"""The compiled core: whether it is there, and the switch that turns it off.

``compiled`` is the module of the compiled core, None where exactrelu was installed without a compiler or where the
environment variable EXACTRELU_CORE is 0. Whatever the core does plain Python does, too, with the same answers; ``PATH``
says in words which of the two it is.
"""

import os
from importlib import import_module

SWITCH = "EXACTRELU_CORE"
"""The environment variable that turns the core off if it is 0."""


def _loaded():
    if os.environ.get(SWITCH) == "0":
        return None, f"plain Python, {SWITCH}=0"
    try:
        return import_module("exactrelu.core._compiled"), "compiled core"
    except ModuleNotFoundError:
        return None, "plain Python, no core was compiled"
    except ImportError as error:
        return None, f"plain Python, the core does not load: {error}"


compiled, PATH = _loaded()

PLAIN = "plain Python"
"""What ``PATH`` would say of what the core does not do, with one or without."""
