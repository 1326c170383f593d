"""Check requests: "may I post this?", asked by a member or employee and answered by an officer."""
