"""``exactrelu convert``: a network from one kind of file to another, exactly."""

from exactrelu.commands import Answer
from exactrelu.formats.files import read_source, write_counted
from exactrelu.network.dag import counted, described
from exactrelu.streams import input_name, output_name
from exactrelu.writing import check_writable


def run(options):
    """Return the `Answer` with what was read, and how many numbers had to be rounded, none unless that was asked."""
    check_writable(options.output)
    source = read_source(options.network)
    count = write_counted(options.output, source.network, "float64" if options.float64 else "float32", options.round)
    made = f"{counted(count, 'number')} rounded, another function" if count else "the same function, exactly"
    text = (
        f"{input_name(options.network)} ({source.kind}: {described(source.network)}) is written to "
        f"{output_name(options.output)}: {made}"
    )
    return Answer(0, text, {"from": source.kind, "exact": not count, "rounded": count})
