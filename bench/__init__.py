"""Measurements of what the coach claims; each prints its conditions."""
