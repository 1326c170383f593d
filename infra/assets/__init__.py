"""The style sheet: its sources, and the command that makes it (``python -m infra.assets``)."""
