"""The report's forms, made from the questions in fields.py: one for each page, one for all of them together; and the
two small ones of the dialogue that follows.

What comes as JSON becomes fields of the same whole form, so that both are judged by the same code.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from chalicelib import forms
from chalicelib.cases import fields
from chalicelib.cases.fields import ALL, QUESTIONS, Question
from chalicelib.forms import Fields, Form, kept, required, stripped

LONGEST_MESSAGE = 5_000
_MOST_TOLD = 20
"""Of names that no field has."""


def _lines(value: str | None) -> str:
    return "\n".join(line.strip() for line in (value or "").split("\n") if line.strip())


def _known(question: Question) -> Callable[[Any, wtforms.Field], None]:
    def check(form: Any, field: wtforms.Field) -> None:
        offered = form.citable if question.kind == fields.CLAUSES else question.choices
        chosen = [field.data] if isinstance(field.data, str) else field.data or []
        if not {one for one in chosen if one} <= set(offered):
            raise StopValidation("Choose only from the answers that are offered")

    return check


def _control(question: Question) -> Any:
    """The WTForms field of a question."""
    told: dict[str, Any] = {
        "label": question.label,
        "description": question.hint,
        "render_kw": dict(question.attributes),
    }
    needed = [required(question.missing)] if question.missing else []
    if question.kind == fields.ONE:
        choices = forms.choices(question.choices)
        told |= {"choices": choices, "validate_choice": False, "filters": [kept]}
        return wtforms.RadioField(validators=[*needed, _known(question)], **told)
    if question.kind == fields.CLAUSES:
        return wtforms.SelectMultipleField(
            choices=[],
            validate_choice=False,
            validators=[_known(question)],
            option_widget=wtforms.widgets.CheckboxInput(),
            widget=wtforms.widgets.ListWidget(prefix_label=False),
            **told,
        )
    is_text = question.kind in (fields.TEXT, fields.LINES)
    checks = [*needed, forms.text(question.most, question.what, lines=is_text)]
    if question.kind == fields.EMAIL:
        checks.append(forms.email("Enter an e-mail address such as name@mail.example"))
        return wtforms.EmailField(filters=[stripped], validators=checks, **told)
    clean = {fields.TEXT: kept, fields.LINES: _lines}.get(question.kind, stripped)
    control = wtforms.TextAreaField if is_text else wtforms.StringField
    return control(filters=[clean], validators=checks, **told)


class Report(Form):
    """Questions of a report. `homepage` is a trap: no person sees it, and only what fills in everything fills it in."""

    homepage = wtforms.StringField("Leave this empty")

    def offer(self, citable: Mapping[str, str]) -> None:
        """Which clauses may be cited, id → label."""
        self.citable = dict(citable)
        if "clauses" in self:
            clauses: Any = self["clauses"]
            clauses.choices = forms.choices(self.citable)

    @property
    def is_from_a_machine(self) -> bool:
        """Whether the trap was filled in."""
        return bool(self.homepage.data)

    def asked(self) -> list[wtforms.Field]:
        """The questions on it."""
        return [field for field in self if field.name in _NAMES]

    def answers(self) -> dict[str, Any]:
        """What was answered: JSON-shaped, and fields again by `forms.of_mapping`."""
        return {field.name: field.data or ([] if field.name == "clauses" else "") for field in self.asked()}


_NAMES = frozenset(question.name for question in ALL)


class Carried(Report):
    """A report that knows its draft, by the token."""

    draft = wtforms.HiddenField(filters=[kept])


def _controls(questions: tuple[Question, ...]) -> dict[str, Any]:
    return {question.name: _control(question) for question in questions}


STEPS: dict[str, type[Report]] = {
    step: type(step.title(), (Report,), _controls(questions)) for step, questions in QUESTIONS.items()
}
"""Page → its form, in order."""

Whole: type[Carried] = type("Whole", (Carried,), _controls(ALL))
"""The whole report, as the last page sends it, or a script."""


class NotJson(ValueError):
    """The body is not a JSON object; the message says what it is instead."""


def whole_of_json(body: bytes, citable: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers that a JSON report gives, and what is wrong with it: field → message. Raises NotJson."""
    values, twice = _object(body)
    errors = dict.fromkeys(twice, "Give this field only once")
    sent = Fields()
    for question in ALL:
        if question.name in values and question.name not in errors:
            problem = _fill(sent, question, values[question.name])
            if problem:
                errors[question.name] = problem
    unknown = [name for name in values if name not in _NAMES]
    errors |= {forms.plain(name)[:60]: "There is no such field" for name in unknown[:_MOST_TOLD]}
    form = Whole(sent)
    form.offer(citable)
    form.validate()
    found = {name: str(next(iter(messages))) for name, messages in form.errors.items() if name}
    return form.answers(), {**found, **errors}


