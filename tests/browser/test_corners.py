"""The pages that meet those who come late, come twice, or may not: each is accessible, and nothing is changed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import keyboard, people
from tests.browser.site import Running
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

NewTab = Callable[[], Tab]


def test_the_pages_at_the_end_of_a_journey_are_accessible(site: Running, new_tab: NewTab) -> None:
    councillor, officer = new_tab(), new_tab()
    people.sign_in(councillor, site, "councillor5@council.example")
    page = councillor.page
    reference = people.ask(councillor, site, "The hall is closed.")
    link = site.link(people.CLERK, "/decide/")
    page.goto(f"{site.home}/check/{reference}/withdraw")
    councillor.check()
    keyboard.press(page, "Withdraw it")
    councillor.check()
    for address in (
        link,
        link[:-5] + "wrong",
        link + "/new",
        site.home + "/sign-in/wrong",
        site.home + "/not-me/wrong",
    ):
        officer.page.goto(address)
        officer.check()
    page.goto(site.home + "/sign-out")
    councillor.check()
    keyboard.press(page, "Sign out on this device")
    councillor.check()


def test_whoever_decides_second_is_told_who_was_first(site: Running, new_tab: NewTab) -> None:
    councillor, one, other = new_tab(), new_tab(), new_tab()
    people.sign_in(councillor, site, "councillor1@council.example")
    reference = people.ask(councillor, site, "The bins go out on Monday.")
    link = site.link(people.CLERK, "/decide/")
    other.page.goto(link)
    councillor.page.goto(f"{site.home}/check/{reference}/withdraw")
    people.decide(one, link, "Approve")

    choose(other.page, "Reject")
    other.page.get_by_label("Your reason").fill("Too soon.")
    submit(other.page, "Send my decision")
    other.expect_status(409)
    other.check()
    assert "What you have just sent was not recorded" in other.page.locator("main").inner_text()

    one.page.goto(site.link(people.CLERK, "/not-me/"))
    submit(one.page, "It was not me: withdraw the decision")
    one.check()
    assert "Waiting for a decision" in one.page.locator("main").inner_text()


def test_a_link_to_an_older_version_offers_a_new_one(site: Running, new_tab: NewTab) -> None:
    councillor, clerk = new_tab(), new_tab()
    people.sign_in(councillor, site, "councillor2@council.example")
    reference = people.ask(councillor, site, "The bins go out on Tuesday.")
    link = site.link(people.CLERK, "/decide/")
    page = councillor.page
    submit(page, "Change it and ask again")
    councillor.check()
    submit(page, "Send for checking")
    clerk.page.goto(link)
    clerk.expect_status(410)
    clerk.check()
    submit(clerk.page, "Send me a link to the new version")
    clerk.check()
    page.goto(f"{site.home}/check/{reference}/decision")
    councillor.expect_status(404)


def test_somebody_who_is_named_answers_and_the_checkers_advice_is_shown(site: Running, new_tab: NewTab) -> None:
    councillor, clerk, named = new_tab(), new_tab(), new_tab()
    people.sign_in(councillor, site, "councillor4@council.example")
    page = councillor.page
    reference = people.ask(councillor, site, "Cllr Harold Wintle says: ring 07700 900123 NOW!!!")
    page.goto(f"{site.home}/check/{reference}")
    submit(page, "Change it and ask again")
    page.locator("dl a[href*='/people']").first.click()
    page.get_by_label("Cllr Harold Wintle").check()
    page.locator("[name=ask_named][value=yes]").check()
    submit(page, "Continue")
    councillor.check()
    assert page.locator("mark").count() >= 3
    submit(page, "Send for checking")
    councillor.check()

    clerk.page.goto(site.link(people.CLERK, "/decide/"))
    clerk.check()
    submit(clerk.page, "Ask them, and wait for their answers")
    clerk.check()

    link = site.link("councillor5@council.example", "/agree/")
    named.page.goto(link)
    named.check()
    submit(named.page, "Send my answer")
    named.expect_status(422)
    named.check()
    choose(named.page, "No, I do not agree")
    submit(named.page, "Send my answer")
    named.check()
    page.goto(f"{site.home}/check/{reference}/withdraw")
    submit(page, "Withdraw it")
    named.page.goto(link)
    named.expect_status(410)
    named.check()
    for mail in (*site.mails("councillor5@council.example"), site.mails(people.CLERK)[-1]):
        named.check_mail(mail)


def test_what_comes_too_late_or_a_second_time_is_told_so(site: Running, new_tab: NewTab) -> None:
    councillor, clerk = new_tab(), new_tab()
    people.sign_in(councillor, site, "councillor3@council.example")
    reference = people.ask(councillor, site, "The bins go out on Wednesday.")
    page = councillor.page
    page.goto(f"{site.home}/check/{reference}/withdraw")
    people.decide(clerk, site.link(people.CLERK, "/decide/"), "Reject", reason="They do not.")
    submit(page, "Withdraw it")
    councillor.expect_status(409)
    councillor.check()


def test_an_answer_that_was_tampered_with_brings_all_questions_back(site: Running, tab: Tab) -> None:
    people.sign_in(tab, site, "councillor4@council.example")
    page = tab.page
    start(page, site)
    page.locator("input[name=platform]").evaluate("e => { e.value = 'carrier-pigeon' }")
    submit(page, "Send for checking")
    tab.expect_status(422)
    tab.check()


def test_the_same_form_with_another_text_is_not_taken_in(site: Running, tab: Tab) -> None:
    people.sign_in(tab, site, "councillor5@council.example")
    start(tab.page, site)
    beside = Tab(tab.page.context.new_page(), tab.served)
    beside.page.goto(tab.page.url)
    submit(tab.page, "Send for checking")
    beside.page.locator("input[name=question]").evaluate("e => { e.value = 'May I say something else?' }")
    submit(beside.page, "Send for checking")
    beside.expect_status(409)
    beside.check()


def test_an_officer_cannot_decide_what_is_their_own(site: Running, tab: Tab) -> None:
    people.sign_in(tab, site, people.CHAIR)
    reference = people.ask(tab, site, "The Chair is away.")
    tab.page.goto(f"{site.home}/check/{reference}/decision")
    tab.expect_status(403)
    tab.check()


def test_whoever_is_to_leave_can_stay_after_all(site: Running, tab: Tab) -> None:
    people.sign_in(tab, site, people.CLERK)
    page = tab.page
    page.goto(site.home + "/register")
    page.get_by_role("link", name="Mr Joe Farrant").click()
    line = page.url
    page.goto(line + "/end")
    for part, value in (("Day", "1"), ("Month", "2"), ("Year", "2099")):
        page.get_by_label(part, exact=True).fill(value)
    page.locator("[name=reason]").fill("A new post elsewhere.")
    submit(page, "Save")
    tab.check()
    page.goto(line + "/return")
    tab.check()


def start(page: Page, site: Running) -> None:
    """Answer as little as one may, up to the page with all answers."""
    page.goto(site.home + "/check")
    choose(page, "The Council")
    submit(page, "Continue")
    choose(page, "Facebook")
    submit(page, "Continue")
    page.get_by_label("Your question").fill("May I say what the tender was?")
    for _ in range(5):
        submit(page, "Continue")
    assert page.locator("h1").inner_text() == "Check your answers"


def choose(page: Page, label: str) -> None:
    """Choose a radio button."""
    page.get_by_label(label, exact=True).check()


def submit(page: Page, name: str) -> None:
    """Press a button and wait for the next page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()
