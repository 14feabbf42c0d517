"""The doors: networks in the files of other programs, read exactly and written exactly or not at all."""

from exactrelu.formats.files import read_network, read_source, write_network

__all__ = ["read_network", "read_source", "write_network"]
