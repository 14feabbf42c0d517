"""Finer triangulations of a CPwL function for Proposition 5.1: regular subdivision and longest-edge bisection."""

from exactrelu.cpwl.cpwl import CPwL
from exactrelu.field import mpq


def subdivided(function, parts):
    """Return the same function on the triangulation with every triangle cut into ``parts``² similar ones.

    ``function`` is a conforming `CPwL` function, ``parts`` a positive integer.
    """
    if parts == 1:
        return function
    number, triangles = {}, []
    for corners in function.triangles:
        grid = _grid([(*function.vertices[corner], function.values[corner]) for corner in corners], parts)
        at = {place: number.setdefault(node, len(number)) for place, node in grid.items()}
        for i, j in grid:
            if i + j < parts:
                triangles.append((at[i, j], at[i + 1, j], at[i, j + 1]))
            if i + j < parts - 1:
                triangles.append((at[i + 1, j], at[i + 1, j + 1], at[i, j + 1]))
    return CPwL([node[:2] for node in number], triangles, [node[2] for node in number])


def _grid(corners, parts):
    """Return {(i, j): a + (i (b − a) + j (c − a)) / parts} for the three ``corners`` a, b, c and i + j ≤ parts."""
    return {
        (i, j): tuple(p + (i * (q - p) + j * (r - p)) / mpq(parts) for p, q, r in zip(*corners, strict=True))
        for i in range(parts + 1)
        for j in range(parts + 1 - i)
    }


def bisected(function, is_small):
    """Return the same function on a conforming triangulation all of whose triangles satisfy ``is_small``.

    Triangles are halved at the midpoint of their longest edge; a triangle waits until every neighbour across a longer
    edge has been halved (Rivara's longest-edge propagation path), so that no node ever hangs. ``is_small`` takes the
    three corners ((x, y, value), …), holds for all small enough triangles, and decides for each triangle by itself.
    """
    nodes = [(*vertex, height) for vertex, height in zip(function.vertices, function.values, strict=True)]
    mesh = _Mesh(nodes, function.triangles)
    waiting = [triangle for triangle in mesh.triangles if not is_small([nodes[corner] for corner in triangle])]
    while waiting:
        triangle = waiting.pop()
        while triangle in mesh.triangles:
            for half in mesh.split(mesh.terminal_edge(triangle)):
                if not is_small([nodes[corner] for corner in half]):
                    waiting.append(half)
    return CPwL([node[:2] for node in nodes], sorted(mesh.triangles), [node[2] for node in nodes])


class _Mesh:
    """A conforming triangulation in the making: counterclockwise ``triangles`` over ``nodes`` (x, y, value)."""

    def __init__(self, nodes, triangles):
        self.nodes = nodes
        self.triangles = set()
        self._opposite = {}
        for triangle in triangles:
            self._add(triangle)

    def terminal_edge(self, triangle):
        """Return the edge at the end of the propagation path: longest in the triangles on both of its sides."""
        edge = self._longest_edge(triangle)
        while edge[::-1] in self._opposite:
            neighbour = (*edge[::-1], self._opposite[edge[::-1]])
            longest = self._longest_edge(neighbour)
            if self._rank(longest) == self._rank(edge):
                return edge
            edge = longest
        return edge

    def split(self, edge):
        """Halve the one or two triangles at a directed edge and return the halves."""
        i, j = edge
        middle = len(self.nodes)
        self.nodes.append(tuple((p + q) / 2 for p, q in zip(self.nodes[i], self.nodes[j], strict=True)))
        halves = []
        for u, v in ((i, j), (j, i)):
            if (u, v) in self._opposite:
                apex = self._opposite[u, v]
                self._remove((u, v, apex))
                halves += [self._add((u, middle, apex)), self._add((middle, v, apex))]
        return halves

    def _add(self, triangle):
        a, b, c = triangle
        self._opposite.update({(a, b): c, (b, c): a, (c, a): b})
        least = min(triangle)
        triangle = next(turn for turn in ((a, b, c), (b, c, a), (c, a, b)) if turn[0] == least)
        self.triangles.add(triangle)
        return triangle

    def _remove(self, triangle):
        a, b, c = triangle
        for edge in ((a, b), (b, c), (c, a)):
            del self._opposite[edge]
        self.triangles -= {(a, b, c), (b, c, a), (c, a, b)}

    def _longest_edge(self, triangle):
        a, b, c = triangle
        return max(((a, b), (b, c), (c, a)), key=self._rank)

    def _rank(self, edge):
        """Order edges by length; ties are broken by the nodes, the same from both sides."""
        (x0, y0, _), (x1, y1, _) = self.nodes[edge[0]], self.nodes[edge[1]]
        return ((x1 - x0) ** 2 + (y1 - y0) ** 2, max(edge), min(edge))
