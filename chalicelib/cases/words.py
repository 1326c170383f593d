"""How a case's choices are written, in pages, mails and packs alike; pure."""

STATUS = {
    "received": "We have your report. Somebody who is not involved will look at it.",
    "triage": "Your report is being looked at, and what should happen is being decided.",
    "informal": "The Council is trying to resolve this informally.",
    "referred": "Your report has been passed to the body outside the Council that decides about councillors’ conduct.",
    "investigation": "Your report is being dealt with under the Council’s Disciplinary Procedure.",
    "hearing": "Your report is being dealt with under the Council’s Disciplinary Procedure.",
    "decided": "Your report is being dealt with under the Council’s Disciplinary Procedure.",
    "appeal": "Your report is being dealt with under the Council’s Disciplinary Procedure.",
    "concluded": "The Council has come to a conclusion, and is writing to you.",
    "answered": "The Council has come to a conclusion. Its letter to you is below.",
    "closed": "The Council has come to a conclusion, and your report is closed.",
}
"""State → what the reporter is told of it. Of an employee's procedure they hear no more than that there is one."""

SEALED = (
    "Nobody at the Council may deal with your report, because everybody who could is concerned in it. It is kept, and "
    "nobody at the Council can read it. You can take it to one of the bodies below."
)

OUTSIDE = {
    "england": (
        ("About a councillor", "the Monitoring Officer of the district, borough or unitary council of your area"),
        (
            "About the Clerk or an employee",
            "a councillor whom your report does not name: write to them alone, and ask that it be kept confidential",
        ),
        ("About how your personal data was used", "the Information Commissioner’s Office, ico.org.uk"),
        ("About money or the Council’s accounts", "the Council’s external auditor"),
        ("If you work for the Council", "Acas, 0300 123 1100, or your trade union"),
        ("About a crime", "the police: 101, or 999 in an emergency"),
    ),
    "wales": (
        ("About a councillor", "the Public Services Ombudsman for Wales, ombudsman.wales"),
        ("About the Clerk or an employee", "the Public Services Ombudsman for Wales, ombudsman.wales"),
        ("About how your personal data was used", "the Information Commissioner’s Office, ico.org.uk"),
        ("About money or the Council’s accounts", "Audit Wales, audit.wales"),
        ("If you work for the Council", "Acas, 0300 123 1100, or your trade union"),
        ("About a crime", "the police: 101, or 999 in an emergency"),
    ),
}
"""Jurisdiction → (what about, where to go outside the Council)."""

STAFF_LETTER = (
    "Your report has been dealt with under the Council’s Disciplinary Procedure, which has come to its end. What it "
    "came to is between the Council and its employee, so we may not tell you more. Thank you for having told us."
)
"""What the outcome letter begins with where an employee's procedure has ended (STAFF_OUTCOMES)."""
STAFF_OUTCOMES = frozenset({"no-case", "no-appeal", "appeal-outcome"})

PARTS = {"investigator": "Investigates", "hearing": "Hears the case", "appeal": "Hears the appeal"}
"""Part in the Disciplinary Procedure → how it is written."""

GUESTS = {"witness": "Witness", "investigator": "Investigator", "panel": "Member of the hearing or appeal"}
"""Kind of somebody who is let in → how it is written."""

TOLD = {
    "who": "To whom",
    "what": "What",
    "to": "Referred to",
    "reference": "Reference",
    "url": "Where",
    "seen": "Looked at",
    "when": "When",
    "basis": "Lawful basis",
    "necessity": "Why it was necessary",
    "reason": "Reason",
    "until": "Until",
    "sha256": "SHA-256",
    "named": "Says that it concerns as well",
}
"""What was given to a move, in the order in which it is told."""

ACTIONS = {
    "report": "Reported",
    "acknowledge": "Acknowledged",
    "no-further-action": "No further action",
    "resolve-informally": "To be resolved informally",
    "resolved": "Resolved informally",
    "refer-monitoring-officer": "Referred to the Monitoring Officer",
    "refer-ombudsman": "Referred to the Public Services Ombudsman for Wales",
    "outside-outcome": "Decided outside the Council",
    "investigate": "Disciplinary Procedure begun, investigator appointed",
    "no-case": "No case to answer",
    "hear": "Hearing arranged",
    "hearing-outcome": "Outcome of the hearing",
    "appeal": "Appeal made",
    "no-appeal": "No appeal was made",
    "appeal-outcome": "Outcome of the appeal",
    "letter": "Outcome letter to the reporter",
    "close": "Closed",
    "close-unanswered": "Closed without a letter",
    "reopen": "Opened again",
    "people": "Whom it is about, and who saw it",
    "observe": "Observation",
    "link-check": "Check request linked",
    "match-check": "Check request found by the address of the post",
    "classify": "Categories and clauses recorded",
    "say": "Message from the reporter",
    "tell": "Message to the reporter",
    "note": "Internal note",
    "add-evidence": "Evidence from the reporter",
    "hand-over": "Handed over to the police",
    "disclose": "Disclosed",
    "take-pack": "Pack fetched",
    "let-in-witness": "Witness given access",
    "let-in-investigator": "Investigator given access",
    "let-in-panel": "Member of the hearing or appeal given access",
    "end-access": "Access ended",
    "expire": "Access ended, its time being over",
    "view": "Looked at",
    "chase": "Handler reminded",
    "stand-in": "Stand-in asked",
    "pass-on": "Passed on, because the register has changed",
    "undeliverable": "Mail to the handler came back",
}
"""Action → how an entry is headed."""

MAILS = {
    "case-waiting": "Notice that a case waits",
    "case-received": "Confirmation to the reporter",
    "case-news": "Notice of news to the reporter",
    "case-access": "Link for access",
    "case-code": "Code for access",
}
"""Template → what the mail is."""

BECAME = {
    "due": "waiting to be sent",
    "sent": "sent",
    "delivered": "delivered",
    "bounced": "could not be delivered",
    "complained": "marked as unwanted",
    "superseded": "not sent, because it had lost its point",
}
"""Status of a mail → how it is written."""
