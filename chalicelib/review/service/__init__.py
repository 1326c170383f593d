"""What happens to annual reviews, a room for each story of one: load, move, commit."""
