"""Plain text for people: aligned tables, numbers that fit into them."""

from exactrelu.field import text

_LONGEST = 16


def table(rows, right=()):
    """Return rows of strings as aligned lines; the columns with numbers in ``right`` are aligned to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def short_number(number):
    """Return a number >= 0 in full, or the least power of two that bounds a long one: "< 2^604"."""
    if number < 10**_LONGEST and len(text(number)) <= _LONGEST:
        return text(number)
    return f"< 2^{int(number).bit_length()}"
