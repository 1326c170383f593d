"""What a form sent, before anything is made of it: names and values, as plain text.

Rules: it is UTF-8, of a bounded number of fields, with one kind of line end; what cannot be kept (control characters,
broken text) is shown as U+FFFD. It stands apart from `forms` because most pages have no form to check.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

NOT_KEPT = "\ufffd"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK = re.compile(r"[\n\r\u2028\u2029\x85]")
MOST_FIELDS = 200


class NotAForm(ValueError):
    """The body is not a form that a browser would send; the message says what is wrong with it."""


class Fields(dict[str, list[str]]):
    """What was sent, name → values in order, as WTForms reads it."""

    def getlist(self, name: str) -> list[str]:
        """All values of a field."""
        return self.get(name, [])

    def one(self, name: str) -> str:
        """The first value of a field, or nothing."""
        return (self.get(name) or [""])[0]


def parse(body: bytes) -> Fields:
    """The fields of a urlencoded body, in UTF-8. Raises NotAForm."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except UnicodeDecodeError as error:
        raise NotAForm("it is not written in UTF-8") from error
    except ValueError as error:
        raise NotAForm("it is not a form, or has too many fields") from error
    fields = Fields()
    for name, value in pairs:
        fields.setdefault(name, []).append(plain(value))
    return fields


def plain(text: str) -> str:
    """A text as fields hold it: every line end is one character, and what cannot be kept is shown as such."""
    return _CONTROL.sub(NOT_KEPT, text.replace("\r\n", "\n").replace("\r", "\n"))


def breaks(text: str) -> bool:
    """Whether a text is on more than one line."""
    return bool(_LINE_BREAK.search(text))


def of_mapping(values: Mapping[str, Any]) -> Fields:
    """Saved answers as fields again."""
    return Fields(
        {
            name: [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
            for name, value in values.items()
            if value not in ("", None, [], ())
        }
    )