def _object(body: bytes) -> tuple[dict[str, Any], set[str]]:
    """The object that a body holds, and the names that stand in it more than once."""
    twice: set[str] = set()

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.update(name for name in _NAMES if names.count(name) > 1)
        return dict(pairs)

    def never(text: str) -> None:
        raise ValueError(f"{text} is no JSON")

    try:
        # No number is ever wanted, so none is worked out, however long it is.
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=once, parse_int=float, parse_float=_number, parse_constant=never)
    except UnicodeDecodeError as error:
        raise NotJson("The body is not written in UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise NotJson("The body is not JSON") from error
    if not isinstance(value, dict):
        raise NotJson("The body must be a JSON object")
    return value, twice


def _number(_text: str) -> float:
    return 0.0


def _fill(sent: Fields, question: Question, value: Any) -> str:
    """Put a value among the fields; what is wrong with its type, if anything."""
    if isinstance(value, str) and question.kind != fields.CLAUSES:
        sent[question.name] = [forms.plain(value)]
        return ""
    if question.kind not in (fields.CLAUSES, fields.LINES):
        return f"{question.what} must be a text"
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return f"{question.what} must be a list of texts"
    if question.kind == fields.CLAUSES:
        sent[question.name] = list(value)
        return f"{question.what} must each be named once" if len(set(value)) < len(value) else ""
    most, longest = fields.MOST_LINES, fields.LONGEST_LINE
    if len(value) > most or any(len(one) > longest or forms.breaks(one) for one in value):
        return f"{question.what} must be a list of {most} or fewer, each one line of {longest} characters or fewer"
    sent[question.name] = [forms.plain("\n".join(value))]
    return ""


class Enter(Form):
    """Reference and receipt code, to come back to a report."""

    reference = wtforms.StringField(
        "Reference",
        description="For example, 7F3K-9QXM-2BCD",
        filters=[stripped],
        validators=[required("Enter the reference of your report"), forms.text(100, "The reference")],
        render_kw={"autocomplete": "off", "spellcheck": False, "autocapitalize": "characters"},
    )
    code = wtforms.StringField(
        "Receipt code",
        description="For example, 7F3K-9QXM-2BCD-W4TZ-JH8R. Capitals, spaces and hyphens do not matter",
        filters=[stripped],
        validators=[required("Enter the receipt code of your report"), forms.text(100, "The receipt code")],
        render_kw={"autocomplete": "off", "spellcheck": False, "autocapitalize": "characters"},
    )


class Say(Form):
    """A message to those who look into it. `id` makes one of a message that is sent twice."""

    text = wtforms.TextAreaField(
        "Your message",
        description="Your answer to what we asked, or anything you want to add",
        filters=[kept],
        validators=[required("Write your message"), forms.text(LONGEST_MESSAGE, "Your message", lines=True)],
        render_kw={"rows": 6, "spellcheck": True, "autocomplete": "off"},
    )
    named = wtforms.StringField(
        "Does it concern somebody at the Council whom you have not named before?",
        description="Their names, or their offices. Nobody whom you name here gets to see your report from now on, "
        "whoever has dealt with it so far. You can leave this empty",
        filters=[stripped],
        validators=[forms.text(300, "Whom it concerns")],
        render_kw={"autocomplete": "off", "spellcheck": False},
    )
    id = wtforms.HiddenField(filters=[kept])
