"""The commands that put Clerkwell into AWS and look after it there."""
