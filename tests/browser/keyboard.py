"""Going through a page without a mouse, as somebody does who has none.

Rules: nothing here clicks, or puts the focus anywhere by script; whatever has the focus must be seen to have it. Names
are what a label or a link says, compared in whole and without regard to the blanks around them.
"""

from playwright.sync_api import Page

_MOST_STOPS = 80

_NAME = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return "";
    const labels = e.labels && e.labels.length ? [...e.labels].map(l => l.textContent).join(" ") : "";
    const said = e.getAttribute("aria-label") || labels || e.textContent || "";
    return said.replace(/\\s+/g, " ").trim();
}"""

_SEEN = """() => {
    const e = document.activeElement, s = getComputedStyle(e);
    const l = e.labels && e.labels.length ? getComputedStyle(e.labels[0], "::before") : s;
    return s.outlineStyle !== "none" || s.boxShadow !== "none" || l.boxShadow !== "none" || l.outlineStyle !== "none";
}"""


def focused(page: Page) -> str:
    """Return the name of what has the focus, or nothing."""
    name: str = page.evaluate(_NAME)
    return name


def reach(page: Page, name: str) -> None:
    """Press Tab until the focus is on what bears this name; fails when it never is, or cannot be seen."""
    passed = []
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if passed[-1] == name:
            assert page.evaluate(_SEEN), f"{name!r} has the focus and does not show it"
            return
    raise AssertionError(f"no stop called {name!r} among {list(dict.fromkeys(passed))}")


def skip_to_main(page: Page) -> None:
    """Leave the header and the menu behind by the skip link, which is the first stop of a page."""
    reach(page, "Skip to main content")
    page.keyboard.press("Enter")


def press(page: Page, name: str) -> None:
    """Go to a link or a button, press Enter, and wait for the next page."""
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, label: str, text: str) -> None:
    """Go to a field and write in it, instead of what it holds."""
    reach(page, label)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(text)


def tick(page: Page, label: str) -> None:
    """Go to a checkbox and press the space bar."""
    reach(page, label)
    page.keyboard.press("Space")


def choose(page: Page, label: str, *, first: str) -> None:
    """Go to a group of radio buttons by its first (or its chosen) one, then by arrow to the one with this label."""
    reach(page, first)
    page.keyboard.press("Space")
    for _ in range(_MOST_STOPS):
        if focused(page) == label:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no radio button called {label!r} in the group of {first!r}")
