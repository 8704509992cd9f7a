"""What CloudWatch refuses, with its words for it."""


class MathsError(ValueError):
    """An expression that cannot be read or computed; the message says where and why."""


class PatternError(ValueError):
    """A log filter pattern that cannot be read."""
