"""The questions of a check request, one form a page."""

import re
from collections.abc import Iterable
from datetime import date

import wtforms
from wtforms.validators import StopValidation

from chalicelib import forms
from chalicelib.checks import words
from chalicelib.checks.forms import LONGEST, offered
from chalicelib.forms import DateParts, Form, kept, required, stripped
from chalicelib.register.rules import Person

_LINK = re.compile(r"(?:https?://)?(?:[^\s/?#:@.]+\.)+[^\W\d_][^\s/?#:@.]+\.?(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
"""A web address: with http:// or https:// before it or not, a name with a dot in it, and what follows."""


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
        offered(field, words.IN_NAME_OF)


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
        description="For example: the Council’s page, or a village group. You can leave this empty, unless you chose "
        "“Somewhere else”: then say where",
        filters=[stripped],
        validators=[forms.text(200, "The account")],
        render_kw={"autocomplete": "off", "spellcheck": False},
    )

    def validate_platform(self, field: wtforms.Field) -> None:
        """Only those that are offered."""
        offered(field, words.PLATFORMS)

    def validate_account(self, field: wtforms.Field) -> None:
        """Needed where the list does not say it."""
        if self.platform.data == "other" and not field.data:
            raise StopValidation("You chose “Somewhere else”: say where you would post it")


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

    def validate_links(self, field: wtforms.Field) -> None:
        """Each must look like an address that a browser opens."""
        lines = [] if field.errors else [line for line in field.data.split("\n") if line]
        wrong = [line for line in lines if not _LINK.fullmatch(line)]
        if wrong:
            shown = ", ".join(f"“{line if len(line) <= 60 else line[:59] + '…'}”" for line in wrong[:3])
            more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
            what = "does not look like a link" if len(wrong) == 1 else "do not look like links"
            raise StopValidation(f"{shown}{more} {what}. Write each on a line of its own, like www.example.org/page")


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
        offered(field, words.PICTURES)

    def validate_picture_owner(self, field: wtforms.Field) -> None:
        """Needed where there are pictures."""
        if self.has_pictures.data == "yes" and not field.data:
            raise StopValidation("Say whose pictures they are")

    def validate_picture_consent(self, field: wtforms.Field) -> None:
        """Needed where there are pictures."""
        if self.has_pictures.data == "yes" and not field.data:
            raise StopValidation("Say whether they have agreed")
        if field.data:
            offered(field, words.CONSENT)


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
        offered(field, words.ASK_NAMED)

    def validate_agreed(self, field: wtforms.Field) -> None:
        """Needed where anybody is named."""
        if (self.named.data or self.others.data) and not field.data:
            raise StopValidation("Say whether those who are named agree")
        if field.data:
            offered(field, words.AGREED)


class When(Form):
    """When, what about, and whom. `today`: the first day that may be wanted; None: any."""

    today: date | None = None

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

    def validate_when(self, field: wtforms.Field) -> None:
        """Nothing is posted in the past."""
        if not field.errors and field.data and self.today and field.data < self.today:
            raise StopValidation("The day on which you would like to post it must be today or later")

    def validate_ask(self, field: wtforms.Field) -> None:
        """Only those that are offered."""
        offered(field, words.ASK)


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
