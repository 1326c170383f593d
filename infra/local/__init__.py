"""The embedded AWS, the local gateway and inbox, and developers' tools. Never packaged."""
