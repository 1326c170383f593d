"""What kind of clause a text is, whether it is a grave matter, and what it governs: a first guess from its words; pure.

A guess is only ever a proposal: the Clerk sees it beside the clause and corrects it.
"""

import re

from chalicelib.policy.topics import TOPICS

_INTRODUCES = re.compile(
    r"(?i)(this|the) (social media )?policy (is|aims|applies|sets|outlines|covers|explains)|it outlines\b"
)
_ORDERS = re.compile(
    r"(?i)(please )?(do not|don[’']t|never|always|avoid|be\b|you (must|should|may|are|will|can)|only\b|use\b|keep\b|"
    r"ensure|make sure|consider|remember|think|treat|respect|refrain|when\b|if you|members (must|should|may) not)|"
    r".*\b(must not|may not|not permitted|prohibited|(is|are) permitted to)\b"
)
_LOOKED_AT = 3_000
"""Characters of a clause that are looked at: what it is about shows by then."""
_READS = re.compile(r"(?i).*\bmust (have )?(first )?read\b.*\bpolicy\b")
_CHARGES = re.compile(
    r"(?i)\bresponsib|\b(should|must|shall|will) (always )?(ensure|inform|report|tell|notify|review|monitor|read)|"
    r"must (have )?(first )?read|\breviews? (of )?this policy|"
    r"\b(is|are) (expected|required) to|(should|must) be (reported|reviewed)|take the time to read"
)
_PROCEEDS = re.compile(
    r"(?i)disciplinary|investigat|code of conduct|\bpolice\b|monitored|dealt with|breach(es)? (of|by)|sanction|dismiss"
)
_GRAVE = re.compile(r"(?i)gross misconduct|criminal offence|summary dismissal|serious (breach|case|misconduct)|\bgrave")

_SIGNS = {
    "contact-details": r"contact details|(telephone|phone|mobile) numbers?|home address|e-?mail address",
    "link": r"\blinks?\b.{0,60}\b(websites?|sites?|third[- ]party|pages?)\b|\b(websites?|sites?)\b.{0,60}\blinks?\b|"
    r"hyperlink",
    "colleague": r"(discuss|mention|nam|refer|comment|about)\w{0,9}.{0,40}\bcolleagues?|"
    r"\bcolleagues?\b.{0,60}(approval|consent|agree|permission)",
    "political": r"\bpolitic(s|al(ly)?)\b|\bcanvass",
    "confidential": r"confidential|commercially sensitive|closed session|exempt (information|items?)|"
    r"private information",
    "abusive": r"abus(e|ive)|insult|obscen|threat|profan|swear|derogatory|offensive (content|language)",
    "accusation": r"defam|libel|slander|accus|unfounded|false (and|or|statement|allegation|claim)",
    "third-party-content": r"third[- ]part(y|ies)[’']s? consent|"
    r"(content|words|pictures|photo\w{0,9}|images?|material)\b.{0,50}\b(belong|others?\b|third[- ]part|consent)|"
    r"copyright|intellectual property",
    "heated": r"heated|conciliatory|\bargu(e|ment)|quarrel|escalat|inflam|temper(ature)?\b|courteous|sarcas",
    "pre-election": r"\belections?\b|purdah|canvass|heightened sensitivity",
    "harassment": r"harass|bull(y|ied|ying)\b|intimidat|victimis",
    "pornographic": r"pornograph|sexually explicit|indecent",
    "defamatory": r"defam|libel|slander",
    "offensive": r"offensive|obscen|\bcriminal(?! (investigation|offence|or civil))|discriminat|derogatory|embarrass|"
    r"racist|sexist",
    "liability": r"(create|incur|give rise|expose).{0,60}(liab|claim)",
    "copyright-or-privacy": r"copyright|intellectual property|privacy|personal data|data protection",
    "dishonesty": r"\bhonest|mislead|\buntru|dishonest|\bfalse\b",
    "impersonation": r"(in the name|on behalf) of the council|council[’']s (name|behalf)|on its behalf|"
    r"speak(ing)? for the council|official (account|capacity)",
    "platform-terms": r"\bterms of (use|service)|community (standards|guidelines)|platform[’']s (own )?(terms|rules)",
}
_FOUND_BY = {topic: re.compile(signs, re.IGNORECASE | re.DOTALL) for topic, signs in _SIGNS.items()}


def kind(text: str, section: str, lead_in: str, *, item: bool) -> tuple[str, bool]:
    """A clause's kind, and whether it is a grave matter. `section`: the heading that it stands under; `lead_in`: the
    sentence that opens the list in which it is an `item`."""
    if lead_in and _GRAVE.search(lead_in[:_LOOKED_AT]):
        return "rule", True
    return _kind(text[:_LOOKED_AT] if not text.endswith(":") else text[-_LOOKED_AT:], section, item=item), False


def _kind(text: str, section: str, *, item: bool) -> str:
    if not item and _INTRODUCES.match(text):
        return "text"
    if text.endswith(":"):
        return "procedure" if _GRAVE.search(text) else "text"
    if _ORDERS.match(text) and not _READS.match(text):
        return "rule"
    if _CHARGES.search(text):
        return "duty"
    if _PROCEEDS.search(text):
        return "procedure"
    return "rule" if item or "rule" in section.casefold() else "text"


def topics(words: str) -> tuple[str, ...]:
    """The topics that these words seem to govern, in the order of TOPICS."""
    return tuple(topic for topic in TOPICS if _FOUND_BY[topic].search(words[:_LOOKED_AT]))
