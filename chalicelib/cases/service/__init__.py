"""What happens to cases, a room for each story of one: load, move, commit."""
