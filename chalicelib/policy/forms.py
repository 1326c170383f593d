"""The policy's forms.

Rules: a clause is one page, so that no form grows with the policy; every form carries what shows which draft, or which
clause, it was made from; a text is kept to the letter but for the empty lines around it.
"""

import wtforms
from wtforms.validators import StopValidation

from chalicelib import forms
from chalicelib.policy import importing
from chalicelib.policy.rules import BULLET, KINDS, LONGEST, LONGEST_VERSION, Clause
from chalicelib.policy.topics import TOPICS
from chalicelib.register.forms import Hidden

VERSION = r"[0-9]{1,6}"
_SEEN = r"[0-9a-f]{16}"
_BULLETS = frozenset(["-", "–", "—", "*", "·", "o", "•"])

BEGINNINGS = {
    "paste": "From a text that I paste below",
    "copy": "From the policy in force",
    "standard": "From Clerkwell’s own wording",
}
"""How a draft is begun → how it is written."""

MATERIAL = {
    "yes": "Yes: what is asked of people has changed, so everybody signs again",
    "no": "No: it asks the same as before, so earlier signatures stay good",
}


def _pasted(what: str) -> wtforms.TextAreaField:
    return wtforms.TextAreaField(
        "The text of the policy",
        description="Copied from the document, headings and bullets and all. Nothing is shown to anybody else until "
        "the Council has adopted it",
        filters=[forms.kept],
        validators=[forms.text(LONGEST_VERSION, what, lines=True)],
        render_kw={"rows": 16, "spellcheck": False},
    )


class Beginning(forms.Form):
    """A new draft. `number` is the one that it will have, so that sent twice it begins one."""

    how = wtforms.RadioField(
        "What does the draft begin from?",
        choices=[],
        validate_choice=False,
        validators=[forms.required("Choose what the draft begins from")],
    )
    text = _pasted("The text")
    number = Hidden(VERSION)

    def offer(self, *, in_force: bool) -> None:
        """There is something to copy, or there is not."""
        self.offered = {name: label for name, label in BEGINNINGS.items() if in_force or name != "copy"}
        self.how.choices = forms.choices(self.offered)

    def validate_how(self, field: wtforms.Field) -> None:
        """Only those that are offered."""
        if field.data and field.data not in self.offered:
            raise StopValidation("Choose one of the answers on the page")

    def validate_text(self, field: wtforms.Field) -> None:
        """Needed where it is what the draft begins from, and out of place elsewhere."""
        if field.errors:
            return
        if self.how.data == "paste" and not field.data.strip():
            raise StopValidation("Paste the text of the policy")
        if self.how.data in self.offered and self.how.data != "paste" and field.data.strip():
            raise StopValidation("You have pasted a text. Choose “From a text that I paste below”, or empty the box")


class PastingAgain(forms.Form):
    """Another text over the draft."""

    text = _pasted("The text")
    seen = Hidden(VERSION)

    def validate_text(self, field: wtforms.Field) -> None:
        """There must be one."""
        if not field.errors and not field.data.strip():
            raise StopValidation("Paste the text of the policy")


class Titling(forms.Form):
    """What the policy is called."""

    title = wtforms.StringField(
        "Title of the policy",
        filters=[forms.stripped],
        validators=[forms.required("Enter the title of the policy"), forms.text(LONGEST["title"], "The title")],
        render_kw={"autocomplete": "off"},
    )
    seen = Hidden(VERSION)


def _topics() -> wtforms.SelectMultipleField:
    return wtforms.SelectMultipleField(
        "What it governs",
        description="By these, the post checker and reports of breaches find this clause. You can leave this empty",
        choices=forms.choices(TOPICS),
        validate_choice=False,
        option_widget=wtforms.widgets.CheckboxInput(),
        widget=wtforms.widgets.ListWidget(prefix_label=False),
    )


class Topical(forms.Form):
    """What a clause governs."""

    topics = _topics()

    def validate_topics(self, field: wtforms.Field) -> None:
        """Only those that there are."""
        if not set(field.data or ()) <= set(TOPICS):
            raise StopValidation("Choose only topics from the list")

    def chosen(self) -> list[str]:
        """The topics in their order, whatever order they came in."""
        return [topic for topic in TOPICS if topic in (self.topics.data or ())]


