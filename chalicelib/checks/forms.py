"""The questions of a check request, one form a page, and all of them together as they are sent in the end."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from chalicelib import forms
from chalicelib.checks import words
from chalicelib.checks.rules import matches
from chalicelib.forms import DateParts, Fields, Form, kept, required, stripped
from chalicelib.policy.rules import Version, citable
from chalicelib.register.rules import Person

LONGEST = 10_000


class InWhoseName(Form):
    """In whose name the post would be."""

    in_name_of = wtforms.RadioField(
        "In whose name would you post?",
        choices=forms.choices(words.IN_NAME_OF),
        validate_choice=False,
        validators=[required("Choose in whose name you would post")],
        render_kw={"hints": {"own": "A post of your own that touches on the Council’s business"}},
    )

    def validate_in_name_of(self, field: wtforms.Field) -> None:
        """Only the two that are offered."""
        _offered(field, words.IN_NAME_OF)


class Where(Form):
    """On which platform and account."""

    platform = wtforms.RadioField(
        "Platform",
        choices=forms.choices(words.PLATFORMS),
        validate_choice=False,
        validators=[required("Choose where you would post it")],
    )
    account = wtforms.StringField(
        "Which account, page or group?",
        description="For example: the Council’s page, or a village group. You can leave this empty",
        filters=[stripped],
        validators=[forms.text(200, "The account")],
        render_kw={"autocomplete": "off", "spellcheck": False},
    )

    def validate_platform(self, field: wtforms.Field) -> None:
        """Only those that are offered."""
        _offered(field, words.PLATFORMS)


class What(Form):
    """The draft, or a question without one."""

    text = wtforms.TextAreaField(
        "The text you want to post",
        description="Exactly as you would post it. Leave it empty if you only have a question",
        filters=[kept],
        validators=[forms.text(LONGEST, "The text", lines=True)],
        render_kw={"rows": 10, "spellcheck": True},
    )
    question = wtforms.TextAreaField(
        "Your question",
        description="For example: “May I say what was discussed about the car park?” You can leave this empty",
        filters=[kept],
        validators=[forms.text(2000, "Your question", lines=True)],
        render_kw={"rows": 4, "spellcheck": True},
    )

    def validate_question(self, field: wtforms.Field) -> None:
        """One of the two there must be."""
        if not self.text.errors and not (field.data.strip() or (self.text.data or "").strip()):
            raise StopValidation("Write the text you want to post, or a question")


class Links(Form):
    """Links that the post would hold."""

    links = wtforms.TextAreaField(
        "Links you would share with it",
        description="One on each line. Leave it empty if there are none, or if they stand in the text",
        filters=[lambda value: "\n".join(line.strip() for line in (value or "").split("\n") if line.strip())],
        validators=[forms.text(2000, "The links", lines=True)],
        render_kw={"rows": 3, "spellcheck": False, "autocapitalize": "none"},
    )


class Pictures(Form):
    """Pictures that the post would show, and whose they are."""

    has_pictures = wtforms.RadioField(
        "Would you post pictures with it?",
        choices=forms.choices(words.PICTURES),
        default="no",
        filters=[lambda value: value or "no"],
        validate_choice=False,
    )
    picture_owner = wtforms.StringField(
        "If so, whose pictures are they?",
        description="For example: I took them myself; Jo Marsh took them",
        filters=[stripped],
        validators=[forms.text(200, "Whose pictures they are")],
        render_kw={"autocomplete": "off"},
    )
    picture_consent = wtforms.RadioField(
        "Have those whose pictures they are, and those in them, agreed?",
        choices=forms.choices(words.CONSENT),
        filters=[kept],
        validate_choice=False,
    )

    def validate_has_pictures(self, field: wtforms.Field) -> None:
        """Only the two that are offered."""
        _offered(field, words.PICTURES)

    def validate_picture_owner(self, field: wtforms.Field) -> None:
        """Needed where there are pictures."""
        if self.has_pictures.data == "yes" and not field.data:
            raise StopValidation("Say whose pictures they are")

    def validate_picture_consent(self, field: wtforms.Field) -> None:
        """Needed where there are pictures."""
        if self.has_pictures.data == "yes" and not field.data:
            raise StopValidation("Say whether they have agreed")
        if field.data:
            _offered(field, words.CONSENT)


class People(Form):
    """Who is named, and whether they agree."""

    named = wtforms.SelectMultipleField(
        "Is anybody on the Council, or who works for it, named or meant?",
        description="Tick everybody who is. Somebody who is named never decides about the post",
        choices=[],
        validate_choice=False,
        option_widget=wtforms.widgets.CheckboxInput(),
        widget=wtforms.widgets.ListWidget(prefix_label=False),
    )
    others = wtforms.StringField(
        "Anybody else who is named or can be recognised",
        description="You can leave this empty",
        filters=[stripped],
        validators=[forms.text(500, "Who else is named")],
        render_kw={"autocomplete": "off"},
    )
    agreed = wtforms.RadioField(
        "Do they agree to it?",
        description="Only if you have named anybody",
        choices=forms.choices(words.AGREED),
        filters=[kept],
        validate_choice=False,
    )

    ask_named = wtforms.RadioField(
        "Shall we ask those you have ticked, by e-mail, whether they agree?",
        description="They see the text. The officer does not have to wait for their answer",
        choices=forms.choices(words.ASK_NAMED),
        default="no",
        filters=[lambda value: value or "no"],
        validate_choice=False,
    )

    def offer(self, people: Iterable[Person]) -> None:
        """Whom the form offers to tick."""
        self.offered = {person.id: person.styled for person in people}
        self.named.choices = forms.choices(self.offered)

    def validate_named(self, field: wtforms.Field) -> None:
        """Only those on the register."""
        if not set(field.data or ()) <= set(self.offered):
            raise StopValidation("Choose only people from the list")

    def validate_ask_named(self, field: wtforms.Field) -> None:
        """Only the two that are offered."""
        _offered(field, words.ASK_NAMED)

    def validate_agreed(self, field: wtforms.Field) -> None:
        """Needed where anybody is named."""
        if (self.named.data or self.others.data) and not field.data:
            raise StopValidation("Say whether those who are named agree")
        if field.data:
            _offered(field, words.AGREED)


class When(Form):
    """When, what about, and whom."""

    when = DateParts(
        "When would you like to post it?",
        description="For example, 27 3 2027. Leave it empty if it does not matter",
    )
    unsure = wtforms.TextAreaField(
        "What are you unsure about?",
        description="You can leave this empty",
        filters=[kept],
        validators=[forms.text(2000, "What you are unsure about", lines=True)],
        render_kw={"rows": 3, "spellcheck": True},
    )
    ask = wtforms.RadioField(
        "Whom would you rather ask?",
        choices=forms.choices(words.ASK),
        default="either",
        filters=[lambda value: value or "either"],
        validate_choice=False,
    )

    def validate_ask(self, field: wtforms.Field) -> None:
        """Only those that are offered."""
        _offered(field, words.ASK)


STEPS: dict[str, type[Form]] = {
    "name": InWhoseName,
    "where": Where,
    "what": What,
    "links": Links,
    "pictures": Pictures,
    "people": People,
    "when": When,
}
"""The pages of the form, in order."""


class Whole(InWhoseName, Where, What, Links, Pictures, People, When):
    """Everything at once, as the last page (or a script) sends it."""

    reference = wtforms.HiddenField(filters=[kept])
    version = wtforms.HiddenField(filters=[kept])
    keep = wtforms.SelectMultipleField(choices=[], validate_choice=False)

    def answers(self, pictures: list[dict[str, Any]]) -> dict[str, Any]:
        """What is put into the record. A text is kept to the letter."""
        has = self.has_pictures.data == "yes"
        return {
            "in_name_of": self.in_name_of.data,
            "platform": self.platform.data,
            "account": self.account.data,
            "text": self.text.data if (self.text.data or "").strip() else "",
            "question": self.question.data if (self.question.data or "").strip() else "",
            "links": self.links.data,
            "has_pictures": self.has_pictures.data,
            "picture_owner": self.picture_owner.data if has else "",
            "picture_consent": self.picture_consent.data if has else "",
            "pictures": pictures if has else [],
            "named": sorted(set(self.named.data or ())),
            "others": self.others.data,
            "agreed": self.agreed.data if self.named.data or self.others.data else "",
            "ask_named": self.ask_named.data if self.named.data else "no",
            "when": self.when.data.isoformat() if self.when.data else "",
            "unsure": self.unsure.data,
            "ask": self.ask.data,
        }


def step_of(field: str) -> str:
    """The page on which a field stands."""
    return next((name for name, form in STEPS.items() if field in form().data), next(iter(STEPS)))


def saved(form: Form) -> dict[str, Any]:
    """A form's answers as a draft keeps them: JSON-shaped, and fields again by `forms.of_mapping`."""
    return {
        field.name: field.data.isoformat() if isinstance(field.data, date) else (field.data or "") for field in form
    }


