"""Which code decides: a digest of the program and of the libraries that its arithmetic rests on."""

import hashlib
from functools import lru_cache
from importlib import import_module, resources
from importlib.machinery import EXTENSION_SUFFIXES

LIBRARIES = ("gmpy2", "numpy", "scipy")
"""The libraries whose versions belong to the code."""

CODE = (".py", *EXTENSION_SUFFIXES)
"""How the names of files of code end: Python, and compiled extensions."""


@lru_cache(maxsize=1)
def code_digest():
    """Return a SHA-256 digest of all code of this package and of the versions of `LIBRARIES`, in hexadecimal digits."""
    files = sorted(code_files(resources.files("exactrelu")))
    parts = [f"{path} {hashlib.sha256(content).hexdigest()}" for path, content in files]
    parts += [f"{name} {import_module(name).__version__}" for name in LIBRARIES]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def code_files(folder, path=""):
    """Yield (path, content in bytes) of the files of code in a folder of `importlib.resources` and below."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from code_files(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(CODE):
            yield path + entry.name, entry.read_bytes()
