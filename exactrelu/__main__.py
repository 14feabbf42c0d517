"""``python -m exactrelu``: the same as the command ``exactrelu``."""

import sys

from exactrelu.cli import main

if __name__ == "__main__":
    sys.exit(main())
