"""Breach reports and the cases that they open."""
