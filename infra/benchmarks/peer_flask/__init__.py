"""The same journey written plainly in Flask, SQLAlchemy and SQLite: what `make bench` compares warm requests with."""
