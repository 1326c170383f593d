"""The policy: its clauses, which decisions cite."""
