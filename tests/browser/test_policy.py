"""The policy's pages in a browser: every one fits, is accessible and valid, from the pasted text to what changed."""

import pytest

from tests.browser import keyboard, people
from tests.browser.site import Running
from tests.browser.tab import Tab
from tests.browser.test_components import Gallery

pytestmark = pytest.mark.browser

TEXT = """Posting well

Adopted 3 June 2020

Rules: -
  • “Be kind.” - Do not shout.
  • Never share anybody else’s telephone numbers.

Members must not:
1. post anything obscene
2. link to anything that they have not read
"""


def test_a_council_without_a_policy_is_told_what_to_do(tab: Tab) -> None:
    Gallery().show(tab, "policy/none.html", keeps=True)
    tab.check()


def test_the_clerk_brings_a_policy_in_and_everybody_reads_it(site: Running, tab: Tab) -> None:
    page = tab.page
    people.sign_in(tab, site, people.CLERK)
    page.goto(site.home + "/policy/edit")
    tab.check()
    keyboard.press(page, "Begin the draft")
    tab.expect_status(422)
    tab.check()
    page.check("[name=how][value=paste]")
    page.fill("[name=text]", TEXT)
    keyboard.press(page, "Begin the draft")
    tab.check()
    draft = page.url.partition("/edit")[0]
    page.click("button[value='down:rules']")
    assert page.url.endswith("/edit#rules")
    for path in ("/clauses/kind", "/add", "/title", "/import", "/withdraw", "/history", "/adopt", ""):
        page.goto(draft + path)
        tab.expect_status(200)
        tab.check()
    page.goto(draft + "/adopt")
    assert page.input_value("[name=meeting-year]") == "2020"
    late = Tab(page.context.new_page(), tab.served)
    late.page.goto(draft + "/edit")
    # A meeting before that of the demo's own policy, so that the other tests' council keeps it.
    page.fill("[name=minute]", "20/033")
    page.check("[name=material][value=yes]")
    keyboard.press(page, "Record the adoption")
    tab.check()
    late.page.click("button[value='up:kind']")
    late.expect_status(409)
    late.check()
    for path in ("/policy", "/policy/versions/1", "/policy/changes", "/policy/edit"):
        page.goto(site.home + path)
        tab.expect_status(200)
        tab.check()
    page.goto(draft + "/governs")
    tab.check()
    page.click("main table a")
    tab.check()
