"""The forms of signing in."""

import wtforms

from chalicelib import forms


class Asking(forms.Form):
    """Who wants a link, and the page to go on to afterwards."""

    email = wtforms.EmailField(
        "Your e-mail address",
        [
            forms.required("Enter your e-mail address"),
            forms.text(254, "The e-mail address"),
            forms.email("Enter an e-mail address in the correct format, like name@example.com"),
        ],
        filters=[forms.stripped],
        description="The one that the Clerk has for you.",
        render_kw={"autocomplete": "email", "spellcheck": False},
    )
    next = wtforms.HiddenField(filters=[forms.kept])


class Entering(forms.Form):
    """The button, and for those who may, how long it holds."""

    own_device = wtforms.BooleanField(
        "This is my own device: keep me signed in for 30 days",
        description="Leave it empty on a device that others use as well: then you are signed out after 12 hours.",
    )
