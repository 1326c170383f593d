"""An officer's decision."""

from collections.abc import Mapping
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from chalicelib import forms
from chalicelib.checks.forms import LONGEST, offered
from chalicelib.checks.rules import matches
from chalicelib.forms import Form, kept, required
from chalicelib.policy.rules import Version, citable


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
        offered(field, self.offered)

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
