"""The annual review of the policy: when it is due, what the year showed, what the Council resolved."""
