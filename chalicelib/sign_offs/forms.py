"""The forms of the sign-offs: the statement, a signature given on paper, and one that was recorded by mistake."""

import wtforms

from chalicelib import dates, forms
from chalicelib.forms import DateParts, Form
from chalicelib.policy.rules import Line, Version

STATEMENT = "I have read and understood this policy"


def shown(version: Version) -> str:
    """What a form carries to tell later which text stood above it."""
    return f"{version.number}.{version.sha256}"


class Signing(Form):
    """The statement below the text. `shown` says which text that was, `next` where to go on to."""

    read = wtforms.BooleanField(
        STATEMENT,
        [forms.required("Tick the box once you have read and understood the policy. You cannot sign without it")],
    )
    shown = wtforms.HiddenField()
    next = wtforms.HiddenField(validators=[forms.text(200, "The page to go on to")])


class Paper(Form):
    """A signature that was given on paper."""

    version = wtforms.RadioField(
        "Which version does the paper name?",
        [forms.required("Choose the version that was signed")],
        validate_choice=False,
    )
    on = DateParts(
        "Which day stands on the paper?",
        [forms.required("Enter the day that stands on the paper")],
        description="For example, 27 3 2026",
    )
    kept = wtforms.StringField(
        "Where is the paper kept?",
        [forms.required("Say where the paper is kept, so that it can be found"), forms.text(200, "The place")],
        filters=[forms.stripped],
        description="For example, sign-off folder in the parish office, 2026.",
        render_kw={"autocomplete": "off"},
    )

    def offer(self, versions: tuple[Line, ...]) -> None:
        """Let these versions be chosen from."""
        labels = {
            str(line.number): f"Version {line.number}, adopted on {dates.on_day(line.adopted.meeting)}"
            for line in versions
            if line.adopted
        }
        self.version.choices = forms.choices(labels)


class Striking(Form):
    """Why a signature on paper is struck out."""

    why = wtforms.StringField(
        "Why is it struck out?",
        [forms.required("Say why it is struck out"), forms.text(200, "The reason")],
        filters=[forms.stripped],
        description="For example, it was somebody else’s paper",
        render_kw={"autocomplete": "off"},
    )
