"""What a request imports: nothing of other parts, and nothing that few requests need."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest
from chalice.app import Blueprint, Response

import app as app_module
from chalicelib import assembly, web
from infra import build
from tests.support.edge import asked_as_api_gateway

ROOT = Path(__file__).resolve().parents[2]
EVERYWHERE = {f"chalicelib.{name}" for name in (*("assembly", "hooks", "logs", "settings", "theme", "tick", "wiring"),)}
EVERYWHERE.add("chalicelib")
"""What app.py may import of ours, and so every function has."""

SELDOM = {"boto3", "botocore", "email_validator", "holidays"}
"""What no module may import only by being imported: where it is needed, it is imported when it is."""


NEEDLESS = {
    "chalicelib.site.routes": {"chalicelib.access", "chalicelib.store", "chalicelib.forms", "wtforms"},
    "chalicelib.sign_in.asking": {"chalicelib.access", "chalicelib.store", "chalicelib.outbox", "zoneinfo"},
    "chalicelib.checks.asking": {
        *("chalicelib.checker.engine", "chalicelib.mail", "chalicelib.policy.importing", "chalicelib.register.service"),
        *("email.message", "http.client"),
    },
}
"""Module with pages → what a form that it shows does without, and would be the first to pay for."""


def imported(*modules: str) -> set[str]:
    """What a fresh interpreter has imported once it has imported these."""
    program = f"import sys; before = set(sys.modules); import {', '.join(modules)}; print(*(set(sys.modules) - before))"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  (our own words)
    return set(done.stdout.split())


def tops(modules: Iterable[str]) -> set[str]:
    """The packages that these belong to."""
    return {name.partition(".")[0] for name in modules}


def test_a_function_starts_without_any_part(tmp_path: Path) -> None:
    where = tmp_path / "where.json"
    build.write_where(where)
    # As in the package: with the list of who answers where.
    program = (
        "import sys; from pathlib import Path; from chalicelib import assembly; "
        "assembly.WHERE = Path(sys.argv[1]); import app; print(*sys.modules)"
    )
    command = [sys.executable, "-c", program, str(where)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  (our own words)
    found = set(done.stdout.split())
    ours = {name for name in found if name.partition(".")[0] == "chalicelib"}
    assert ours <= EVERYWHERE, "what the parts do for one another is joined by name, in PARTS"
    assert not tops(found) & (SELDOM | {"jinja2", "wtforms"})


@pytest.mark.parametrize("module", app_module.PAGES)
def test_pages_import_nothing_that_few_of_them_need(module: str) -> None:
    assert not tops(imported(module)) & SELDOM


@pytest.mark.parametrize("module", NEEDLESS)
def test_a_form_that_is_met_cold_imports_only_what_it_uses(module: str) -> None:
    assert not imported(module) & NEEDLESS[module]


@pytest.mark.parametrize("module", NEEDLESS)
def test_a_form_that_is_met_cold_defines_few_dataclasses(module: str) -> None:
    program = (
        "import dataclasses, sys; made = []; process = dataclasses._process_class; "
        "dataclasses._process_class = lambda cls, *how: made.append(cls.__module__) or process(cls, *how); "
        f"import {module}; print(*made)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  (our own words)
    ours = [name for name in done.stdout.split() if name.partition(".")[0] == "chalicelib"]
    assert set(ours) <= {"chalicelib.register.rules"}, "a NamedTuple takes a fifth as long to define"


def test_whatever_is_named_to_be_imported_later_is_there() -> None:
    names = re.findall(r'later\("([^"]+)"\)', (ROOT / "app.py").read_text("utf-8"))
    names += [name for does in app_module.PARTS.values() for name in does.values()]
    for name in names:
        assert callable(assembly.named(name)), name


def test_what_is_called_later_gets_and_gives_what_the_function_does() -> None:
    assert assembly.later("chalicelib.diff:words")("old", "new") == assembly.named("chalicelib.diff:words")(
        "old", "new"
    )


@pytest.fixture
def with_page(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """Makes a module with one page: its name, the page's path and method."""
    monkeypatch.setattr(web, "ROUTES", {})

    def make(name: str, path: str, method: str) -> None:
        pages = Blueprint(name)

        @web.route(pages, path, web.PUBLIC, (method,))
        def page(asked: web.Asked) -> Response:
            return web.data(name)

        monkeypatch.setitem(sys.modules, name, SimpleNamespace(pages=pages))

    return make


def test_the_package_imports_the_module_that_answers_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_page: Callable[[str, str, str], None]
) -> None:
    with_page("one", "/one", "GET")
    with_page("other", "/other", "GET")
    everything = assembly.App("small", ("one", "other"))
    assert everything.where == {"/one": "one", "/other": "other"}

    (tmp_path / "where.json").write_text(json.dumps(everything.where), "utf-8")
    monkeypatch.setattr(assembly, "WHERE", tmp_path / "where.json")
    with_page("one", "/one", "GET")  # Chalice registers a blueprint once.
    packaged = assembly.App("small", ("one", "other"))
    assert not packaged.routes
    assert asked_as_api_gateway(packaged, "/one")["body"] == '"one"'
    assert asked_as_api_gateway(packaged, "/one", "HEAD")["body"] == '"one"'
    assert set(packaged.routes) == {"/one"}


def test_a_path_belongs_to_one_module(with_page: Callable[[str, str, str], None]) -> None:
    with_page("one", "/same", "GET")
    with_page("other", "/same", "POST")
    with pytest.raises(ValueError, match="/same"):
        assembly.App("small", ("one", "other"))