def as_fields(answers: Mapping[str, Any]) -> Fields:
    """A record's answers as the fields of the form, to change them and ask again."""
    return Fields(
        {
            name: [*value] if isinstance(value, list) else [value]
            for name, value in answers.items()
            if value and name != "pictures"
        }
    )


class Decision(Form):
    """An officer's decision. `shown` is the digest of what the page showed."""

    decision = wtforms.RadioField(
        "Your decision", choices=[], validate_choice=False, validators=[required("Choose a decision")]
    )
    text = wtforms.TextAreaField(
        "The text with your edits",
        description="Change it only if you choose “Approve with my edits”",
        filters=[kept],
        validators=[forms.text(LONGEST, "The text", lines=True)],
        render_kw={"rows": 10, "spellcheck": True},
    )
    reason = wtforms.TextAreaField(
        "Your reason",
        filters=[kept],
        validators=[forms.text(2000, "Your reason", lines=True)],
        render_kw={"rows": 4, "spellcheck": True},
    )
    clauses = wtforms.SelectMultipleField(
        "The clauses it rests on",
        description="You can leave this empty",
        choices=[],
        validate_choice=False,
        option_widget=wtforms.widgets.CheckboxInput(),
        widget=wtforms.widgets.ListWidget(prefix_label=False),
    )
    shown = wtforms.HiddenField(filters=[kept])
    policy = wtforms.HiddenField(filters=[kept])

    def about(self, answers: Mapping[str, Any], policy: Version) -> None:
        """Fit the form to a request: a question without a draft has nothing to edit, and its answer is the reason; and
        to the version of the policy whose clauses it may rest on."""
        self.in_force, self.citable = policy.number, citable(policy.clauses)
        self.clauses.choices = forms.choices(self.citable)
        self.asked = answers["text"]
        if self.asked:
            labels = {
                "approve": "Approve",
                "approve-with-edits": "Approve with my edits",
                "ask-for-changes": "Ask for changes",
                "reject": "Reject",
            }
            self.reason.description = "Needed for everything but a plain “Approve”. The person who asks reads it"
        else:
            labels = {
                "approve": "Yes: no objection",
                "ask-for-changes": "Ask for a draft, or to know more",
                "reject": "No",
            }
            self.reason.label.text = "Your answer"
            self.reason.description = "The person who asks reads it"
        self.offered = labels
        self.decision.choices = forms.choices(labels)

    def validate_decision(self, field: wtforms.Field) -> None:
        """Only those that are offered."""
        _offered(field, self.offered)

    def validate_text(self, field: wtforms.Field) -> None:
        """Edits go with the decision that approves them, and with no other."""
        if field.errors or not self.asked:
            return
        changed = bool(field.data.strip()) and not matches(self.asked, field.data)
        if self.decision.data == "approve-with-edits" and not changed:
            raise StopValidation("Change the text, or choose “Approve”")
        if self.decision.data != "approve-with-edits" and changed:
            raise StopValidation("You have changed the text. Choose “Approve with my edits”, or undo the change")

    def validate_reason(self, field: wtforms.Field) -> None:
        """Everything but a plain approval of a text needs one."""
        plain = self.asked and self.decision.data == "approve"
        if not field.errors and not plain and not field.data.strip():
            raise StopValidation("Give a reason" if self.asked else "Write your answer")

    def validate_clauses(self, field: wtforms.Field) -> None:
        """Only those that there are, of the version that the page showed."""
        if field.data and self.policy.data not in ("", str(self.in_force)):
            self.policy.data = str(self.in_force)
            raise StopValidation(
                "The Council’s policy has changed meanwhile. Look whether these clauses are still right"
            )
        if not set(field.data or ()) <= set(self.citable):
            raise StopValidation("Choose only clauses from the list")

    def given(self) -> dict[str, Any]:
        """What is decided."""
        return {
            "decision": self.decision.data,
            "text": self.text.data,
            "reason": (self.reason.data or "").strip(),
            "clauses": [clause for clause in self.citable if clause in (self.clauses.data or ())],
            "cited": [label for clause, label in self.citable.items() if clause in (self.clauses.data or ())],
            "policy": self.in_force,
            "shown": self.shown.data,
        }


