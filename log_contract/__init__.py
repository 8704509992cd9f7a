"""Checks log lines against the log contract (docs/log-contract.md).  Needs Python's standard library only."""
