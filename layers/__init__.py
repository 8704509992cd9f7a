"""Lambda layers, built from PyPI wheels on any Linux machine, for both processor architectures, without Docker."""
