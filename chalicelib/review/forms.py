"""The annual review's forms. What is typed here goes into the record for good, so every text has a limit."""

from collections.abc import Iterable

import wtforms
from wtforms.validators import StopValidation

from chalicelib import dates, forms
from chalicelib.policy.rules import Line
from chalicelib.register.forms import Hidden
from chalicelib.review.agenda import ADVICE
from chalicelib.review.rules import CHANGED, OUTCOMES

SEEN = r"[0-9a-f]{16}"
NUMBER = r"[0-9]{1,6}"
LONGEST_WORDS, LONGEST_WHY, LONGEST_ANSWER = 5_000, 1_000, 2_000

POINTS = {
    "legal": "Legal requirements",
    "practice": "Best practice",
    "platforms": "The platforms’ terms",
    "accounts": "The Council’s accounts",
}
"""What the Clerk's checklist asks → how it is headed."""

_ASKS = {
    "legal": "Does the policy still meet the law? For example, data protection, equality, elections, conduct",
    "practice": "What do your association, other councils or guidance now advise, and does the policy follow it?",
    "platforms": "Have the terms of the platforms that the Council uses changed, and does the policy fit them?",
    "accounts": "Which accounts does the Council hold, who has the passwords, and are any to be closed?",
}


def _chosen(field: wtforms.Field, offered: Iterable[str]) -> None:
    if field.data and field.data not in offered:
        raise StopValidation("Choose one of the answers on the page")


def _lines(label: str, what: str, most: int, hint: str, rows: int = 5) -> wtforms.TextAreaField:
    return wtforms.TextAreaField(
        label,
        description=hint,
        filters=[forms.kept],
        validators=[forms.text(most, what, lines=True)],
        render_kw={"rows": rows, "spellcheck": True},
    )


def _words() -> wtforms.TextAreaField:
    hint = "The clause as it should read. You can leave this empty unless its words are to change"
    return _lines("Proposed words", "The proposed words", LONGEST_WORDS, hint, 6)


def _why() -> wtforms.TextAreaField:
    return _lines("Why (optional)", "The reason", LONGEST_WHY, "The Council sees it in the agenda item", 3)


class Recommending(forms.Form):
    """What should become of a clause."""

    what = wtforms.RadioField(
        "What do you recommend?",
        choices=forms.choices({name: label for name, label in ADVICE.items() if name != "add"}),
        filters=[forms.kept],
        validate_choice=False,
        validators=[forms.required("Choose what you recommend")],
    )
    words = _words()
    why = _why()
    seen = Hidden(SEEN)

    def validate_what(self, field: wtforms.Field) -> None:
        """Only what is offered."""
        _chosen(field, set(ADVICE) - {"add"})

    def validate_words(self, field: wtforms.Field) -> None:
        """Needed where they are to change, and out of place elsewhere."""
        if self.what.data == "change" and not field.data.strip():
            raise StopValidation("Write the clause as it should read")
        if self.what.data in ("keep", "remove") and field.data.strip():
            raise StopValidation("You have proposed words. Choose “Change its words”, or empty the box")


class Proposing(forms.Form):
    """A clause that the policy should have."""

    words = _lines("Words of the new clause", "The words", LONGEST_WORDS, "As it should read in the policy", 6)
    why = _why()
    seen = Hidden(SEEN)

    def validate_words(self, field: wtforms.Field) -> None:
        """There must be some."""
        if not field.data.strip():
            raise StopValidation("Write the clause as it should read")


class Planning(forms.Form):
    """The meeting at which the Council is to consider the review."""

    planned = forms.DateParts(
        "At which meeting is the Council to consider it?",
        [forms.required("Enter the date of the meeting")],
        description="For example, 11 5 2027. It goes into the agenda item and into calendars",
    )


class Resolving(forms.Form):
    """What the Council resolved."""

    meeting = forms.meeting("At which meeting did the Council resolve on it?")
    minute = forms.minute()
    outcome = wtforms.RadioField(
        "What did the Council resolve?",
        choices=forms.choices(OUTCOMES),
        filters=[forms.kept],
        validate_choice=False,
        validators=[forms.required("Choose what the Council resolved")],
    )
    version = wtforms.RadioField(
        "Which version was adopted?",
        choices=[],
        filters=[forms.kept],
        validate_choice=False,
        description="Only if a new version was adopted. It is listed here once its adoption is recorded",
    )

    def offer(self, adopted: Iterable[Line]) -> None:
        """The adopted versions, to choose from."""
        self.offered = {
            str(one.number): f"Version {one.number}, adopted on {dates.on_day(one.adopted.meeting)}"
            for one in adopted
            if one.adopted
        }
        self.version.choices = forms.choices(self.offered)

    def validate_outcome(self, field: wtforms.Field) -> None:
        """Only what is offered."""
        _chosen(field, OUTCOMES)

    def validate_version(self, field: wtforms.Field) -> None:
        """Needed for a new version, and out of place elsewhere."""
        _chosen(field, self.offered)
        if self.outcome.data == CHANGED and not field.data:
            raise StopValidation("Choose the version that was adopted. If it is not listed, record its adoption first")
        if self.outcome.data in OUTCOMES and self.outcome.data != CHANGED and field.data:
            raise StopValidation("You have chosen a version. Choose “A new version adopted”, or open this page again")

    def act(self) -> dict[str, object]:
        """The Council's act, as the record keeps it."""
        typed = self.data
        number = int(typed["version"]) if typed["version"] else 0
        return {
            "meeting": typed["meeting"].isoformat(),
            "minute": typed["minute"],
            "outcome": typed["outcome"],
            "version": number,
        }


class Striking(forms.Form):
    """Why a past review is struck out."""

    why = _lines("Why is it struck out?", "The reason", LONGEST_WHY, "For example, the date was mistyped", 3)

    def validate_why(self, field: wtforms.Field) -> None:
        """Whoever reads the record later needs it."""
        if not field.data.strip():
            raise StopValidation("Say why it is struck out")


def _answer(point: str) -> wtforms.TextAreaField:
    return _lines(POINTS[point], "The answer", LONGEST_ANSWER, _ASKS[point], 4)


class Checklist(forms.Form):
    """The Clerk's statement: each point answered with words."""

    legal = _answer("legal")
    practice = _answer("practice")
    platforms = _answer("platforms")
    accounts = _answer("accounts")
    resolved = Hidden(NUMBER)

    def validate(self, extra_validators: object = None) -> bool:
        """Every point needs an answer."""
        well = super().validate(extra_validators)
        for point, label in POINTS.items():
            if not self[point].errors and not self[point].data.strip():
                self[point].errors = [f"Write what you found about: {label[0].lower()}{label[1:]}"]
                well = False
        return well

    def answers(self) -> dict[str, str]:
        """Point → the answer."""
        return {point: self[point].data.strip() for point in POINTS}


class Confirming(forms.Form):
    """The Chair's statement."""

    confirmed = wtforms.BooleanField("The Council so resolved at this meeting, and the minute is the one named here")
    resolved = Hidden(NUMBER)

    def validate_confirmed(self, field: wtforms.Field) -> None:
        """It must be ticked."""
        if not field.data:
            raise StopValidation("Tick the box if the Council so resolved. If it did not, tell the Clerk")

    def answers(self) -> dict[str, str]:
        """The Chair has no points to answer."""
        return {}
