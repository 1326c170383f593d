"""What nobody may forget when something is added: each test here fails until the new thing is finished."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2.meta
import pytest

import app as app_module
from chalicelib import api, render, settings, web
from infra.local import demo

ROOT = Path(__file__).resolve().parent.parent
MAILS = ROOT / "templates" / "email"
CLASSES = {web.PUBLIC, web.LINK, web.SIGNED_IN, web.OFFICER, web.KEEPER}

ROUTES = [(path, method) for path, methods in app_module.app.routes.items() for method in methods]


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_every_route_says_who_may_open_it(path: str, method: str) -> None:
    assert web.ROUTES.get((path, method)) in CLASSES, "make it with chalicelib.web.route, which asks for its class"


@pytest.mark.parametrize("path", sorted(app_module.app.routes))
def test_mail_scanners_may_ask_for_headers_wherever_a_page_can_be_read(path: str) -> None:
    methods = set(app_module.app.routes[path])
    # What is for programs refuses every other method itself.
    assert methods <= {"GET", "HEAD", "POST"} | ({"PUT", "PATCH", "DELETE", "OPTIONS"} if path in api.PATHS else set())
    assert ("GET" in methods) == ("HEAD" in methods)


def mails() -> list[str]:
    """The name of every mail: a folder under templates/email."""
    return sorted(folder.name for folder in MAILS.iterdir() if folder.is_dir())


def test_every_mail_has_its_three_templates() -> None:
    wanted = {"subject.txt", "body.txt", "body.html"}
    assert {name: {path.name for path in (MAILS / name).iterdir()} for name in mails()} == dict.fromkeys(
        mails(), wanted
    )


def test_every_mail_is_sent_and_every_mail_sent_exists() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "chalicelib").rglob("*.py"))
    unsent = [name for name in mails() if f'"{name}"' not in sources]
    assert not unsent, "no code names these mails"


def test_no_subject_shows_what_somebody_wrote() -> None:
    # A subject is seen on locked telephones and in other people's inboxes.
    for name in mails():
        subject = (MAILS / name / "subject.txt").read_text("utf-8")
        assert not re.search(r"{{[^}]*\b(text|question|reason|draft|edited)\b[^}]*}}", subject), name


def templates() -> list[str]:
    """The name of every template of ours."""
    loader = render.environment().loader
    assert loader is not None
    return sorted(loader.list_templates())


@pytest.mark.parametrize("name", [name for name in templates() if not name.endswith(".css")])
def test_every_template_compiles_and_what_it_reaches_exists(name: str) -> None:
    environment = render.environment()
    environment.get_template(name)
    assert environment.loader is not None
    known = set(environment.loader.list_templates())
    source, _, _ = environment.loader.get_source(environment, name)
    reached = {wanted for wanted in jinja2.meta.find_referenced_templates(environment.parse(source)) if wanted}
    assert reached <= known


def test_no_page_carries_script_or_style_of_its_own() -> None:
    # The policy in our headers would stop it in the browser; better to hear of it here.
    for name in templates():
        elsewhere = name.startswith("email/") or name in ("errors/gateway.html", "macros/mail.html")
        if elsewhere or not name.endswith(".html"):
            continue
        source = (ROOT / "templates" / name).read_text("utf-8")
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=\"", source), name


class Overheard(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


def test_every_setting_is_documented_and_the_demo_council_has_each() -> None:
    values = demo.environment("http://127.0.0.1:8000/api")
    environment = Overheard(values)
    settings.read(environment)
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert set(re.findall(rf"`({settings.PREFIX}[A-Z_]+)`", text)) == environment.asked
    assert set(values) == environment.asked


def source_of(path: str | Path) -> str:
    """A file's text."""
    return Path(path).read_text("utf-8")


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(source_of(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            yield node.module or ""


def test_the_app_itself_imports_nothing_that_stays_behind() -> None:
    # import-linter looks after chalicelib; app.py is no package, so it is looked after here.
    roots = {name.partition(".")[0] for name in imported(ROOT / "app.py")}
    assert roots <= {"chalice", "chalicelib", "logging", "typing", "collections", "datetime"}
