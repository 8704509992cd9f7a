"""Incidents as commands read and answer them."""
