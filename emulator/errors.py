"""The one error of the embedded account: a clear line for the person at the terminal."""


class EmulatorError(Exception):
    """Something on this machine does not work; the message names it, the reason and the remedy."""