class Retopic(Topical):
    """The topics of a clause of an adopted version."""

    seen = Hidden(_SEEN)


class ClauseForm(Topical):
    """One clause. A line of three dashes in its text cuts it into two."""

    mark = wtforms.StringField(
        "Number or bullet",
        description="What stands before it, for example 3.2 or •. You can leave this empty",
        filters=[forms.stripped, lambda mark: BULLET if mark in _BULLETS else mark],
        validators=[forms.text(LONGEST["mark"], "The number or bullet")],
        render_kw={"autocomplete": "off", "class": "govuk-input--width-5", "spellcheck": False},
    )
    heading = wtforms.StringField(
        "Heading",
        description="You can leave this empty. A clause with a heading and no text is the heading of those below it",
        filters=[forms.stripped],
        validators=[forms.text(LONGEST["heading"], "The heading")],
        render_kw={"autocomplete": "off"},
    )
    text = wtforms.TextAreaField(
        "Text",
        description="To cut the clause in two, put a line with only three dashes (---) where the second begins",
        filters=[forms.kept],
        validators=[forms.text(LONGEST["text"], "The text", lines=True)],
        render_kw={"rows": 8, "spellcheck": True},
    )
    kind = wtforms.RadioField(
        "What kind of clause is it?",
        choices=forms.choices(KINDS),
        validate_choice=False,
        validators=[forms.required("Choose what kind of clause it is")],
        render_kw={
            "hints": {
                "rule": "What one may or may not post",
                "duty": "What somebody has to do",
                "procedure": "What happens, for example after a breach",
                "text": "Headings, introductions and what else asks nothing of anybody",
            }
        },
    )
    grave = wtforms.BooleanField(
        "A breach of it is a grave matter",
        description="For example, what the policy calls gross misconduct",
    )
    topics = _topics()

    def validate_kind(self, field: wtforms.Field) -> None:
        """Only those that are offered."""
        if field.data and field.data not in KINDS:
            raise StopValidation("Choose one of the answers on the page")

    def validate_text(self, field: wtforms.Field) -> None:
        """A clause says something."""
        if not field.errors and not field.data.strip() and not self.heading.data:
            raise StopValidation("Write a text or a heading. If the clause is to go, remove it instead")

    def becomes(self, id: str) -> list[Clause]:
        """The clause as it is wanted, or those that it is cut into."""
        typed, chosen = self.data, tuple(self.chosen())
        like = Clause(id, typed["mark"], typed["heading"], "", typed["kind"], bool(typed["grave"]), chosen)
        return importing.pieces(typed["text"], like)


class Changing(ClauseForm):
    """A clause that is there."""

    seen = Hidden(_SEEN)


class Adding(ClauseForm):
    """A new clause, after the one that is named."""

    after = wtforms.HiddenField(filters=[forms.stripped], validators=[forms.text(60, "The place")])
    seen = Hidden(VERSION)


class Doing(forms.Form):
    """A button of the list of clauses: what to do, and with which."""

    act = Hidden(r"(up|down|join|remove):[a-z0-9-]{1,60}")
    seen = Hidden(VERSION)


class Adopting(forms.Form):
    """The Council's act."""

    meeting = forms.meeting("At which meeting did the Council adopt it?")
    minute = forms.minute()
    material = wtforms.RadioField(
        "Does it change what is asked of people?",
        choices=forms.choices(MATERIAL),
        filters=[forms.kept],
        validate_choice=False,
    )
    seen = Hidden(VERSION)

    def about(self, *, first: bool) -> None:
        """The first version is material whatever is said, and the question is not asked."""
        self.first = first

    def validate_material(self, field: wtforms.Field) -> None:
        """Needed but for the first version."""
        if not self.first and not field.data:
            raise StopValidation("Say whether it changes what is asked of people")
        if field.data and field.data not in MATERIAL:
            raise StopValidation("Choose one of the answers on the page")


class Withdrawing(forms.Form):
    """The draft is taken off the table."""

    reason = wtforms.StringField(
        "Why (optional)",
        filters=[forms.stripped],
        validators=[forms.text(200, "The reason")],
        description="One line, kept in the draft’s history",
        render_kw={"autocomplete": "off"},
    )
    seen = Hidden(VERSION)
