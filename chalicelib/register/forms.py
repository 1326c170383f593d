"""The register's forms.

Rules: a name, a title and an address stand in mail headers, so each is one line of what such a header can hold; the
roles are those of the rules, written in their order whatever order they came in.
"""

import re
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from chalicelib import forms
from chalicelib.record import Data
from chalicelib.register.rules import ROLES, Person
from chalicelib.register.workflow import FIELDS

ID = r"[a-z0-9]{1,32}"
"""What the id of a person on the register looks like."""


def plain_address(_form: wtforms.Form, field: wtforms.Field) -> None:
    """Only ASCII: not every mail server on the way to a councillor takes more."""
    if field.data and not field.data.isascii():
        raise StopValidation("The e-mail address must hold only letters from a to z, digits and ordinary signs")


class Hidden(wtforms.HiddenField):
    """A value that our own page put there: whoever changed it starts again. Its message is the whole form's, since
    there is no box beside which it could stand."""

    def __init__(self, pattern: str, **options: Any) -> None:
        super().__init__("", filters=[forms.stripped], **options)
        self.pattern = pattern

    def validate(self, form: wtforms.form.BaseForm, extra_validators: Any = ()) -> bool:
        """Whether it is there and looks as it should."""
        well = super().validate(form, extra_validators) and re.fullmatch(self.pattern, self.data or "") is not None
        if not well:
            form.form_errors.append("Something that belongs to this page is missing. Open it again and start anew")
        return well


def _reason() -> wtforms.StringField:
    return wtforms.StringField(
        "Why (optional)",
        [forms.text(200, "The reason")],
        filters=[forms.stripped],
        description="One line, kept in the register’s history for ever.",
    )


class Line(forms.Form):
    """What the register says of a person, but for the day they leave."""

    name = wtforms.StringField(
        "Full name",
        [forms.required("Enter the person’s name"), forms.text(100, "The name")],
        filters=[forms.stripped],
        description="First name and surname, as people write it.",
        render_kw={"autocomplete": "off", "spellcheck": False},
    )
    title = wtforms.StringField(
        "Title (optional)",
        [forms.text(20, "The title")],
        filters=[forms.stripped],
        description="For example, Cllr, Mrs or Dr.",
        render_kw={"autocomplete": "off", "class": "govuk-input--width-10"},
    )
    email = wtforms.EmailField(
        "E-mail address",
        [
            forms.required("Enter the person’s e-mail address"),
            forms.text(254, "The e-mail address"),
            plain_address,
            forms.email("Enter an e-mail address in the correct format, like name@example.com"),
        ],
        filters=[forms.stripped],
        description="Sign-in links and questions for decision go to this address.",
        render_kw={"autocomplete": "off", "spellcheck": False},
    )
    roles = wtforms.SelectMultipleField(
        "Roles",
        [forms.required("Choose at least one role")],
        choices=forms.choices(ROLES),
        validate_choice=False,
        description="Choose all that they hold.",
        render_kw={
            "hints": {
                "clerk": "Decides on requests and keeps this register",
                "deputy-clerk": "Decides when the others cannot",
                "chair": "Stands in for the Clerk, and keeps this register while there is no Clerk",
                "vice-chair": "Decides when neither the Clerk nor the Chair can",
            }
        },
    )
    since = forms.DateParts(
        "On the register from",
        [forms.required("Enter the day from which they are on the register")],
        description="For example, 27 3 2027. It may be in the future.",
    )
    reason = _reason()

    def validate_roles(self, field: wtforms.Field) -> None:
        """Called by WTForms."""
        if not set(field.data) <= set(ROLES):
            raise StopValidation("Choose from the roles that are shown")

    def fields(self) -> Data:
        """What the register's service writes."""
        typed = self.data
        roles = [role for role in ROLES if role in typed["roles"]]
        return {**{name: typed[name] for name in FIELDS}, "roles": roles, "since": typed["since"].isoformat()}


class Adding(Line):
    """Somebody new. The form brings the new line's id, so that sent twice it adds one person."""

    id = Hidden(ID)


class Changing(Line):
    """Somebody who is there. `seen` tells which line the form was made from."""

    seen = Hidden("[0-9a-f]{16}")


class ChangingOwn(Changing):
    """Keepers who mistype their own address lock themselves out, so they type a new one twice."""

    again = wtforms.EmailField(
        "Your new e-mail address again",
        filters=[forms.stripped],
        description="Only if you have changed your e-mail address. The next sign-in link goes there and nowhere else.",
        render_kw={"autocomplete": "off", "spellcheck": False},
    )

    def __init__(self, *arguments: Any, own: Person, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self._own = own

    def validate_again(self, field: wtforms.Field) -> None:
        """Called by WTForms."""
        new = (self.email.data or "").casefold()
        if new != self._own.email.casefold() and new != (field.data or "").casefold():
            raise StopValidation("Enter your new e-mail address here as well, the same as above")


class Ending(forms.Form):
    """The day on which somebody leaves."""

    until = forms.DateParts(
        "On which day do they leave?",
        [forms.required("Enter the day on which they leave")],
        description="From this day on they cannot sign in, ask or decide. For example, 6 5 2027. It may be in the "
        "future.",
    )
    reason = _reason()
    seen = Hidden("[0-9a-f]{16}")


class Returning(forms.Form):
    """Somebody who had left comes back."""

    since = forms.DateParts(
        "From which day are they on the register again?",
        [forms.required("Enter the day from which they are on the register again")],
        description="For example, 6 5 2027. It may be in the future.",
    )
    reason = _reason()
    seen = Hidden("[0-9a-f]{16}")


class Staying(forms.Form):
    """The day of leaving that was entered is taken back before it comes."""

    reason = _reason()
    seen = Hidden("[0-9a-f]{16}")
