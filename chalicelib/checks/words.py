"""How a check request's choices are written, in pages and mails alike; pure."""

from collections.abc import Mapping

from chalicelib.policy.standard import CLAUSES
from chalicelib.record import Data

IN_NAME_OF = {
    "council": "The Council",
    "own": "Myself, on my own account",
}

PLATFORMS = {
    "facebook": "Facebook",
    "x": "X (Twitter)",
    "instagram": "Instagram",
    "nextdoor": "Nextdoor",
    "whatsapp": "WhatsApp",
    "linkedin": "LinkedIn",
    "youtube": "YouTube",
    "tiktok": "TikTok",
    "website": "A website or blog",
    "other": "Somewhere else",
}

PICTURES = {"no": "No", "yes": "Yes"}

CONSENT = {
    "given": "Yes, its owner and everybody who can be recognised",
    "not-needed": "Not needed: it is mine, and nobody can be recognised",
    "not-yet": "Not yet, or I do not know",
}

AGREED = {
    "all": "Yes, all of them",
    "some": "Some of them",
    "none": "No, or I have not asked",
}

ASK_NAMED = {"yes": "Yes", "no": "No"}

ANSWERS = {"agreed": "agrees", "declined": "does not agree", "": "has not answered yet"}
"""What a named person said → how it is written behind their name."""


def agreement(name: str, said: Mapping[str, str]) -> str:
    """What a named person said, with what they added, on one line."""
    added = " ".join(said["words"].split())
    return f"{name} {ANSWERS[said['answer']]}" + (f": “{added}”" if added else "")


ASK = {
    "clerk": "The Clerk",
    "chair": "The Chair",
    "either": "It does not matter",
}

WAITS_NO_LONGER = {
    "time": "They have had five working days",
    "gone": "Those who had not answered have left the register",
    "unreached": "Mail to those who had not answered came back",
}
"""Why an officer waits no longer for those who are named → how it is written."""

OUTCOMES = {
    "approve": "Approved: no objection",
    "approve-with-edits": "Approved with edits",
    "ask-for-changes": "Changes asked for",
    "reject": "Rejected",
}
"""Decision → how it is written once it is made."""

CLOSED = {**OUTCOMES, "lapse": "Lapsed", "undone": "Decision undone"}
"""What became of a request → how the list of decisions writes it."""

ACTIONS = {
    "submit": "Sent for checking",
    "resubmit": "Sent for checking again",
    **OUTCOMES,
    "remind": "Officer reminded",
    "ask-stand-in": "Stand-in asked",
    "remind-again": "Officer reminded: there is nobody to stand in",
    "ask": "Officer asked",
    "wait": "Waiting for the answers of those who are named",
    "remind-named": "Those who are named reminded",
    "stop-waiting": "No longer waiting for those who are named",
    "unreached": "Mail to somebody who is named came back",
    "agree": "Agrees to be named",
    "decline": "Does not agree to be named",
    "undeliverable": "Mail to the officer came back",
    "lapse": "Lapsed",
    "reopen": "Decision withdrawn as not the officer’s own; waiting again",
    "withdraw": "Withdrawn",
    "record-posted": "Recorded as posted",
    "never-posted": "Recorded as never posted",
}
"""Action → how an entry is headed."""

RESPONSIBLE = (
    "“Approved” means that the text was checked, and that there is no objection to it under the Council’s policy. "
    "It is not a decision of the Council: you stay personally responsible for what you post."
)
"""What every approval says."""


def cited(decision: Data) -> list[str]:
    """The clauses that a decision rests on, as the version of the policy that was in force then had them."""
    return list(decision.get("cited") or [CLAUSES.get(clause, clause) for clause in decision.get("clauses", ())])


def title(text: str, question: str, most: int = 80) -> str:
    """A line by which a request is known in lists."""
    line = " ".join((text or question).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
