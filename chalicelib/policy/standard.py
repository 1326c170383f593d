"""A social media policy worded by the project itself: what decisions cite while a council has adopted none; pure.

It covers what councils' own policies ask of their members and employees. A council may begin its first draft from it.
The ids never change, since old decisions name them.
"""

from chalicelib.policy.rules import BULLET, Clause, Version, labels

TITLE = "Social media policy"


def _says(id: str, text: str, kind: str, *topics: str, heading: str = "") -> Clause:
    return Clause(id, "", heading, text, kind, False, topics)


def _item(id: str, text: str, kind: str, *topics: str) -> Clause:
    return Clause(id, BULLET, "", text, kind, False, topics)


def _grave(id: str, text: str, *topics: str) -> Clause:
    return Clause(id, BULLET, "", text, "rule", True, topics)


def _heading(id: str, heading: str) -> Clause:
    return Clause(id, "", heading, "", "text")


CLAUSES_IN_FULL = (
    _says(
        "purpose",
        "Social media help the Council to hear people and to be heard. This policy helps councillors, the Clerk and "
        "the "
        "Council’s other staff to decide what to post: on networks, forums, message boards, blogs and in groups.",
        "text",
        heading="What this policy is for",
    ),
    _says(
        "scope",
        "It says what standard the Council expects, when posts may be looked at, and what follows when the standard is "
        "not met.",
        "text",
    ),
    _says(
        "comply",
        "Everybody on the Council, and everybody who works for it, is expected to keep to this policy at all times, so "
        "that people’s privacy, what was said in confidence and the Council’s good standing are safe.",
        "duty",
    ),
    _says(
        "consequences",
        "If the Clerk or another employee breaks this policy, the Council’s Disciplinary Procedure applies; a serious "
        "case may be gross misconduct, which can end the employment at once. If a councillor breaks it, the Code of "
        "Conduct applies.",
        "procedure",
    ),
    _heading("who-does-what", "Who does what"),
    _item("council-answers", "The Council as a whole answers for this policy and for how it works.", "duty"),
    _item(
        "clerk-watches",
        "The Clerk is responsible for watching how the policy works, and for proposing changes that keep the risks "
        "small.",
        "duty",
    ),
    _item(
        "read-it", "Every councillor and employee must read this policy and be sure that they understand it.", "duty"
    ),
    _item(
        "report-breaches",
        "Whoever sees a breach of this policy should report it to the Clerk or to the Chair.",
        "duty",
    ),
    _heading("speaking-for-the-council", "Speaking for the Council"),
    _item(
        "in-the-councils-name",
        "Post in the Council’s name only what the Council has given its name to. The Clerk and councillors may do so "
        "within the rules below.",
        "rule",
        "impersonation",
    ),
    _item(
        "check-first",
        "If you are unsure whether you may post something, have it checked before you post it. The Clerk or the Chair "
        "will answer you; until then, do not post.",
        "rule",
    ),
    _says(
        "worth-it",
        "What is said online shapes what people think of the Council and its services, and it is good when councillors "
        "join in and help a conversation along.",
        "text",
        heading="Before you start",
    ),
    _says(
        "sign-first",
        "You must have read and understood this policy before you write online about anything that may touch the "
        "Council’s interests.",
        "duty",
    ),
    _heading("rules", "The rules"),
    _item(
        "no-abuse",
        "Post or pass on nothing abusive, obscene, discriminatory, harassing, derogatory or defamatory. That goes for "
        "links as well.",
        "rule",
        "abusive",
        "accusation",
        "harassment",
        "defamatory",
        "offensive",
    ),
    _item(
        "tell-somebody",
        "If something that a colleague has put online harasses, bullies or offends you, tell the Clerk or the Chair.",
        "duty",
        "harassment",
    ),
    _item(
        "confidentiality",
        "Give away nothing confidential, commercially sensitive or private. If you cannot tell whether it is, ask the "
        "Clerk or the Chair first.",
        "rule",
        "confidential",
    ),
    _item(
        "others-content",
        "Use other people’s words and pictures only with their consent.",
        "rule",
        "third-party-content",
        "copyright-or-privacy",
    ),
    _item(
        "links",
        "Link to another website only if its terms allow it and what it holds is fit to share.",
        "rule",
        "link",
    ),
    _item("platform-terms", "Know the platform’s own terms, and keep to them.", "rule", "platform-terms"),
    _item(
        "honesty",
        "Be honest and open, and think of how it makes the Council look.",
        "rule",
        "accusation",
        "dishonesty",
    ),
    _item("personal-responsibility", "You answer yourself for what you publish.", "rule"),
    _item(
        "lower-the-heat",
        "Cool a quarrel down: be courteous, and answer with facts. Put right what is wrong without making it worse.",
        "rule",
        "heated",
    ),
    _item("colleagues", "Say nothing about colleagues unless they have agreed to it.", "rule", "colleague"),
    _item(
        "privacy",
        "Respect other people’s privacy, and keep away from what inflames, such as politics and religion.",
        "rule",
        "heated",
        "copyright-or-privacy",
    ),
    _item(
        "politics",
        "Politics belong on your own accounts, never in the Council’s name. There you may argue for a party and ask "
        "for "
        "votes; on behalf of the Council you may not.",
        "rule",
        "political",
        "pre-election",
    ),
    _item(
        "contact-details",
        "Do not publish anybody else’s contact details, and be careful with your own: more people will see them than "
        "you think.",
        "rule",
        "contact-details",
    ),
    _says(
        "monitoring",
        "What councillors and employees do on social media may be monitored, whether or not they do it for the "
        "Council. "
        "Where a breach is found, the Disciplinary Procedure or the Code of Conduct may be used.",
        "procedure",
        heading="When posts are looked at",
    ),
    _says(
        "grave-matters",
        "Some things can be a crime, or can bring a claim against you and the Council. To post, pass on or link to any "
        "of the following, in a public or a private capacity, will as a rule be gross misconduct or a serious breach "
        "of "
        "the Code of Conduct. The list is not complete:",
        "procedure",
    ),
    _grave("grave-pornographic", "anything pornographic;", "pornographic"),
    _grave("grave-defamatory", "what is false and harms somebody’s name;", "accusation", "defamatory"),
    _grave(
        "grave-offensive",
        "what is offensive, obscene, criminal, discriminatory or derogatory, or may embarrass the Council, its members "
        "or its staff;",
        "abusive",
        "offensive",
    ),
    _grave("grave-confidential", "what is confidential, about the Council or anybody else;", "confidential"),
    _grave("grave-liability", "any statement for which you or the Council may be made to answer in law;", "liability"),
    _grave(
        "grave-copyright-or-privacy",
        "what infringes copyright or other rights of that kind, or intrudes on somebody’s privacy.",
        "third-party-content",
        "copyright-or-privacy",
    ),
    _says(
        "investigation",
        "Such a case is dealt with under the Disciplinary Procedure or the Code of Conduct. The Council may have it "
        "investigated in detail; records of monitoring may then be examined, and shown to those who are named to "
        "investigate and to the witnesses and managers concerned.",
        "procedure",
    ),
    _says(
        "police", "Where it is necessary, they may be handed to the police for a criminal investigation.", "procedure"
    ),
    _says(
        "yearly-review",
        "The Council reviews this policy every year, so that it meets the law and reflects best practice.",
        "duty",
        heading="Keeping it up to date",
    ),
)

VERSION = Version(0, TITLE, CLAUSES_IN_FULL)
"""The project's own wording as a version."""

CLAUSES = labels(CLAUSES_IN_FULL)
"""Clause id → the line by which it is known."""
