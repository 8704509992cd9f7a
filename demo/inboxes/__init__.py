"""Where the embedded account's alerts end: what people would have received, kept to be read."""
