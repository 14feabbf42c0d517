"""The recogniser of Definition 2.8: is a compactly supported CPwL function a special atom?"""


def atom_failure(function, rho):
    """Return None if the `CPwL` ``function`` is a special atom for ϱ = ``rho``, else a witness.

    An affine function on a triangle has its minimum at a corner, and the support is the union of the triangles on which
    the function is not zero: so the corners decide.
    """
    for vertex, height in zip(function.vertices, function.values, strict=True):
        if height < 0:
            return {"point": vertex, "H": height}
    for corners, form in zip(function.triangles, function.forms, strict=True):
        for corner in corners if any(form) else ():
            x, y = function.vertices[corner]
            if not (rho <= x <= 1 - rho and rho <= y <= 1 - rho):
                return {"point of the support": (x, y)}
    return None
