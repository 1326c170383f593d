"""The moves of a handler as pages: what each is called, which form it asks for, and where it stands on the case's page.

The table (workflow.py) says what may be done now, and by whom; nothing here adds to it.
"""

from dataclasses import dataclass
from typing import Any

from chalicelib import forms
from chalicelib.cases.handling_forms import (
    Acting,
    Answered,
    Appointing,
    Classifying,
    Described,
    Disclosing,
    EndingAccess,
    Found,
    HandingOver,
    Letter,
    LettingIn,
    Linking,
    Noting,
    Observing,
    Packing,
    People,
    Pressing,
    Reasoned,
    Referring,
    Telling,
)

STEP, WRITE, FACTS, OUT = "step", "write", "facts", "out"
"""Groups of moves on the page: what leads on; what is written; what is known of the case; what leaves it."""


@dataclass(frozen=True, slots=True)
class Step:
    """A move as its page shows it. `form` asks; `offer` is what the button says; `warning` stands above the form."""

    title: str
    offer: str
    form: type[Acting]
    done: str
    intro: str = ""
    warning: str = ""
    group: str = STEP


STEPS: dict[str, Step] = {
    "acknowledge": Step(
        "Acknowledge the report",
        "Acknowledge it",
        Telling,
        "The report is acknowledged",
        "The reporter reads this on the follow-up page, and has a mail that there is news if they gave an address.",
    ),
    "no-further-action": Step(
        "No further action", "Take no further action", Answered, "It is recorded that nothing further is done"
    ),
    "resolve-informally": Step(
        "Resolve it informally",
        "Resolve it informally",
        Reasoned,
        "The case is to be resolved informally",
        "An apology, a correction, a talk, training or mediation. Both sides must be willing; nothing is found or "
        "imposed.",
    ),
    "resolved": Step(
        "It was resolved informally", "Record that it is resolved", Described, "The resolution is recorded"
    ),
    "refer-monitoring-officer": Step(
        "Refer it to the Monitoring Officer",
        "Refer it to the Monitoring Officer",
        Referring,
        "The referral is recorded",
        "A complaint that a member broke the Code of Conduct is for the principal authority’s Monitoring Officer "
        "(Localism Act 2011, section 28). A parish may not investigate it formally, uphold it or impose a sanction.",
    ),
    "refer-ombudsman": Step(
        "Refer it to the Ombudsman",
        "Refer it to the Ombudsman",
        Referring,
        "The referral is recorded",
        "A complaint that a member broke the Code of Conduct is for the Public Services Ombudsman for Wales. A council "
        "may not investigate it formally, uphold it or impose a sanction.",
    ),
    "outside-outcome": Step(
        "What the outside body decided", "Record what was decided", Found, "The outside decision is recorded"
    ),
    "investigate": Step(
        "Appoint an investigator",
        "Start the Disciplinary Procedure",
        Appointing,
        "The investigator is recorded",
        "The investigator finds out what happened and decides nothing. Whoever hears the case later must be somebody "
        "else.",
    ),
    "no-case": Step(
        "No case to answer", "Record that there is no case", Described, "It is recorded that there is no case"
    ),
    "hear": Step("Appoint who hears it", "Go on to a hearing", Appointing, "The hearing is recorded"),
    "hearing-outcome": Step("The outcome of the hearing", "Record the outcome", Found, "The outcome is recorded"),
    "appeal": Step("Appoint who hears the appeal", "Record an appeal", Appointing, "The appeal is recorded"),
    "no-appeal": Step(
        "No appeal", "Record that there is no appeal", Described, "It is recorded that there is no appeal"
    ),
    "appeal-outcome": Step("The outcome of the appeal", "Record the outcome", Found, "The outcome is recorded"),
    "letter": Step(
        "Outcome letter",
        "Write the outcome letter",
        Letter,
        "The letter is written",
        "The reporter reads it on the follow-up page, and has a mail that there is news if they gave an address.",
    ),
    "close": Step(
        "Close the case",
        "Close the case",
        Pressing,
        "The case is closed",
        "It leaves your desk, and is kept. It can be opened again, and the reporter can still write.",
    ),
    "close-unanswered": Step(
        "Close the case without a letter",
        "Close without a letter",
        Pressing,
        "The case is closed",
        "The reporter gave no address and has not come back. A letter would still wait for them on the follow-up page.",
    ),
    "reopen": Step("Open the case again", "Open it again", Reasoned, "The case is open again"),
    "tell": Step(
        "Write to the reporter",
        "Write to the reporter",
        Telling,
        "The message is sent",
        "The reporter reads this on the follow-up page, and can answer there.",
        group=WRITE,
    ),
    "note": Step("Add an internal note", "Add a note", Noting, "The note is added", group=WRITE),
    "people": Step(
        "Whom it is about, and who saw it",
        "Say whom it is about, and who saw it",
        People,
        "The people are recorded",
        "Tick whoever was found. They are kept from the case from then on, for good.",
        "If you tick yourself, or somebody who handles this case with you, it leaves your hands at once.",
        FACTS,
    ),
    "classify": Step(
        "Categories and clauses", "Record categories and clauses", Classifying, "That is recorded", group=FACTS
    ),
    "observe": Step(
        "Record something you looked at",
        "Record something you looked at",
        Observing,
        "The observation is recorded",
        "Only what is open to you anyway: nothing here looks at anybody’s account by itself.",
        group=FACTS,
    ),
    "link-check": Step(
        "Link the check request",
        "Link a check request",
        Linking,
        "The check request is linked",
        "If the post was checked before it was made.",
        "Whoever decided on that request, or asked for it, is kept from the case from then on. If that is you, it "
        "leaves your hands at once.",
        FACTS,
    ),
    "hand-over": Step(
        "Hand-over to the police",
        "Record a hand-over to the police",
        HandingOver,
        "The hand-over is recorded",
        group=OUT,
    ),
    "disclose": Step("Record a disclosure", "Record a disclosure", Disclosing, "The disclosure is recorded", group=OUT),
    **{
        f"let-in-{kind}": Step(
            title,
            offer,
            LettingIn,
            "The access is given. The link and the code go out in two mails",
            "They get a link, and a code in another mail. Each time they look, that is written down. You can end it at "
            "any time.",
            group=OUT,
        )
        for kind, title, offer in (
            ("witness", "Give a witness access", "Give a witness access to something"),
            ("investigator", "Give the investigator access", "Give the investigator access"),
            ("panel", "Give whoever hears it access", "Give whoever hears the case or the appeal access"),
        )
    },
    "take-pack": Step(
        "Referral pack",
        "Make a referral pack",
        Packing,
        "The pack is made",
        "One ZIP file: a document to read and print, the evidence, the whole log, and a list of SHA-256 sums by which "
        "anybody can check that nothing was changed. Each time it is made is written down.",
        "It holds everything that is known of the case, internal notes included. Send it only by a safe way.",
        OUT,
    ),
    "end-access": Step(
        "End somebody’s access", "End somebody’s access", EndingAccess, "The access has ended", group=OUT
    ),
}
"""Action → its page. A move without one here is made elsewhere."""


def blank(action: str, fields: forms.Fields | None, **saved: Any) -> Acting:
    """The form of a move: as it was sent, or with what is known put in."""
    return STEPS[action].form(fields, **({} if fields is not None else saved))
