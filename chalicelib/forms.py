"""Forms: what was typed, as WTForms fields, with messages that say what to do.

Rules: every text has a limit, counted after line ends are made one character; what cannot be kept (control characters,
broken text) is shown as U+FFFD and refused beside its field; a field that a form does not have is refused too. Values
are never changed behind the writer's back, save for blanks around single lines.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from chalicelib.sent import MOST_FIELDS, NOT_KEPT, Fields, NotAForm, breaks, of_mapping, parse, plain

__all__ = [
    "MOST_FIELDS",
    "NOT_KEPT",
    "Button",
    "DateParts",
    "Fields",
    "Form",
    "NotAForm",
    "Validator",
    "breaks",
    "choices",
    "email",
    "kept",
    "meeting",
    "minute",
    "of_mapping",
    "parse",
    "plain",
    "required",
    "stripped",
    "text",
]

_NUMBER = re.compile(r"[0-9]{1,4}")


class DateParts(wtforms.Field):
    """A date in three boxes: `name-day`, `name-month`, `name-year`. `data` is a date or None, `raw` what was typed."""

    PARTS = ("day", "month", "year")

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002  (theirs)
        """Read the three parts, or the saved date."""
        self.process_errors: list[str] = []
        self.data: date | None = data or None
        self.wrong_parts: tuple[str, ...] = ()
        self.raw = {part: str(getattr(data, part)) if data else "" for part in self.PARTS}
        if formdata is None:
            return
        saved = formdata.one(self.name)
        year, month, day = ([*saved.split("-"), "", ""])[:3] if saved else ("", "", "")
        typed = {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}
        self.raw = {part: (formdata.one(f"{self.name}-{part}") or typed[part]).strip() for part in self.PARTS}
        self.data = None
        if any(self.raw.values()):
            self._read()

    def _read(self) -> None:
        missing = tuple(part for part in self.PARTS if not self.raw[part])
        if missing:
            self.wrong_parts = missing
            self.process_errors.append(f"The date must include a {' and a '.join(missing)}")
            return
        try:
            numbers = [int(typed) if _NUMBER.fullmatch(typed) else -1 for typed in reversed(self.raw.values())]
            self.data = date(*numbers)
            if self.data.year < 1900:
                raise ValueError
        except ValueError:
            self.data = None
            self.wrong_parts = self.PARTS
            self.process_errors.append("Enter a real date, such as 27 3 2027")


class Form(wtforms.Form):
    """A form that knows its own names: anything else that was sent makes it invalid, and so does a second value where
    there is room for one."""

    unexpected: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    def __init__(self, fields: Fields | None = None, also: Sequence[str] = (), **values: Any) -> None:
        super().__init__(fields, **values)
        known = set(self.names()) | set(also)
        sent = fields or Fields()
        self.unexpected = tuple(name for name in sent if name not in known)
        twice = {name for name in sent if len(sent[name]) > 1}
        # Asked of what came twice only: most forms do without the module of fields with choices.
        several = {
            field.name for field in self if field.name in twice and isinstance(field, wtforms.SelectMultipleField)
        }
        self.repeated = tuple(name for name in sent if name in twice & known - several)

    def names(self) -> Iterator[str]:
        """The names under which this form's fields are sent."""
        for field in self:
            yield field.name
            if isinstance(field, DateParts):
                yield from (f"{field.name}-{part}" for part in DateParts.PARTS)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything is well; the messages stand in `errors` afterwards."""
        well = super().validate(extra_validators)
        for names, wrong in ((self.unexpected, "has no field called"), (self.repeated, "has one field only called")):
            if names:
                shown = ", ".join(name[:40] for name in names[:5])
                self.form_errors.append(f"This page {wrong} {shown}. Go back and fill in the form again")
                well = False
        return well


class Button(Form):
    """A form that is nothing but its button."""


Validator = Callable[[wtforms.Form, wtforms.Field], None]


def required(message: str) -> Validator:
    """The field must hold something."""

    def check(_form: wtforms.Form, field: wtforms.Field) -> None:
        # A message about what was typed says more than that nothing usable was.
        if field.errors:
            raise StopValidation()
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(message)

    return check


def text(most: int, what: str, *, lines: bool = False) -> Validator:
    """At most so many characters, all of which can be kept; one line, unless `lines`. `what` begins the messages."""

    def check(_form: wtforms.Form, field: wtforms.Field) -> None:
        value = field.data or ""
        if NOT_KEPT in value:
            raise StopValidation(f"{what} has a character that cannot be kept, shown as {NOT_KEPT}. Take it out")
        if not lines and breaks(value):
            raise StopValidation(f"{what} must be on one line")
        if len(value) > most:
            raise StopValidation(f"{what} must be {most:,} characters or fewer. It has {len(value):,}")

    # Told below the box; the box itself cuts nothing short.
    check.field_flags = {"max_length_told": most}  # type: ignore[attr-defined]  # WTForms reads it from the validator
    return check


def email(message: str) -> Validator:
    """An address that SES can send to, by the `email-validator` library; nothing is asked of the network."""

    def check(_form: wtforms.Form, field: wtforms.Field) -> None:
        if not field.data:
            return
        from email_validator import EmailNotValidError, validate_email

        try:
            validate_email(
                field.data, check_deliverability=False, test_environment=True, allow_smtputf8=False, strict=True
            )
        except EmailNotValidError as error:
            raise StopValidation(message) from error

    return check


def choices(labels: Mapping[str, str]) -> list[Any]:
    """The choices of a field from value → how it is written, in that order."""
    from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs

    return [SelectChoice(value, label) for value, label in labels.items()]


def stripped(value: str | None) -> str:
    """A single line without the blanks around it: a WTForms filter."""
    return (value or "").strip()


def kept(value: str | None) -> str:
    """A text as it was typed; an absent one is empty: a WTForms filter."""
    return value or ""


def meeting(question: str) -> DateParts:
    """The date of a meeting of the Council that did something."""
    wanted = [required("Enter the date of the meeting")]
    return DateParts(question, wanted, description="For example, 14 5 2027. It may be long ago")


def minute() -> wtforms.Field:
    """The minute that a meeting's act stands under."""
    return wtforms.StringField(
        "Minute reference",
        description="For example, 27/045(c)",
        filters=[stripped],
        validators=[required("Enter the minute reference"), text(100, "The minute reference")],
        render_kw={"autocomplete": "off", "class": "govuk-input--width-20", "spellcheck": False},
    )
