"""What a report asks, declared once: the form's pages, what the JSON endpoint takes, and what its OpenAPI document says
are all made from here.

A question names what it keeps, what may be in it, and what is said where something is wrong. What would depend on
another answer has no place here: a rule that a document cannot state, the endpoint must not have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.cases.rules import SUBJECTS

LINE, TEXT, LINES, EMAIL, ONE, CLAUSES = "line", "text", "lines", "email", "one", "clauses"
"""Kinds: a single line; a text; lines, one thing on each (JSON: or a list of them); an address; one of several choices;
clauses of the policy in force (JSON: a list of their ids)."""

_CONTROL = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd\ufffe\uffff"
_BREAKS = r"\u000a\u000d\u0085\u2028\u2029"
EMAIL_PATTERN = (
    r"^[A-Za-z0-9_'+-]+(\.[A-Za-z0-9_'+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}$"
)

HARASSMENT = {"yes": "Yes", "no": "No", "unsure": "I am not sure"}


@dataclass(frozen=True, slots=True)
class Question:
    """One field. `most` is in characters, `what` begins the messages about it, `missing` is the message when it must be
    answered and is not; `means` and `example` are what the OpenAPI document says of it; `attributes` go to the control
    as it is drawn."""

    name: str
    kind: str
    label: str
    means: str
    example: Any
    hint: str = ""
    most: int = 0
    what: str = ""
    missing: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def schema(self, clauses: Mapping[str, str]) -> dict[str, Any]:
        """Its JSON Schema. `clauses` are those of the policy in force, id → label."""
        told = {"description": self.means, "examples": [self.example]}
        if self.kind == CLAUSES:
            ids = list(clauses)
            told["examples"] = [ids[:1]]
            item = {"type": "string", "enum": ids} if ids else {"type": "string"}
            return {**told, "type": "array", "items": item, "uniqueItems": True, "maxItems": len(ids)}
        if self.kind == ONE:
            return {**told, "type": "string", "enum": list(self.choices)}
        text = {"type": "string", "maxLength": self.most}
        if self.kind == EMAIL:
            return {**told, **text, "format": "email", "pattern": EMAIL_PATTERN}
        if self.kind == LINES:
            line = {"type": "string", "maxLength": LONGEST_LINE, "pattern": self._pattern(_CONTROL + _BREAKS)}
            several = {"type": "array", "items": line, "maxItems": MOST_LINES}
            return {**told, "anyOf": [{**text, "pattern": self._pattern(_CONTROL)}, several]}
        return {**told, **text, "pattern": self._pattern(_CONTROL + (_BREAKS if self.kind == LINE else ""))}

    def _pattern(self, without: str) -> str:
        return rf"^[^{without}]*[^\s{without}][^{without}]*$" if self.missing else rf"^[^{without}]*$"


MOST_LINES, LONGEST_LINE = 12, 499
"""Of a list. Together, a line end after each, they are no longer than the text that they make."""

_PLAIN = {"autocomplete": "off", "spellcheck": True}

QUESTIONS: dict[str, tuple[Question, ...]] = {
    "what": (
        Question(
            "what_happened",
            TEXT,
            "What happened?",
            "What happened, in the reporter's own words.",
            "The Clerk posted a photograph of my grandmother on the Council's page without asking.",
            hint="In your own words: what was posted, said or done. If you have the exact words, put them here",
            most=10_000,
            what="What happened",
            missing="Say what happened",
            attributes={"rows": 10, **_PLAIN},
        ),
    ),
    "where": (
        Question(
            "where",
            LINES,
            "Where did it happen?",
            "Links to the posts, or where else it happened: one on each line, or a list.",
            "https://social.example/posts/1",
            hint="Links to the posts if you have them, one on each line. Or in words: “the village group on Facebook”. "
            "You can leave this empty",
            most=6_000,
            what="Where it happened",
            attributes={"rows": 4, "autocomplete": "off", "spellcheck": False, "autocapitalize": "none"},
        ),
    ),
    "when": (
        Question(
            "when",
            LINE,
            "When did it happen?",
            "When it happened, as far as it is known: a date, a time, or words.",
            "20 November 2026, about 9 pm",
            hint="As well as you know it. For example: 20 November 2026, about 9 pm; or: since last spring. "
            "You can leave this empty",
            most=200,
            what="When it happened",
            attributes=_PLAIN,
        ),
    ),
    "who": (
        Question(
            "subject",
            ONE,
            "Whom is it about?",
            "Whom the report is about: a member of the Council, the Clerk, another employee, or not known.",
            "member",
            what="Whom it is about",
            missing="Choose whom it is about. If you are not sure, choose “I do not know”",
            choices=SUBJECTS,
        ),
        Question(
            "subject_name",
            LINE,
            "Their name, if you know it",
            "The name of whoever it is about, or several. Nobody who is named here gets to see the report.",
            "Cllr Jo Marsh",
            hint="If there are several, name them all. An office will do: “the Chair”. You can leave this empty",
            most=300,
            what="The name",
            attributes={"autocomplete": "off", "spellcheck": False},
        ),
    ),
    "witnesses": (
        Question(
            "witnesses",
            LINE,
            "Did anybody else see or hear it?",
            "Names of others who saw or heard it. Nobody who is named here gets to see the report.",
            "Mrs Ann Green",
            hint="Their names, if you know them. You can leave this empty",
            most=500,
            what="Who else saw or heard it",
            attributes={"autocomplete": "off", "spellcheck": False},
        ),
    ),
    "rules": (
        Question(
            "clauses",
            CLAUSES,
            "Which of the Council’s rules does it break?",
            "The ids of the clauses of the Council's policy that it breaks.",
            [],
            hint="Tick all that apply. If you are not sure, leave this empty: whoever looks into it will find out",
            what="The rules",
        ),
    ),
    "harassment": (
        Question(
            "harassment",
            ONE,
            "Is it harassment or bullying?",
            "Whether it is harassment or bullying.",
            "no",
            hint="Of you or of somebody else. You can leave this empty",
            what="Whether it is harassment or bullying",
            choices=HARASSMENT,
        ),
    ),
    "contact": (
        Question(
            "contact_name",
            LINE,
            "Your name",
            "The reporter's name. Leave it out to report anonymously.",
            "Sam Lee",
            hint="You can leave this empty",
            most=200,
            what="Your name",
            attributes={"autocomplete": "name", "spellcheck": False},
        ),
        Question(
            "contact_email",
            EMAIL,
            "Your e-mail address",
            "Where mails say that there is news. They hold nothing of the report.",
            "sam.lee@mail.example",
            hint="We write to it that there is news, and nothing else. You can leave this empty",
            most=254,
            what="Your e-mail address",
            attributes={"autocomplete": "email", "spellcheck": False, "autocapitalize": "none"},
        ),
    ),
    "confidential": (
        Question(
            "confidential",
            TEXT,
            "Should we keep anything confidential?",
            "What the reporter asks to be kept confidential, and why.",
            "Please do not tell Cllr Marsh who I am: she is my landlady.",
            hint="Say what, from whom, and why. For example: that it was you who reported it. You can leave this empty",
            most=2_000,
            what="What to keep confidential",
            attributes={"rows": 4, **_PLAIN},
        ),
    ),
}
"""The pages of the form in order, and what each asks."""

ALL = tuple(question for questions in QUESTIONS.values() for question in questions)


def step_of(name: str) -> str:
    """The page on which a field is asked for."""
    return next((step for step, asked in QUESTIONS.items() if name in [one.name for one in asked]), "what")
