"""What is typed about a check request, a room for each story of one."""

from collections.abc import Mapping

import wtforms
from wtforms.validators import StopValidation

LONGEST = 10_000
"""Characters of a text that is to be posted, or was."""


def offered(field: wtforms.Field, choices: Mapping[str, str]) -> None:
    if field.data and field.data not in choices:
        raise StopValidation("Choose one of the answers on the page")
