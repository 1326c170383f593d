"""The style sheet's build: the same sources give the same file, and nothing slips in."""

import json
from pathlib import Path

import pytest

from infra.assets import build


def test_a_sheet_is_named_by_its_content(tmp_path: Path) -> None:
    made = build.write("a{color:red}", tmp_path)
    assert made == build.write("a{color:red}", tmp_path)
    assert (tmp_path / made["clerkwell.css"]).read_text("utf-8") == "a{color:red}"
    assert json.loads((tmp_path / "manifest.json").read_text("utf-8")) == made


def test_an_older_sheet_is_taken_away(tmp_path: Path) -> None:
    build.write("a{color:red}", tmp_path)
    made = build.write("a{color:green}", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [made["clerkwell.css"], "manifest.json"]


@pytest.mark.parametrize(
    "css",
    [
        "a{background:url(/assets/images/govuk-crest.svg)}",
        "@font-face{font-family:x}",
        "@import 'x.css'",
        "a{font-family:'GDS Transport'}",
    ],
)
def test_nothing_fetched_and_no_mark_of_gov_uk_gets_in(css: str) -> None:
    with pytest.raises(build.BuildError, match="holds"):
        build.check(css)


def test_a_missing_compiler_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "SASS", tmp_path / "sass.js")
    with pytest.raises(build.BuildError, match="make setup"):
        build.compile_css()


def test_a_source_that_does_not_compile_is_told_in_the_compilers_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.scss"
    broken.write_text("a { color: $nothing }", "utf-8")
    monkeypatch.setattr(build, "SOURCE", broken)
    with pytest.raises(build.BuildError, match="Undefined variable"):
        build.compile_css()


def test_what_is_built_twice_is_the_same(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert build.build(one) == build.build(other)
