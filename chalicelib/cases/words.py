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
        ("About the Clerk or an employee", "the Council as a whole: write to its members at a meeting’s public time"),
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
