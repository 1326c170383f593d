"""Sign-offs: who has read and understood which version of the policy."""
