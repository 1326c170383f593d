"""The policy: its versions, each an ordered list of clauses; importing, correcting and adopting them; what changed."""
