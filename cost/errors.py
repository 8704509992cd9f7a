class CostError(Exception):
    """Something whose cost is not known: one line that names it, and what to do."""
