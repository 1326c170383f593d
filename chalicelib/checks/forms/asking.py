"""All questions of a check request together, as they are sent in the end, and as they are kept until then."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import wtforms

from chalicelib.checks.forms.steps import STEPS, InWhoseName, Links, People, Pictures, What, When, Where
from chalicelib.forms import Fields, Form, kept


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
