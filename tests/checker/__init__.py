"""Tests of the post checker, its corpus and the measuring of it."""
