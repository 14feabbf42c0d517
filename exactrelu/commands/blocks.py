"""The blocks of a proof as ``exactrelu certify`` shows them: paragraphs for people, objects for programs."""

from exactrelu.commands.induction import filled
from exactrelu.show.blocks import counts, in_words, introduction, listing

CLOSER = "--blocks lists all of their nodes."


def blocks_page(blocks, is_full):
    """Return the paragraphs on ``blocks`` {name: `Program`}: what each has and, if ``is_full``, all of its nodes."""
    if not blocks:
        return ()
    start = introduction(blocks)
    parts = [filled(start if is_full else f"{start} {CLOSER}")]
    for name, program in blocks.items():
        parts.append(filled(f"[{name}] {in_words(program)}"))
        parts += ["\n".join(listing(program))] if is_full else []
    return tuple(parts)


def blocks_data(blocks, is_full):
    """Return the JSON objects of the blocks, with their ``nodes`` as lines if ``is_full``."""
    return [
        {"name": name, **counts(program)} | ({"nodes": listing(program)} if is_full else {})
        for name, program in blocks.items()
    ]
