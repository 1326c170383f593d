"""What `make package` makes, looked at and run as AWS would run it."""
