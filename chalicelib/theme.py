"""The council's colour, as a style sheet.

One setting, a colour such as ``#5b2a86``, colours the page header, the notices and a few lines. Rules:
whatever colour a council picks, text stays readable on it and it stays visible on white (WCAG 2.2, success
criteria 1.4.3 and 1.4.11), so the text colour is computed, and a pale colour is darkened where it has to be
seen on white. Pure: text in, text out.
"""

import re

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

BLACK = "#000000"
WHITE = "#ffffff"

#: The contrast that WCAG 2.2 asks of text in ordinary size, level AA.
READABLE = 4.5

_DARKENING_STEPS = 20

Rgb = tuple[int, int, int]


def parse(colour: str) -> Rgb:
    """Take ``#rrggbb`` apart into three numbers from 0 to 255; anything else raises ``ValueError``."""
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"a colour is written #rrggbb, not {colour!r}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1.0 (the same) to 21.0 (black and white).

    Source: WCAG 2.2, definitions of "contrast ratio" and "relative luminance".
    """
    darker, lighter = sorted((_luminance(parse(one)), _luminance(parse(other))))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """Return black or white, whichever reads better on the colour; the contrast is never below 4.58."""
    return max((WHITE, BLACK), key=lambda text: contrast(colour, text))


def strong(colour: str) -> str:
    """Return the colour, darkened only as far as it needs to be read on white, and white on it (4.5 to 1)."""
    red, green, blue = parse(colour)
    for step in range(_DARKENING_STEPS, 0, -1):
        darkened = "#" + "".join(f"{part * step // _DARKENING_STEPS:02x}" for part in (red, green, blue))
        if contrast(darkened, WHITE) >= READABLE:
            return darkened
    return BLACK


def theme_css(colour: str) -> str:
    """Return the style sheet that hands the colour to the pages as custom properties.

    ``--cw-colour`` with ``--cw-on-colour`` is a ground and the text on it; ``--cw-strong`` is for lines and
    words on white, and replaces the design system's brand colour, on which it writes in white. The colour is
    a setting and goes into a style sheet, so anything but ``#rrggbb`` raises ``ValueError``.
    """
    parse(colour)
    ground, strong_colour = colour.lower(), strong(colour)
    return (
        ":root{"
        f"--cw-colour:{ground};"
        f"--cw-on-colour:{text_on(ground)};"
        f"--cw-strong:{strong_colour};"
        f"--govuk-brand-colour:{strong_colour}"
        "}\n"
    )


def _luminance(colour: Rgb) -> float:
    shares = [part / 255 for part in colour]
    red, green, blue = [x / 12.92 if x <= 0.04045 else float(((x + 0.055) / 1.055) ** 2.4) for x in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
