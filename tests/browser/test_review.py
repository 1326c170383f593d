"""The annual review's pages in a browser: every one fits, is accessible and valid, and its charts can be heard."""

import pytest

from tests.browser import keyboard, people
from tests.browser.site import Running
from tests.browser.tab import Tab
from tests.browser.test_components import Gallery

pytestmark = pytest.mark.browser

DUE = "2025-05-14"
"""When the demo council's review was due."""


def test_pages_that_nobody_meets_in_the_demo_council(tab: Tab) -> None:
    Gallery().show(tab, "review/none.html")
    tab.check()
    for why in ("unknown", "expired", "gone"):
        Gallery().show(tab, "review/dead_link.html", why=why)
        tab.check()
    for state in ("new", "coming", "overtaken", "resolved"):
        Gallery().show(tab, "review/closed.html", due=DUE, state=state)
        tab.check()


def test_the_review_is_prepared_resolved_and_signed(site: Running, tab: Tab) -> None:
    page = tab.page
    people.sign_in(tab, site, people.CLERK)
    page.goto(site.home + "/review")
    tab.check()
    keyboard.press(page, "Open the review now")
    tab.check()
    for path in ("clauses/honesty", "clauses/new-1", "meeting", "resolution"):
        page.goto(f"{site.home}/review/{DUE}/{path}")
        tab.check()
        keyboard.press(page, "Record it" if path == "resolution" else "Save")
        tab.expect_status(422)
        tab.check()
    page.goto(f"{site.home}/review/{DUE}/clauses/honesty")
    page.check("[name=what][value=change]")
    page.fill("[name=words]", "Be honest, open and kind.")
    page.fill("[name=why]", "Two complaints came of it.")
    keyboard.press(page, "Save")
    tab.check()
    assert page.locator("svg[role=img] title").first.text_content() == "Check requests by outcome"
    for path in (f"/{DUE}/agenda", "/past", "/history", "/calendar"):
        page.goto(f"{site.home}/review{path}")
        tab.check()
    keyboard.press(page, "Make a secret address")
    tab.check()
    page.goto(f"{site.home}/review/{DUE}/resolution")
    for name, value in (("meeting-day", "17"), ("meeting-month", "5"), ("meeting-year", "2025"), ("minute", "25/019")):
        page.fill(f"[name={name}]", value)
    page.check("[name=outcome][value=unchanged]")
    keyboard.press(page, "Record it")
    tab.check()
    for seat, address in (("clerk", people.CLERK), ("chair", "chair@council.example")):
        page.goto(site.link(address, "/sign-review/"))
        tab.check()
        keyboard.press(page, "Give my statement")
        tab.expect_status(422)
        tab.check()
        for point in ("legal", "practice", "platforms", "accounts") if seat == "clerk" else ():
            page.fill(f"[name={point}]", "Looked at, and in order.")
        if seat == "chair":
            page.check("[name=confirmed]")
        keyboard.press(page, "Give my statement")
        tab.check()
    page.goto(f"{site.home}/review/{DUE}")
    tab.check()
    page.goto(f"{site.home}/desk")
    tab.check()
    for address, subject in ((people.CLERK, "statement"), ("chair@council.example", "closed")):
        tab.check_mail(next(mail for mail in site.mails(address) if subject in mail["subject"]))


def test_a_past_review_is_recorded_and_struck_out(site: Running, tab: Tab) -> None:
    page = tab.page
    people.sign_in(tab, site, people.CLERK)
    page.goto(f"{site.home}/review/past")
    for name, value in (("meeting-day", "12"), ("meeting-month", "5"), ("meeting-year", "2026"), ("minute", "26/019")):
        page.fill(f"[name={name}]", value)
    page.check("[name=outcome][value=unchanged]")
    keyboard.press(page, "Record it")
    tab.check()
    page.get_by_role("link", name="May 2026").click()
    page.get_by_role("link", name="Strike it out").click()
    tab.check()
    keyboard.press(page, "Strike it out")
    tab.expect_status(422)
    tab.check()
    page.fill("[name=why]", "There was no such meeting.")
    keyboard.press(page, "Strike it out")
    tab.check()
