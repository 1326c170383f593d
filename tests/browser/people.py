"""What people of the demo council do in their browsers, with the keyboard alone, for every journey that needs it."""

from typing import Any

from tests.browser import keyboard
from tests.browser.site import Running
from tests.browser.tab import Tab

CLERK = "clerk@council.example"
CHAIR = "chair@council.example"

Answers = dict[str, str]

_sessions: dict[tuple[str, str], list[Any]] = {}
"""The app's address and whose → the cookies of the last session."""


def sign_in(tab: Tab, site: Running, email: str, *, check: bool = False) -> None:
    """Sign in by the link in the mail; with `check`, every page on the way is looked at. Who has done so before in this
    run takes that session up again, as far as it still holds: one address gets so many links an hour and no more."""
    if not check and _sessions.get((site.home, email)):
        tab.page.context.add_cookies(_sessions[site.home, email])
        tab.page.goto(site.home + "/checks")
        if "/sign-in" not in tab.page.url:
            return
    tab.page.goto(site.home + "/sign-in")
    _looked_at(tab, check)
    keyboard.write(tab.page, "Your e-mail address", email)
    keyboard.press(tab.page, "Send me a link")
    _looked_at(tab, check)
    tab.page.goto(site.link(email, "/sign-in/"))
    _looked_at(tab, check)
    keyboard.skip_to_main(tab.page)
    keyboard.press(tab.page, "Sign in")
    _sessions[site.home, email] = [
        {"name": one["name"], "value": one["value"], "url": site.home} for one in tab.page.context.cookies(site.home)
    ]


def ask(tab: Tab, site: Running, text: str, *, check: bool = False) -> str:
    """Ask, question by question, whether a text may be posted; the reference of the request that was sent."""
    page = tab.page
    page.goto(site.home + "/check")
    _looked_at(tab, check)
    keyboard.choose(page, "Myself, on my own account", first="The Council")
    _on(tab, check)
    keyboard.choose(page, "X (Twitter)", first="Facebook")
    keyboard.write(page, "Which account, page or group?", "@eldersfield")
    _on(tab, check)
    keyboard.write(page, "The text you want to post", text)
    _on(tab, check)
    keyboard.write(page, "Links you would share with it", "https://council.example/fete")
    _on(tab, check)
    keyboard.choose(page, "No", first="No")
    _on(tab, check)
    keyboard.write(page, "Anybody else who is named or can be recognised", "Jo Marsh")
    keyboard.choose(page, "Yes, all of them", first="Yes, all of them")
    _on(tab, check)
    keyboard.write(page, "Month", "3")
    _on(tab, check=False)
    tab.expect_status(422)
    _looked_at(tab, check)
    keyboard.write(page, "Day", "27")
    keyboard.write(page, "Year", "2027")
    _on(tab, check)
    keyboard.press(page, "Send for checking")
    _looked_at(tab, check)
    return page.url.partition("?")[0].rpartition("/")[2]


def decide(tab: Tab, address: str, decision: str, *, check: bool = False, **more: str) -> None:
    """Decide by a link from a mail, with a reason, and with a text where the decision changes it."""
    page = tab.page
    page.goto(address)
    _looked_at(tab, check)
    keyboard.choose(page, decision, first="Approve")
    if "text" in more:
        keyboard.write(page, "The text with your edits", more["text"])
    if "reason" in more:
        keyboard.write(page, "Your reason", more["reason"])
    keyboard.press(page, "Send my decision")
    _looked_at(tab, check)


def _on(tab: Tab, check: bool) -> None:
    keyboard.press(tab.page, "Continue")
    _looked_at(tab, check)


def _looked_at(tab: Tab, check: bool) -> None:
    if check:
        tab.check()
