class RefusedError(Exception):
    """The load test was not begun.  One line: the reason, and the remedy."""
