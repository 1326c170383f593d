"""`python -m tests.browser.pictures`: the README's pictures, taken of the running app with the demo council.

Rules: they show what the app really serves; small enough for a repository (one page's top, no more pixels than needed).
With a folder as argument, whole pages of a journey are put there instead, at both widths, to be looked at.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import keyboard, people
from tests.browser.site import ROOT, Running, running, stylesheet
from tests.browser.tab import NARROW, WIDE, Served, Tab, launch_options, open_tab

IMAGES = ROOT / "docs" / "images"

#: What the README shows; the other pages of the journey are only taken when they are to be looked at.
SHOWN = {"question", "mail", "decide", "request", "desk", "sign-off", "review", "report", "receipt", "case"}

_HEIGHTS = {NARROW: 640, WIDE: 860}

DRAFT = """The fête is on FRIDAY at 2 pm, on the green. Everybody is welcome!

Tom Eldersfield, 07700 900123"""
EDITED = """The fête is on Saturday at 2 pm, on the green. Everybody is welcome!

Tom Eldersfield"""


class Camera:
    """Takes a picture of what a tab shows; `whole`: the whole page at both widths, else only its top at one."""

    def __init__(self, folder: Path, *, whole: bool) -> None:
        self.folder, self.whole = folder, whole
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, tab: Tab, name: str, width: int = WIDE) -> None:
        if not self.whole and name not in SHOWN:
            return
        for one in (NARROW, WIDE) if self.whole else (width,):
            tab.page.set_viewport_size({"width": one, "height": _HEIGHTS[one]})
            suffix = f"-{one}" if self.whole else ""
            tab.page.screenshot(path=self.folder / f"{name}{suffix}.png", full_page=self.whole, animations="disabled")


def journey(site: Running, councillor: Tab, clerk: Tab, camera: Camera) -> None:
    """A councillor asks, the Clerk answers."""
    councillor.page.goto(site.home + "/")
    camera.take(councillor, "home")
    people.sign_in(councillor, site, "councillor1@council.example")
    councillor.page.goto(site.home + "/check")
    camera.take(councillor, "question", NARROW)
    reference = people.ask(councillor, site, DRAFT)
    camera.take(councillor, "sent")
    link = site.link(people.CLERK, "/decide/")
    mail = site.mails(people.CLERK)[-1]
    clerk.page.set_content(mail["html"])
    camera.take(clerk, "mail", NARROW)
    clerk.page.goto(link)
    camera.take(clerk, "decide")
    people.decide(clerk, link, "Approve with my edits", text=EDITED, reason="It is on Saturday; no telephone numbers.")
    camera.take(clerk, "decided")
    councillor.page.goto(f"{site.home}/check/{reference}")
    camera.take(councillor, "request")
    for number, text in enumerate(("The hall is closed on Monday.", "May I say what the tender was?"), 2):
        councillor.page.context.clear_cookies()
        people.sign_in(councillor, site, f"councillor{number}@council.example")
        people.ask(councillor, site, text)
    people.sign_in(clerk, site, people.CLERK)
    clerk.page.goto(site.home + "/desk")
    camera.take(clerk, "desk")
    clerk.page.goto(site.home + "/register")
    camera.take(clerk, "register")
    clerk.page.goto(site.home + "/signoffs")
    camera.take(clerk, "signoffs")
    clerk.page.goto(site.home + "/review")
    keyboard.press(clerk.page, "Open the review now")
    clerk.page.locator("svg[role=img]").first.scroll_into_view_if_needed()
    camera.take(clerk, "review")


def report(site: Running, visitor: Tab, clerk: Tab, camera: Camera) -> None:
    """Somebody reports a breach without a name, and the Clerk opens the case."""
    page = visitor.page
    page.context.clear_cookies()
    page.goto(site.home + "/report")
    camera.take(visitor, "report-start", NARROW)
    keyboard.press(page, "Start")
    keyboard.write(page, "What happened?", "A post on the village page mocks the people who use the food bank.")
    camera.take(visitor, "report", NARROW)
    page.goto(site.home + "/report/new/answers")
    page.fill("[name=what_happened]", "A post on the village page mocks the people who use the food bank.")
    page.check("[name=subject][value=unknown]")
    keyboard.press(page, "Send the report")
    camera.take(visitor, "receipt", NARROW)
    reference = page.locator(".cw-receipt__code").first.inner_text()
    clerk.page.goto(f"{site.home}/cases/{reference}")
    camera.take(clerk, "case")


def sign(site: Running, member: Tab, camera: Camera) -> None:
    """The one member who has not signed the policy reads it."""
    member.page.goto(site.link("@council.example", "/sign-off/"))
    camera.take(member, "sign-off", NARROW)


def main() -> None:
    """Take them."""
    whole = len(sys.argv) > 1
    camera = Camera(Path(sys.argv[1]) if whole else IMAGES, whole=whole)
    stylesheet()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "app.log") as site,
        sync_playwright() as started,
    ):
        browser = started.chromium.launch(**launch_options())
        served = Served(Path(folder))
        somebody, clerk = open_tab(browser, served), open_tab(browser, served)
        journey(site, somebody, clerk, camera)
        report(site, somebody, clerk, camera)
        sign(site, somebody, camera)
        browser.close()


if __name__ == "__main__":
    main()
