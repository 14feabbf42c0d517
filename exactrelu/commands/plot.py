"""``exactrelu plot``: a picture of V^n g, or of several iterates, or of the controller, from the specification."""

from exactrelu.commands import Answer
from exactrelu.commands.output import delivered
from exactrelu.commands.problem import chosen_problem
from exactrelu.commands.tables import table
from exactrelu.errors import InputError, unknown
from exactrelu.show.iterates import PICTURES
from exactrelu.streams import output_name
from exactrelu.writing import check_writable, write_text_atomically


def run(options):
    """Return the `Answer` that says what was drawn."""
    if options.picture not in PICTURES:
        raise InputError(unknown("picture", options.picture, PICTURES))
    if options.output is None:
        raise InputError("--output FILE.svg says where the picture goes (- is standard output)")
    check_writable(options.output)
    picture = PICTURES[options.picture](chosen_problem(options), options.level)
    complaint = delivered(options.output, lambda: write_text_atomically(options.output, [picture.standalone()]))
    data = {
        "picture": options.picture, "n": options.level, "title": picture.title, "description": picture.description,
        "width": picture.width, "height": picture.height,
    }
    if complaint is not None:
        return Answer(3, "", data, complaint)
    rows = [("picture", picture.title), ("written to", output_name(options.output))]
    return Answer(0, table(rows), data)
