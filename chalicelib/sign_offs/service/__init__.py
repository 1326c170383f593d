"""What happens to sign-offs: load, move, commit."""
