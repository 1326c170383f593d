"""What a clause may govern; pure.

A *topic* is a code of the post checker or a kind of breach; what is both (`confidential`) is one topic. A flag or a
case finds its clauses by topic (`rules.by_topic`), so that a council's own wording keeps working.
"""

CODES = {
    "contact-details": "Contact details",
    "link": "Links to other websites",
    "colleague": "Naming colleagues",
    "political": "Party politics",
    "confidential": "Confidential matter",
    "abusive": "Abusive language",
    "accusation": "Accusing somebody of wrongdoing",
    "third-party-content": "Other people’s words and pictures",
    "heated": "Heated language",
    "pre-election": "The time before an election",
}
"""The post checker's codes."""

BREACHES = {
    "harassment": "Harassment or bullying",
    "pornographic": "Pornographic material",
    "defamatory": "False and defamatory statements",
    "offensive": "Offensive, criminal, discriminatory or embarrassing material",
    "confidential": "Confidential matter",
    "liability": "Statements that create liability",
    "copyright-or-privacy": "Breach of copyright or privacy",
    "dishonesty": "Dishonest or misleading statements",
    "impersonation": "Speaking for the Council without leave",
    "platform-terms": "Breach of a platform’s terms",
}
"""The kinds of breach that a report may be about."""

TOPICS = {**CODES, **BREACHES}
"""Topic → how it is written."""
