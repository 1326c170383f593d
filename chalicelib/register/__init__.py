"""The register: who is on the council or works for it, in which roles, from when until when."""
