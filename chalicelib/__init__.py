"""Clerkwell: a council's social media policy as working software. Read `docs/architecture.md` first."""
