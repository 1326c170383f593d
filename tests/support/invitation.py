"""A form with every kind of field that the parts use, and its messages."""

import wtforms

from chalicelib import forms
from chalicelib.forms import DateParts, Fields, Form


class Invitation(Form):
    """A form with every kind of field that the parts use."""

    name = wtforms.StringField(
        "Name", filters=[forms.stripped], validators=[forms.required("Enter a name"), forms.text(20, "The name")]
    )
    note = wtforms.TextAreaField("Note", filters=[forms.kept], validators=[forms.text(30, "The note", lines=True)])
    address = wtforms.StringField(
        "Address", filters=[forms.stripped], validators=[forms.email("Enter an e-mail address like name@example.org")]
    )
    guests = wtforms.SelectMultipleField("Guests", choices=[], validate_choice=False)
    day = DateParts("Day")


class Dated(Form):
    """A form that cannot do without a date."""

    day = DateParts("Day", validators=[forms.required("Enter the day")])


def filled(**fields: str | list[str]) -> Invitation:
    given = {name.replace("__", "-"): [value] if isinstance(value, str) else value for name, value in fields.items()}
    return Invitation(Fields({"name": ["Ann"]} | given))


def errors(form: Form) -> dict[str, list[str]]:
    """Field → its messages, "" for the whole form's."""
    form.validate()
    return {str(name or ""): list(messages) for name, messages in form.errors.items()}
