"""The app's own pages, as they are served: those that anybody can open."""

import pytest

from tests.browser import keyboard
from tests.browser.site import Running
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["/", "/privacy", "/accessibility", "/sign-in"])
def test_a_page_that_anybody_can_open_is_accessible(path: str, site: Running, tab: Tab) -> None:
    tab.page.goto(site.home + path)
    tab.expect_status(200)
    tab.check()


def test_a_page_that_is_not_there_says_so(site: Running, tab: Tab) -> None:
    tab.page.goto(site.home + "/no-such-page")
    tab.expect_status(404)
    assert tab.page.locator("h1").inner_text() == "Page not found"
    tab.check()


def test_no_page_holds_a_script(site: Running, tab: Tab) -> None:
    tab.page.goto(site.home + "/")
    assert tab.page.locator("script").count() == 0
    assert tab.response is not None
    assert "default-src 'none'" in str(tab.response.header_value("content-security-policy"))


def test_the_first_page_leads_on_without_a_mouse(site: Running, tab: Tab) -> None:
    tab.page.goto(site.home + "/")
    keyboard.press(tab.page, "Privacy")
    assert tab.page.url == site.home + "/privacy"
    keyboard.reach(tab.page, "Skip to main content")
