"""Signing in and out: a link by e-mail instead of a password."""
