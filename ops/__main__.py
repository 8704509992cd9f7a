"""`python -m ops`; `make` installs the same as `ops` into the virtual environment."""

import sys

from ops.command import main

if __name__ == "__main__":
    sys.exit(main())
