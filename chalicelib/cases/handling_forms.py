"""What a handler fills in: a form for each kind of move (steps.py says which move has which)."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import wtforms
from wtforms.validators import StopValidation

from chalicelib.cases import rules
from chalicelib.forms import Form, choices, email, kept, required, stripped, text
from chalicelib.policy.topics import BREACHES

GRAVE = {
    name: BREACHES[name]
    for name in ("pornographic", "defamatory", "offensive", "confidential", "liability", "copyright-or-privacy")
}
"""The grave categories → how each is written."""

LONGEST, LONGEST_LINE, MOST_PEOPLE = 10_000, 300, 12
DAYS = {"7": "7 days", "14": "14 days", "30": "30 days"}


class Acting(Form):
    """A form that makes one move, once: `id` is made with the page."""

    id = wtforms.HiddenField("", [text(64, "The form’s number")], filters=[stripped])

    def given(self) -> dict[str, Any]:
        """What the move gets."""
        return {field.name: field.data for field in self if field.name != "id"}


def _area(label: str, missing: str = "", hint: str = "", **more: Any) -> Any:
    checks = [*([required(missing)] if missing else []), text(LONGEST, label, lines=True)]
    return wtforms.TextAreaField(label, checks, description=hint, filters=[kept], **more)


def _line(label: str, missing: str = "", hint: str = "", **more: Any) -> Any:
    checks = [*([required(missing)] if missing else []), text(LONGEST_LINE, label)]
    return wtforms.StringField(label, checks, description=hint, filters=[stripped], **more)


def _one(label: str, offered: Mapping[str, str], missing: str, hint: str = "") -> Any:
    return wtforms.RadioField(label, [required(missing)], choices=choices(offered), description=hint)


def _some(label: str, offered: Mapping[str, str], hint: str = "") -> Any:
    return wtforms.SelectMultipleField(label, choices=choices(offered), description=hint)


def _people_lines(form: wtforms.Form, field: wtforms.Field) -> None:
    """`name, e-mail` on each line; the address may be left out."""
    lines = [line.strip() for line in (field.data or "").split("\n") if line.strip()]
    if len(lines) > MOST_PEOPLE:
        raise StopValidation(f"Name {MOST_PEOPLE} people at the most")
    for line in lines:
        name, _, address = line.partition(",")
        if not name.strip() or len(line) > LONGEST_LINE:
            raise StopValidation("Begin each line with a name, and keep it short")
        if address.strip():
            wrong = f"“{address.strip()[:60]}” is not an e-mail address. Write each line as: name, e-mail address"
            email(wrong)(form, cast(wtforms.Field, SimpleNamespace(data=address.strip())))


def _names(label: str, hint: str, missing: str = "") -> Any:
    checks = [*([required(missing)] if missing else []), text(3_000, label, lines=True), _people_lines]
    return wtforms.TextAreaField(label, checks, description=hint, filters=[kept], render_kw={"rows": 3})


class Telling(Acting):
    """Words for the reporter."""

    tell = _area("What do you want to tell the reporter?", "Write what you want to tell the reporter")


class Letter(Acting):
    """The outcome letter."""

    tell = _area("The letter", "Write the letter", "Say what was decided and why, as far as the reporter may know it")


class Noting(Acting):
    """An internal note."""

    text = _area("Note", "Write the note", "The reporter never sees it. It cannot be changed or taken out afterwards")


class Reasoned(Acting):
    """A move with its reason."""

    reason = _area("Why?", "Say why")


class Answered(Acting):
    """An end without formal steps: the reporter is given the reason."""

    reason = _area("Why?", "Give the reason", "The reporter is given this reason, in these words")

    def given(self) -> dict[str, Any]:
        """The reason is what the reporter is told."""
        return {"reason": self.reason.data, "tell": self.reason.data}


class Described(Acting):
    """A move with what was done or agreed."""

    reason = _area("What was agreed or decided?", "Say what was agreed or decided")


class Found(Acting):
    """What an outside body or a hearing found."""

    finding = _one("What was found?", rules.FINDINGS, "Choose what was found")
    reason = _area("In what words, and with what consequence?", "Say what was decided, and by whom")


class Referring(Acting):
    """A referral outside the Council."""

    to = _line("To whom?", "Say to whom it is referred")
    reference = _line("Their reference, if you have it")
    reason = _area("Why, and what did you send?", "Say why it is referred, and what you sent")


class Appointing(Acting):
    """Who investigates, hears, or hears the appeal."""

    persons = _names(
        "Who?",
        "One on each line: name, e-mail address. Nobody may have two of these parts, and nobody whom it concerns any",
        "Name at least one person",
    )
    reason = _area("What are they asked to do?", "Say what they are asked to do")


class People(Acting):
    """Whom a case is about, and who saw it."""

    subjects = _some("Whom is it about?", {})
    subject_names = _names("Somebody who is not on the register", "One on each line: name, e-mail address if known")
    witnesses = _some("Who saw or heard it?", {})
    witness_names = _names("Witnesses who are not on the register", "One on each line: name, e-mail address if known")
    track = wtforms.RadioField("Which procedure applies?", choices=choices({**rules.TRACKS, "": "Not known yet"}))

    def offer(self, people: Mapping[str, str]) -> None:
        """Offer these: id → name."""
        self.subjects.choices = self.witnesses.choices = choices(people)


class Classifying(Acting):
    """The grave categories and the clauses."""

    grave = _some("Grave categories", GRAVE, "Tick those that apply, or none")
    clauses = _some("Clauses of the policy", {}, "Tick the clauses that this case is about")


class Observing(Acting):
    """Something looked at, by hand."""

    url = _line("Where?", "Give the address of the page, or say where it was", "The address of the page")
    seen = _line("When did you look?", "Say when you looked", "For example: 23 November 2026, 9:30am")
    reason = _area("Why did you look?", "Say why you looked")
    text = _area("What was there?", "Say what was there", "The exact words, if you can copy them")


class Linking(Acting):
    """The check request of the post."""

    reference = _line("Reference of the check request", "Enter the reference", "For example 7F3K-9QXM")


class HandingOver(Acting):
    """What the police were given."""

    who = _line("To whom?", "Say to whom", "The force, the officer’s name and number, and how you know who they are")
    basis = _area(
        "Lawful basis",
        "Give the lawful basis",
        "Disclosure to the police is allowed, not required: name the "
        "condition, such as prevention or detection of crime (Data Protection Act 2018, Schedule 2, paragraph 2)",
    )
    necessity = _area("Why is it necessary?", "Say why it is necessary, and why less would not do")
    what = _area("Exactly what was handed over?", "List exactly what was handed over")
    when = _line("When?", "Say when")


class Disclosing(Acting):
    """Something that was shown or given to somebody."""

    who = _line("To whom?", "Say to whom")
    what = _area("What?", "Say what they were shown or given")
    reason = _area("Why?", "Say why")
    when = _line("When?", "Say when")


class Pressing(Acting):
    """Nothing but its button."""


class LettingIn(Acting):
    """Access for somebody to named items."""

    name = _line("Their name", "Enter their name")
    email = wtforms.StringField(
        "Their e-mail address",
        [required("Enter their e-mail address"), text(254, "The address"), email("Enter an e-mail address")],
        filters=[stripped],
    )
    items = _some(
        "What may they see?",
        {},
        "They see what you tick, and nothing else of the case. A file goes out exactly as it came: a photograph may "
        "tell where it was taken and by whose phone",
    )
    days = _one("For how long?", DAYS, "Choose for how long")
    reason = _area("Why do they need to see it?", "Say why they need to see it")


class EndingAccess(Acting):
    """The end of somebody's access."""

    guest = _one("Whose access ends?", {}, "Choose whose access ends")
    reason = _area("Why?", "Say why")


class Packing(Acting):
    """A referral pack, and for whom."""

    who = _line("To whom does it go?", "Say to whom it goes", "For example the Monitoring Officer")
    reason = _area("Why do they get it?", "Say why they get it")
    remedy = _area("What is asked of them?", "", "What the reporter or the Council would like to come of it")
    named = _one(
        "Do they learn who reported it?",
        {"yes": "Yes, with what the reporter gave of themselves", "no": "No, that is left out"},
        "Choose whether they learn who reported it",
        "Leave it out if the reporter asked for confidentiality, and they can do without it. What was written in the "
        "report, messages and notes stays as it is, and so do the files, which may tell who made them: look for names "
        "first",
    )


class Entering(Form):
    """The code of somebody who was let in."""

    code = wtforms.StringField(
        "Code",
        [required("Enter the code from the other message"), text(100, "The code")],
        description="For example 7F3K-9QXM-2BCD-W4TZ",
        filters=[stripped],
        render_kw={"autocomplete": "one-time-code", "spellcheck": False, "autocapitalize": "characters"},
    )
