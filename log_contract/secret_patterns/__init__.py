"""Reads a public set of patterns of secrets into the files that masking and its tests use."""
