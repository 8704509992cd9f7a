"""Backups: which there are, and a backup onto this disk or into an empty database."""
