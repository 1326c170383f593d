"""What became of a text that was approved."""

import wtforms

from chalicelib import forms
from chalicelib.checks.forms import LONGEST
from chalicelib.forms import Form, kept, required, stripped


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
