"""What somebody who is named says."""

import wtforms

from chalicelib import forms
from chalicelib.checks.forms import offered
from chalicelib.forms import Form, kept, required


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
        offered(field, {"agree": "", "decline": ""})
