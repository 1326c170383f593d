"""What `make bench` measures: cold starts, warm requests, growth of the table, and the size of the package."""
