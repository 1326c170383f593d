"""What happens to check requests, a room for each story of one: load, move, commit."""
