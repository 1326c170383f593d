"""Jinja: the one environment that pages and mails are rendered in.

In the package the templates are compiled ahead (`compiled_templates` beside app.py), and Jinja travels without the half
of it that compiles (infra/archive.py), which would be a third of a cold page; in a checkout they are read from
`templates/`. A name that a template does not know is an error, so that a missing value never shows as a blank.
"""

from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from jinja2.environment import Environment, Template
from jinja2.exceptions import TemplateNotFound
from jinja2.runtime import StrictUndefined
from jinja2.utils import select_autoescape

ROOT = Path(__file__).resolve().parent.parent
COMPILED = "compiled_templates"
"""The folder beside app.py, and so the package, with a module for each template."""


def _day(value: date | str) -> str:
    from chalicelib import dates

    return dates.on_day(value if isinstance(value, date) else date.fromisoformat(value))


def _time(value: str) -> str:
    from chalicelib import dates
    from chalicelib.record import instant

    return dates.at_time(instant(value))


def quoted(text: str) -> str:
    """Somebody's own words in the plain part of a mail: "> " before each line, whatever breaks it, so that none of
    them can pass for a line of the mail's."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def on_one_line(text: str) -> str:
    """Somebody's own words within a line of a mail's."""
    return " ".join(text.split())


def module_name(name: str) -> str:
    """The module that a template is compiled into: `email/sign-in/body.txt` → `email__sign_in__body_txt`."""
    return name.replace("/", "__").replace("-", "_").replace(".", "_")


class Compiled:
    """Jinja's loader, as far as an environment needs one, of templates that were compiled ahead."""

    def load(self, environment: Environment, name: str, globals: Any = None) -> Template:
        """A template. Raises TemplateNotFound."""
        try:
            found = import_module(f"{COMPILED}.{module_name(name)}")
        except ModuleNotFoundError as error:
            raise TemplateNotFound(name) from error
        return Template.from_module_dict(environment, vars(found), globals or {})


def _loader() -> Any:
    if (ROOT / COMPILED).is_dir():
        return Compiled()
    from jinja2.loaders import FileSystemLoader

    return FileSystemLoader(ROOT / "templates")


@cache
def environment() -> Environment:
    """The environment: autoescaping for everything but the text halves of mails."""
    made = Environment(
        loader=_loader(),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.filters |= {"day": _day, "time": _time, "quoted": quoted, "on_one_line": on_one_line}
    return made


def template(name: str, context: dict[str, Any]) -> str:
    """A template rendered with this context."""
    return environment().get_template(name).render(context)
