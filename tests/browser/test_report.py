"""Reporting a breach in a browser, by keyboard: every page fits, is accessible and valid, to the very end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import keyboard
from tests.browser.site import Running
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

PNG = b"\x89PNG\r\n\x1a\n" + b"a screenshot, as far as anybody looks"
NewTab = Callable[[], Tab]


def on(tab: Tab, button: str = "Continue") -> None:
    """Press a button, and look at the page that follows."""
    keyboard.press(tab.page, button)
    tab.check()


def answers_the_questions(tab: Tab, site: Running) -> None:
    """From the home page to the page for evidence."""
    page = tab.page
    page.goto(site.home + "/")
    keyboard.press(page, "Report a breach")
    tab.check()
    on(tab, "Start")
    keyboard.press(page, "Continue")
    tab.expect_status(422)
    tab.check()
    keyboard.write(page, "What happened?", "A post mocks the people at the food bank.")
    on(tab)
    keyboard.write(page, "Where did it happen?", "https://social.example/posts/1")
    on(tab)
    on(tab)
    keyboard.choose(page, "I do not know", first="A councillor (the Chair and Vice-Chair included)")
    on(tab)
    on(tab)
    on(tab)
    keyboard.choose(page, "I am not sure", first="Yes")
    on(tab)


def test_somebody_reports_with_evidence_and_comes_back(site: Running, new_tab: NewTab, tmp_path: Path) -> None:
    tab = new_tab()
    page = tab.page
    answers_the_questions(tab, site)
    for name, content in (("words.txt", b"just words"), ("screenshot.png", PNG)):
        (tmp_path / name).write_bytes(content)
        page.set_input_files("#file", tmp_path / name)
        keyboard.press(page, "Send this file")
        assert page.url.partition("?")[0] == site.home + "/report/new/evidence"
        tab.check()
    page.goto(site.home + "/report/new/answers")
    assert "must be a PNG, JPEG or PDF file" in page.locator(".govuk-error-summary").inner_text()
    tab.check()
    keyboard.press(page, "Change the evidence")
    keyboard.press(page, "Take out file 1")
    on(tab)
    on(tab)
    on(tab)
    assert page.locator("h1").inner_text() == "Check your answers"
    late = Tab(page.context.new_page(), tab.served)
    late.page.goto(page.url)
    on(tab, "Send the report")
    reference, code = page.locator(".cw-receipt__code").all_inner_texts()
    # Sent once more from another window, with other words.
    late.page.locator("[name=what_happened]").evaluate("e => e.value = 'Something else'")
    keyboard.press(late.page, "Send the report")
    late.expect_status(409)
    late.check()
    page.emulate_media(media="print")
    assert page.get_by_text(code).is_visible()
    assert not page.get_by_role("button", name="Clear everything").is_visible()
    page.emulate_media(media="screen")
    keyboard.press(page, "Clear everything and leave this page now")
    assert page.url == site.home + "/"

    comes_back(new_tab(), site, (reference, code), tmp_path / "screenshot.png")


def comes_back(back: Tab, site: Running, receipt: tuple[str, str], file: Path) -> None:
    """Open the report with its reference and code, at the second try; say something, add a file, leave."""
    page, (reference, code) = back.page, receipt
    page.goto(site.home + "/report/follow-up")
    back.check()
    keyboard.write(page, "Reference", reference)
    keyboard.write(page, "Receipt code", "7F3K-9QXM-2BCD-W4TZ-JH8R")
    keyboard.press(page, "Continue")
    back.expect_status(422)
    back.check()
    keyboard.write(page, "Receipt code", code)
    on(back)
    keyboard.write(page, "Your message", "It was on Sunday.")
    on(back, "Send the message")
    keyboard.press(page, "Add evidence")
    page.set_input_files("#file", file)
    keyboard.press(page, "Send this file")
    back.check()
    on(back, "Add to your report")
    on(back, "Leave this page now")


def test_a_report_of_which_nothing_is_kept_can_be_written_on_one_page(site: Running, tab: Tab) -> None:
    tab.page.goto(site.home + "/report/new/answers")
    tab.check()
    keyboard.press(tab.page, "Send the report")
    tab.expect_status(422)
    tab.check()
