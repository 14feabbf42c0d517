"""Libraries that only some kinds of files need, imported when such a file is met."""

from importlib import import_module

from exactrelu.errors import InputError


def needed(library, where):
    """Return the module of a library; raises `InputError` with the command that installs it if it is not there."""
    try:
        return import_module(library)
    except ImportError:
        raise InputError(
            f"{where}: this kind of file needs the library {library}: pip install 'exactrelu[formats]'"
        ) from None
