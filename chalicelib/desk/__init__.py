"""The officers' desk: what waits, on whom, and what was decided."""
