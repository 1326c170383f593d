"""The council's colour: whatever is picked, every text stays readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import theme

COLOURS = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "#{:02x}{:02x}{:02x}".format(*rgb))


def test_contrast_is_that_of_the_standard() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#5b2a86", "#5b2a86") == 1
    # The darkest grey that WCAG's own examples call readable on white.
    assert theme.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert theme.contrast("#ffffff", "#767676") == theme.contrast("#767676", "#ffffff")


@pytest.mark.parametrize(
    ("colour", "text"),
    [("#000000", "#ffffff"), ("#ffffff", "#000000"), ("#1d4e4a", "#ffffff"), ("#ffdd00", "#000000")],
)
def test_text_is_black_or_white_whichever_reads_better(colour: str, text: str) -> None:
    assert theme.text_on(colour) == text


@given(COLOURS)
def test_text_is_readable_on_every_colour(colour: str) -> None:
    assert theme.contrast(colour, theme.text_on(colour)) >= theme.READABLE


@given(COLOURS)
def test_the_strong_colour_is_readable_on_white(colour: str) -> None:
    assert theme.contrast(theme.strong(colour), theme.WHITE) >= theme.READABLE


def test_a_dark_colour_is_left_as_it_is_and_a_pale_one_darkened() -> None:
    assert theme.strong("#5b2a86") == "#5b2a86"
    assert theme.strong("#ffdd00") == "#7f6e00"


def test_white_is_darkened_to_a_grey() -> None:
    assert theme.strong("#ffffff") == "#727272"


def test_the_style_sheet_names_the_colour_its_text_and_its_strong_form() -> None:
    assert theme.theme_css("#FFDD00") == (
        ":root{--cw-colour:#ffdd00;--cw-on-colour:#000000;--cw-strong:#7f6e00;--govuk-brand-colour:#7f6e00}\n"
    )


@pytest.mark.parametrize(
    "colour", ["", "red", "#fff", "#12345g", "#123456}", "#1234567", " #123456", "#123456\n", "#１２３４５６"]
)
def test_anything_else_is_no_colour(colour: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        theme.theme_css(colour)
