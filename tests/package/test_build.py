"""The build stops, and says why, where going on would make a package that fails later."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import jinja2
import pytest

from infra import archive, build, error_pages, template

LIBRARIES = Path(jinja2.__file__).parents[1]


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


def test_what_is_moved_into_functions_does_as_before_and_only_when_it_is_called() -> None:
    space: dict[str, Any] = {}
    source = "import json\nword = json.dumps('a')\nclass Class:\n def said(self):\n  'Doc.'\n  return word\n"
    exec(archive.where_used("word")(source), space)  # noqa: S102  (our own words)
    assert "word" not in space
    assert space["Class"]().said() == '"a"'
    assert space["Class"].said.__doc__ == "Doc."
    for gone in ("word = 1", "def said(): return word", "word = 1\nother = word", "word = 1\ndef said(to=word): word"):
        with pytest.raises(archive.ArchiveError, match="see what has become of them"):
            archive.where_used("word")(gone)
    for gone in ("", "word, word"):
        with pytest.raises(archive.ArchiveError, match="see what it has become"):
            archive.swapped(("word", "other"))(gone)


def test_addresses_are_taken_by_the_package_as_the_library_takes_them() -> None:
    from email_validator import rfc_constants as theirs

    ours: dict[str, Any] = {}
    name = "email_validator/rfc_constants.py"
    exec(rewritten(name), ours)  # noqa: S102  (the library's own words, as the package has them)
    characters = [chr(code) for code in (*range(0x3000), *range(0x3000, 0x110000, 97), 0xFFFF, 0x10000, 0x10FFFF)]
    for one in ("ATEXT_INTL_DOT_RE", "ATEXT_HOSTNAME_INTL", "QTEXT_INTL", "DOT_ATOM_TEXT_INTL"):
        taken, wanted = ours[one].match, getattr(theirs, one).match
        assert [c for c in characters if bool(taken(c)) != bool(wanted(c))] == []
    for local in ("a.b", "é.b", "a..b", ".a", "a.", "a.é\U0001f600", "a b", "é\n", "é(b"):
        taken, wanted = ours["DOT_ATOM_TEXT_INTL"].match(local), theirs.DOT_ATOM_TEXT_INTL.match(local)
        assert bool(taken) == bool(wanted), local


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


def rewritten(name: str) -> str:
    """A library's file as the package has it."""
    instead, whole = archive.REPLACED[name], (LIBRARIES / name).read_text("utf-8")
    return instead if isinstance(instead, str) else instead(whole)


def packed(path: Path, *names: str) -> Path:
    """A zip with these files: those of libraries that are replaced as they are, the others empty."""
    with zipfile.ZipFile(path, "w") as made:
        for name in names:
            made.writestr(name, (LIBRARIES / name).read_text("utf-8") if name in archive.REPLACED else "")
    return path
