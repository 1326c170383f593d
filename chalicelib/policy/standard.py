"""The clauses that decisions may cite, worded by the project for every council; pure.

They cover what a council's adopted policy asks of its members and employees, each with an id that never changes.
"""

CLAUSES = {
    "check-first": "If you are unsure whether you may post something, have it checked before you post it",
    "in-the-councils-name": "Post in the Council’s name only what the Council has given its name to",
    "no-abuse": "Post or pass on nothing abusive, obscene, discriminatory, harassing, derogatory or defamatory",
    "confidentiality": "Give away nothing confidential, commercially sensitive or private",
    "others-content": "Use other people’s words and pictures only with their consent",
    "links": "Link to another website only if its terms allow it and what it holds is fit to share",
    "platform-terms": "Know the platform’s own terms, and keep to them",
    "honesty": "Be honest and open, and think of how it makes the Council look",
    "personal-responsibility": "You answer yourself for what you publish",
    "lower-the-heat": "Cool a quarrel down: be courteous, and answer with facts",
    "colleagues": "Say nothing about colleagues unless they have agreed to it",
    "privacy": "Respect other people’s privacy, and keep away from what inflames",
    "politics": "Politics belong on your own accounts, never in the Council’s name",
    "contact-details": "Do not publish anybody else’s contact details, and be careful with your own",
}
"""Clause id → what it asks."""

TOPICS = {
    "contact-details": ("contact-details", "privacy"),
    "link": ("links",),
    "colleague": ("colleagues",),
    "political": ("politics",),
    "confidential": ("confidentiality",),
    "abusive": ("no-abuse",),
    "accusation": ("no-abuse", "honesty"),
    "third-party-content": ("others-content",),
    "heated": ("lower-the-heat",),
    "pre-election": ("politics", "in-the-councils-name"),
}
"""The post checker's code → the ids of the clauses that govern it."""
