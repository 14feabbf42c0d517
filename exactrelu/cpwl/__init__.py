"""Exact plane geometry: convex polygons, triangulations, compactly supported continuous piecewise linear functions."""
