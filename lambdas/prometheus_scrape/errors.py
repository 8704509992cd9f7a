"""What cannot be published: one line with the thing, the reason and the remedy."""


class ScrapeError(Exception):
    """Of a whole endpoint, or of one of its series; what else there is is published all the same."""
