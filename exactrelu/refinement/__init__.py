"""The specification: the refinement operator V of a mask and its iterates V^n g, evaluated in two independent ways."""
