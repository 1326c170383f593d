"""Jinja: the one environment that pages and mails are rendered in.

In the package the templates are compiled ahead (`compiled_templates` beside app.py); in a checkout they are read from
`templates/`. A name that a template does not know is an error, so that a missing value never shows as a blank.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from chalicelib import dates
from chalicelib.record import instant

ROOT = Path(__file__).resolve().parent.parent


def _day(value: date | str) -> str:
    return dates.on_day(value if isinstance(value, date) else date.fromisoformat(value))


def _time(value: str) -> str:
    return dates.at_time(instant(value))


def quoted(text: str) -> str:
    """Somebody's own words in the plain part of a mail: "> " before each line, whatever breaks it, so that none of
    them can pass for a line of the mail's."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def on_one_line(text: str) -> str:
    """Somebody's own words within a line of a mail's."""
    return " ".join(text.split())


def _loader() -> jinja2.BaseLoader:
    compiled = ROOT / "compiled_templates"
    if compiled.is_dir():
        return jinja2.ModuleLoader(compiled)
    return jinja2.FileSystemLoader(ROOT / "templates")


@cache
def environment() -> jinja2.Environment:
    """The environment: autoescaping for everything but the text halves of mails."""
    made = jinja2.Environment(
        loader=_loader(),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(enabled_extensions=("html",), default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.filters |= {"day": _day, "time": _time, "quoted": quoted, "on_one_line": on_one_line}
    return made


def template(name: str, context: dict[str, Any]) -> str:
    """A template rendered with this context."""
    return environment().get_template(name).render(context)
