"""The kinds of files, told by their field "format": one that is mistaken for another is named, with what takes it."""

PROBLEM, NETWORK, CERTIFICATE, SHARD = (f"exactrelu-{kind}" for kind in ("problem", "network", "certificate", "shard"))

_KINDS = {
    PROBLEM: ("a problem file", "exactrelu certify, build, sizes and value take it as PROBLEM"),
    NETWORK: ("a network file", "exactrelu eval, regions and equal take it, and certify PROBLEM --network FILE"),
    CERTIFICATE: ("a certificate", "exactrelu check takes it"),
    SHARD: ("a file of a --state folder", "exactrelu certify --state takes the folder"),
}


def mistaken(found, kind):
    """Return in words what a JSON value is instead of a file of a ``kind``, and what takes it; None if it is no other.

    >>> mistaken({"format": "exactrelu-certificate/2"}, NETWORK)
    'expected a network file, got a certificate; exactrelu check takes it'
    """
    format_ = found.get("format") if isinstance(found, dict) else None
    other = format_.partition("/")[0] if isinstance(format_, str) else None
    if other == kind or other not in _KINDS:
        return None
    what, use = _KINDS[other]
    return f"expected {_KINDS[kind][0]}, got {what}; {use}"
