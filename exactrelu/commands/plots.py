"""The picture that ``--plot`` asks for: an SVG file beside the answer."""

from exactrelu.commands.output import delivered
from exactrelu.errors import InputError
from exactrelu.streams import is_standard_output, output_name
from exactrelu.writing import check_writable, write_text_atomically

SUFFIX = ".svg"


def check_plot(path):
    """Raise `InputError` if no picture can be written to ``path``, the value of ``--plot``; None asks for none."""
    if path is None:
        return
    if is_standard_output(path):
        raise InputError("--plot FILE.svg: standard output has the answer; give the picture a file")
    if not path.lower().endswith(SUFFIX):
        raise InputError(f"--plot {path}: a picture is an SVG file; give it a name that ends in {SUFFIX}")
    check_writable(path)


def drawn(path, picture):
    """Write the `Picture` that ``picture()`` makes, if ``path`` asks for one; return (rows for people, complaint)."""
    if path is None:
        return [], None
    complaint = delivered(path, lambda: write_text_atomically(path, [picture().standalone()]))
    return ([("drawn in", output_name(path))] if complaint is None else []), complaint
