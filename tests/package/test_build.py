"""The build stops, and says why, where going on would make a package that fails later."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import jinja2
import pytest

from infra import archive, build, error_pages, template


def test_a_template_that_needs_a_missing_one_stops_the_build() -> None:
    environment = with_templates({"a.html": "{% include 'b.html' %}"})

    with pytest.raises(build.BuildError, match=r"a\.html needs b\.html, which is not there"):
        build.checked_templates(environment)


def test_a_template_whose_parts_are_known_only_later_stops_the_build() -> None:
    environment = with_templates({"a.html": "{% include name %}"})

    with pytest.raises(build.BuildError, match="known only when it is rendered"):
        build.checked_templates(environment)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("app.py", True),
        ("chalicelib/render.py", True),
        ("chalicelib/__pycache__/render.cpython-311.pyc", False),
        ("tests/test_stray.py", False),
        ("holidays/countries/united_kingdom.py", True),
        ("holidays/countries/united_states.py", False),
        ("holidays/calendars/gregorian.py", True),
        ("tzdata/zoneinfo/Europe/London", True),
        ("tzdata/zoneinfo/Europe/Londonderry", False),
        ("tzdata/zoneinfo/America/New_York", False),
        ("jinja2-3.1.6.dist-info/licenses/LICENSE.txt", True),
        ("holidays-0.109.dist-info/METADATA", True),
        ("jinja2-3.1.6.dist-info/RECORD", False),
    ],
)
def test_what_is_never_run_stays_out_of_the_zip(name: str, wanted: bool, tmp_path: Path) -> None:
    zipped = packed(tmp_path / "in.zip", name, *archive.REPLACED)
    archive.unpack(zipped, tmp_path / "out")

    assert (tmp_path / "out" / name).is_file() == wanted


def test_what_stands_in_for_a_library_has_what_is_asked_of_it(tmp_path: Path) -> None:
    init = "from wtforms import validators\nfrom wtforms.fields.core import Field\nfrom wtforms.utils import a as _a\n"
    space: dict[str, Any] = {}
    exec(archive.on_demand(init), space)  # noqa: S102  (our own words)
    assert space["_WHERE"] == {"Field": ("wtforms.fields.core", "Field"), "_a": ("wtforms.utils", "a")}
    assert space["__getattr__"]("Field").__name__ == "Field"
    with pytest.raises(AttributeError):
        space["__getattr__"]("validators")
    with pytest.raises(archive.ArchiveError, match="EvalContext"):
        archive.no_nodes("pass")
    with pytest.raises(archive.ArchiveError, match="wtforms"):
        archive.no_machines("import uuid")


def test_a_library_that_has_moved_its_files_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(archive.ArchiveError, match="is not where it was"):
        archive.unpack(packed(tmp_path / "in.zip", "app.py"), tmp_path / "out")


def test_a_module_that_does_not_compile_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def broken(:\n", "utf-8")

    with pytest.raises(archive.ArchiveError, match="does not compile"):
        archive.compile_all(tmp_path)


def test_byte_code_is_made_by_the_python_that_lambda_runs_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "RUNTIME", (3, 99))

    with pytest.raises(archive.ArchiveError, match=r"Lambda runs Python 3\.99"):
        archive.compile_all(tmp_path)


@pytest.mark.parametrize("sign", ["#", "$"])
def test_an_error_page_that_api_gateway_would_misread_stops_the_build(sign: str) -> None:
    environment = with_templates({"errors/gateway.html": f"costs {sign}1"})

    with pytest.raises(error_pages.ErrorPageError, match="API Gateway replaces"):
        error_pages.page(environment, 404)


def test_two_of_our_files_never_say_something_of_the_same_thing() -> None:
    whole: dict[str, Any] = {"Resources": {"Table": {"Type": "A"}}}

    with pytest.raises(template.TemplateError, match="/Resources/Table/Type is defined twice"):
        template.add(whole, {"Resources": {"Table": {"Type": "B"}}})


def with_templates(templates: dict[str, str]) -> jinja2.Environment:
    """An environment that has these templates."""
    return jinja2.Environment(loader=jinja2.DictLoader(templates), autoescape=True)


_LOOKED_FOR = """import ipaddress
import uuid
class EvalContext: pass
class IPAddress: pass
class UUID: pass
ip_address = IPAddress
"""


def packed(path: Path, *names: str) -> Path:
    """A zip with these files, each holding what is looked for in those that are replaced."""
    with zipfile.ZipFile(path, "w") as made:
        for name in names:
            made.writestr(name, _LOOKED_FOR)
    return path
