"""The networks that a command reads, and what has to be said about their numbers with every verdict."""

from exactrelu.formats.files import read_source
from exactrelu.streams import input_name


def arithmetic(*paths_and_sources):
    """Return {"arithmetic": sentences} for the pairs (path, `Source`), once each, empty where all hold rationals."""
    said = (f"{input_name(path)}: {source.arithmetic}" for path, source in paths_and_sources if source.arithmetic)
    found = dict.fromkeys(said)
    return {"arithmetic": list(found)} if found else {}


def with_arithmetic(answer, *paths_and_sources):
    """Return the `Answer` with what was made of the numbers of files beside it, where it says something."""
    said = arithmetic(*paths_and_sources)
    text = "\n".join([answer.text, *said.get("arithmetic", ())]) if answer.text else answer.text
    return answer._replace(text=text, data=answer.data | said)


def read(path):
    """Return the pair (path, `Source`) of a network file."""
    return path, read_source(path)
