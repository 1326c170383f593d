"""The sign-offs' pages in a browser: every one fits, is accessible and valid, and prints without what is pressed."""

import pytest

from chalicelib.sign_offs.forms import Striking
from tests.browser import keyboard, people
from tests.browser.site import Running
from tests.browser.tab import Tab
from tests.browser.test_components import Gallery

pytestmark = pytest.mark.browser

TOM = {"id": "councillor1", "styled": "Cllr Tom Eldersfield"}


def test_pages_that_nobody_meets_in_the_demo_council(tab: Tab) -> None:
    Gallery().show(tab, "sign_offs/none.html")
    tab.check()
    for why in ("unknown", "expired", "gone"):
        Gallery().show(tab, "sign_offs/dead_link.html", why=why, secret="x")
        tab.check()
    Gallery().show(tab, "sign_offs/new_link.html")
    tab.check()
    paper = {"on": "2026-11-12", "kept": "The blue folder"}
    Gallery().show(tab, "sign_offs/strike.html", person=TOM, number=2, signature=paper, form=Striking())
    tab.check()
    Gallery().show(tab, "sign_offs/not_again.html", person=TOM, message="A mail went to them this morning")
    tab.check()


def test_somebody_signs_and_the_clerk_sees_it(site: Running, tab: Tab) -> None:
    page = tab.page
    people.sign_in(tab, site, "assistant@council.example")
    page.goto(site.home + "/check")
    assert "/sign-off" in page.url
    tab.check()
    keyboard.press(page, "Sign as Mr Joe Farrant")
    tab.expect_status(422)
    tab.check()
    page.check("[name=read]")
    keyboard.press(page, "Sign as Mr Joe Farrant")
    assert page.url.endswith("/check")
    page.goto(site.home + "/sign-off")
    tab.check()
    people.sign_in(tab, site, people.CLERK)
    for path in ("/signoffs", "/signoffs/assistant", "/signoffs/assistant/paper"):
        page.goto(site.home + path)
        tab.expect_status(200)
        tab.check()
    keyboard.press(page, "Record the signature")
    tab.expect_status(422)
    tab.check()
