class RecoveryError(Exception):
    """One line for the operator: what, why, and what to do."""
