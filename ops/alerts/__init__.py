"""Alerts: what is in alarm, what is muted, and whether they arrive."""