class Agreement(Form):
    """What somebody who is named says to it."""

    answer = wtforms.RadioField(
        "Do you agree to it?",
        choices=forms.choices({"agree": "Yes, I agree", "decline": "No, I do not agree"}),
        validate_choice=False,
        validators=[required("Say whether you agree")],
    )
    reason = wtforms.TextAreaField(
        "Anything you want to add",
        description="You can leave this empty. The person who asks and the officers read it",
        filters=[kept],
        validators=[forms.text(500, "What you add", lines=True)],
        render_kw={"rows": 3, "spellcheck": True},
    )

    def validate_answer(self, field: wtforms.Field) -> None:
        """Only the two that are offered."""
        _offered(field, {"agree": "", "decline": ""})


class Posted(Form):
    """Where it was posted, and what."""

    where = wtforms.StringField(
        "Where did you post it?",
        description="The address of the post, or the name of the page or group",
        filters=[stripped],
        validators=[required("Say where you posted it"), forms.text(500, "Where you posted it")],
        render_kw={"autocomplete": "off", "spellcheck": False},
    )
    text = wtforms.TextAreaField(
        "What did you post?",
        description="Copy it from the post, as it stands there now",
        filters=[kept],
        validators=[required("Paste what you posted"), forms.text(LONGEST, "What you posted", lines=True)],
        render_kw={"rows": 8, "spellcheck": False},
    )


def _offered(field: wtforms.Field, choices: Mapping[str, str]) -> None:
    if field.data and field.data not in choices:
        raise StopValidation("Choose one of the answers on the page")
