"""A case in a browser: what its handler sees and does, and what somebody who is let in sees."""

import re
from collections.abc import Callable

import pytest

from tests.browser import keyboard, people
from tests.browser.site import Running
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

NewTab = Callable[[], Tab]
EVE = "eve@witness.example"


def test_a_handler_takes_a_case_on_and_lets_a_witness_see_it(site: Running, new_tab: NewTab) -> None:
    tab = new_tab()
    page = tab.page
    said = {"what_happened": "A post mocks the people at the food bank. <b>Really</b>", "subject": "unknown"}
    answer = page.request.post(site.home + "/breach-reports", data={**said, "confidential": "Please do not name me."})
    assert answer.ok, answer.text()
    reference = answer.json()["reference"]

    people.sign_in(tab, site, people.CLERK)
    page.goto(site.home + "/cases")
    tab.check()
    keyboard.press(page, reference)
    tab.check()
    for action in ("note", "people", "classify", "observe", "link-check", "hand-over", "take-pack"):
        page.goto(f"{site.home}/cases/{reference}/{action}")
        tab.expect_status(200)
        tab.check()
    page.goto(f"{site.home}/cases/{reference}/hand-over")
    keyboard.press(page, "Record a hand-over to the police")
    tab.expect_status(422)
    tab.check()
    page.goto(f"{site.home}/cases/{reference}/acknowledge")
    keyboard.press(page, "Acknowledge it")
    tab.check()
    page.goto(f"{site.home}/cases/{reference}/let-in-witness")
    keyboard.write(page, "Their name", "Eve Dale")
    keyboard.write(page, "Their e-mail address", EVE)
    page.check("[name=items]")
    page.check("[name=days][value='7']")
    page.fill("[name=reason]", "She saw it.")
    keyboard.press(page, "Give a witness access to something")
    tab.check()
    page.goto(f"{site.home}/cases?show=closed")
    tab.check()

    eve = new_tab()
    eve.page.goto(site.link(EVE, "/case-access/"))
    eve.check()
    keyboard.press(eve.page, "Look")
    eve.expect_status(422)
    eve.check()
    mail = next(mail for mail in site.mails(EVE) if "code" in mail["subject"])
    code = re.search(r"\b\w{4}-\w{4}-\w{4}-\w{4}\b", mail["text"])
    assert code
    keyboard.write(eve.page, "Code", code.group())
    keyboard.press(eve.page, "Look")
    assert eve.page.get_by_text("food bank").is_visible()
    eve.check()
    eve.page.goto(site.home + "/case-access/" + "x" * 43)
    eve.expect_status(410)
    eve.check()
