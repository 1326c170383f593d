"""The whole journey in browsers, by keyboard: a councillor asks, an officer answers, both see what became of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import keyboard, people
from tests.browser.site import Running
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

NewTab = Callable[[], Tab]

# The smallest picture there is: one transparent dot.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f0300050001"
    "5e0af1c50000000049454e44ae426082"
)


def test_a_councillor_asks_the_clerk_edits_and_what_was_posted_is_recorded(site: Running, new_tab: NewTab) -> None:
    councillor, clerk = new_tab(), new_tab()
    email = "councillor1@council.example"
    people.sign_in(councillor, site, email, check=True)
    reference = people.ask(councillor, site, "Come to the fête on Friday!\n\n  Bring cake.", check=True)

    people.decide(
        clerk,
        site.link(people.CLERK, "/decide/"),
        "Approve with my edits",
        check=True,
        text="Come to the fête on Saturday!\n\n  Bring cake.",
        reason="It is on Saturday.",
    )
    assert clerk.page.locator("h1").inner_text() == "Your decision is recorded"

    clerk.page.goto(site.link(people.CLERK, "/not-me/"))
    clerk.check()

    page = councillor.page
    page.goto(f"{site.home}/check/{reference}")
    councillor.check()
    assert page.locator("ins.cw-added").count() > 0
    keyboard.skip_to_main(page)
    keyboard.write(page, "Where did you post it?", "https://x.example/1")
    keyboard.write(page, "What did you post?", "Come to the fête on Sunday!")
    keyboard.press(page, "Record what I posted")
    councillor.check()
    page.goto(site.home + "/checks")
    councillor.check()

    mails = [*site.mails(email), *site.mails(people.CLERK), *site.mails(people.CHAIR)]
    about = {mail["subject"]: mail for mail in mails if reference in mail["text"] or "/sign-in/" in mail["text"]}
    assert len(about) >= 4
    for mail in about.values():
        clerk.check_mail(mail)


def test_what_was_left_out_is_told_at_the_top_and_beside_the_question(site: Running, tab: Tab) -> None:
    people.sign_in(tab, site, "councillor2@council.example")
    tab.page.goto(site.home + "/check")
    keyboard.press(tab.page, "Continue")
    tab.expect_status(422)
    tab.check()
    assert keyboard.focused(tab.page).startswith("There is a problem")
    keyboard.press(tab.page, "Choose in whose name you would post")
    assert tab.page.evaluate("document.activeElement.name") == "in_name_of"


def test_pictures_are_sent_shown_and_taken_out(site: Running, new_tab: NewTab, tmp_path: Path) -> None:
    tab = new_tab()
    people.sign_in(tab, site, "councillor3@council.example")
    page = tab.page
    page.goto(site.home + "/check")
    keyboard.choose(page, "The Council", first="The Council")
    keyboard.press(page, "Continue")
    begun = page.url.rpartition("/")[0]
    page.goto(site.home + "/check")
    keyboard.press(page, "go on with it under My requests")
    assert page.get_by_text("You have a check that you began").is_visible()
    tab.check()
    page.goto(f"{begun}/pictures")
    keyboard.choose(page, "Yes", first="No")
    keyboard.write(page, "If so, whose pictures are they?", "I took them myself")
    keyboard.choose(
        page,
        "Not needed: it is mine, and nobody can be recognised",
        first="Yes, its owner and everybody who can be recognised",
    )
    keyboard.press(page, "Continue")
    tab.check()
    picture = tmp_path / "dot.png"
    picture.write_bytes(DOT)
    page.set_input_files("#file", picture)
    keyboard.press(page, "Send this picture")
    tab.check()
    assert page.get_by_text("1 picture so far").is_visible()
    keyboard.press(page, page.locator(".cw-files__file button").inner_text())
    tab.check()
    assert page.get_by_text("You have sent none yet").is_visible()


def test_the_clerks_own_pages_are_accessible(site: Running, new_tab: NewTab) -> None:
    councillor, clerk = new_tab(), new_tab()
    people.sign_in(councillor, site, "councillor4@council.example")
    reference = people.ask(councillor, site, "The hall is open.")
    people.sign_in(clerk, site, people.CLERK)
    request = f"/check/{reference}"
    for path in ("/desk", request, f"{request}/texts/1", f"{request}/decision", "/register", "/register/add"):
        clerk.page.goto(site.home + path)
        clerk.expect_status(200)
        clerk.check()
    clerk.page.goto(site.home + "/register")
    keyboard.press(clerk.page, "Cllr Harold Wintle")
    clerk.check()
    line = clerk.page.url
    for act in ("change", "end"):
        clerk.page.goto(f"{line}/{act}")
        clerk.check()
        keyboard.press(clerk.page, "Save")
        clerk.check()
    clerk.page.goto(site.home + "/register/add")
    keyboard.press(clerk.page, "Add to the register")
    clerk.expect_status(422)
    clerk.check()
