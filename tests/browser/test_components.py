"""Every component, and every page that the app itself cannot be made to show, before any part puts them to use."""

from pathlib import Path
from typing import Any

import jinja2
import pytest
import wtforms
from playwright.sync_api import Route
from wtforms import validators
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its published types

from chalicelib import forms, render, theme, web
from chalicelib.settings import Council
from infra.assets.build import TARGET
from tests.browser import keyboard
from tests.browser.serve import HEADER
from tests.browser.site import stylesheet
from tests.browser.tab import NARROW, Tab

pytestmark = pytest.mark.browser

HOME = "https://gallery.test/api"
DRAFT = "  Come to the fête!\n\n\t* cake\n  * tea\n" + "a-word-that-never-ends" * 12

ENTRIES = [
    {
        "what": "Request sent",
        "who": "Ann Example",
        "role": "councillor",
        "when": "23 November 2026 at 3.04 pm",
        "iso": "2026-11-23T15:04:05Z",
        "version": 1,
    },
    {
        "what": "Changes asked for",
        "who": "Bo Sample",
        "why": "Leave out the address.\nThen ask again.",
        "clauses": ["4.2"],
    },
    {"what": "Reminder sent", "details": [("To", "the Chair")]},
]


class Everything(forms.Form):
    """One of each kind of field."""

    question = wtforms.TextAreaField(
        "What do you want to post?", [forms.text(10_000, "The draft", lines=True)], description="Paste the whole text."
    )
    platform = wtforms.StringField(
        "Platform", [forms.required("Say which platform")], render_kw={"autocomplete": "off"}
    )
    contact = wtforms.EmailField("E-mail address", render_kw={"autocomplete": "email", "spellcheck": False})
    link = wtforms.URLField("Link")
    in_name_of = wtforms.RadioField(
        "In whose name?",
        [forms.required("Say in whose name")],
        choices=[
            SelectChoice("council", "The Council’s"),
            SelectChoice("own", "My own", {"hint": "On Council business, on an account of yours."}),
        ],
        render_kw={"hints": {"council": "On an account of the Council’s."}},
    )
    clauses = wtforms.SelectMultipleField(
        "Clauses", choices=[SelectChoice("1", "Be civil"), SelectChoice("2", "Be accurate")]
    )
    role = wtforms.SelectField("Role", choices=[SelectChoice("clerk", "Clerk"), SelectChoice("chair", "Chair")])
    when = forms.DateParts("When?", [validators.InputRequired("Say when")], description="For example, 27 3 2027")
    picture = wtforms.FileField("Picture", render_kw={"accept": "image/png"})
    agree = wtforms.BooleanField("They agree", [forms.required("Say that they agree")], description="All of them.")


def council(colour: str) -> Council:
    return Council(
        name="Little Wickham Parish Council",
        logo_text="Little Wickham",
        colour=colour,
        email="clerk@council.example",
        address="The Parish Room, Church Lane, Little Wickham",
        website="https://council.example",
        jurisdiction="england",
    )


class Gallery:
    """Renders templates as the app does, and answers a tab with them in place of a server."""

    def __init__(self, colour: str = "#1d4e4a") -> None:
        self.council = council(colour)
        own = jinja2.FileSystemLoader(Path(__file__).parent / "gallery")
        app = render.environment()
        assert app.loader is not None
        self.environment = app.overlay(loader=jinja2.ChoiceLoader([own, app.loader]))
        name = stylesheet()
        self.sheets = {
            f"{HOME}/assets/{name}": (TARGET / name).read_text("utf-8"),
            f"{HOME}/assets/theme.css": theme.theme_css(colour),
        }
        self.css = name

    def render(self, template: str, **context: Any) -> str:
        return self.environment.get_template(template).render(
            {
                "council": self.council,
                "url": lambda path: f"/api{path}",
                "asset": lambda _name: f"/api/assets/{self.css}",
                "visitor": None,
            }
            | context
        )

    def show(self, tab: Tab, template: str, code: int = 200, *, policy: bool = True, **context: Any) -> None:
        html = self.render(template, status=code, **context)

        def answer(route: Route) -> None:
            sheet = self.sheets.get(route.request.url)
            if sheet is not None:
                route.fulfill(body=sheet, content_type="text/css; charset=utf-8")
            else:
                headers = {"Content-Type": "text/html; charset=utf-8", HEADER: template}
                route.fulfill(body=html, status=code, headers=(web.headers() if policy else {}) | headers)

        tab.page.unroute_all()
        tab.page.route("**/*", answer)
        tab.page.goto(f"{HOME}/{template}")
        tab.expect_status(code)


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return Gallery()


def clerk() -> dict[str, Any]:
    return {"name": "Bo Sample", "is_officer": True, "is_clerk": True}


def wrong() -> Everything:
    typed = forms.Fields(question=["\n\nTwo lines down, and \x00"], platform=[""], contact=["<b>"], surprise=["1"])
    typed |= {"when-day": ["31"], "when-month": ["2"], "when-year": ["2027"], "clauses": ["2"]}
    form = Everything(typed)
    assert not form.validate()
    return form


def test_a_form_is_accessible(gallery: Gallery, tab: Tab) -> None:
    gallery.show(tab, "form.html", fields=list(Everything()), visitor=clerk())
    tab.check()


def test_a_form_with_errors_is_accessible_and_starts_at_what_is_wrong(gallery: Gallery, tab: Tab) -> None:
    form = wrong()
    gallery.show(tab, "form.html", 422, fields=list(form), errors=form.errors)
    tab.check()
    assert tab.page.title().startswith("Error: ")
    assert keyboard.focused(tab.page).startswith("There is a problem")


def test_every_message_of_the_summary_leads_to_its_field(gallery: Gallery, tab: Tab) -> None:
    form = wrong()
    gallery.show(tab, "form.html", 422, fields=list(form), errors=form.errors)
    links = tab.page.locator(".govuk-error-summary__list a")
    assert links.count() == sum(1 for name in form.errors if name)
    for number in range(links.count()):
        target = tab.page.locator(str(links.nth(number).get_attribute("href")))
        assert target.evaluate("e => e.matches('input, textarea, select')")
    assert "no field called surprise" in tab.page.locator(".govuk-error-summary").inner_text()


def test_what_was_typed_comes_back_to_the_letter(gallery: Gallery, tab: Tab) -> None:
    form = wrong()
    gallery.show(tab, "form.html", 422, fields=list(form), errors=form.errors)
    value = tab.page.locator("#question").input_value()
    assert value == "\n\nTwo lines down, and \ufffd"
    assert tab.page.locator("#contact").input_value() == "<b>"
    assert tab.page.locator("[name=when-month]").input_value() == "2"
    assert tab.page.locator("[name=clauses][value='2']").is_checked()


def test_everything_that_is_shown_is_accessible(gallery: Gallery, tab: Tab) -> None:
    rows = [("CR-7F3K-9QWD", "Ann Example", "waiting"), ("CR-8G4L-2RTZ", "Bo Sample", "approved")]
    gallery.show(
        tab,
        "show.html",
        text=DRAFT,
        entries=ENTRIES,
        rows=rows,
        notice={"text": "Sent", "kind": "success"},
        visitor=clerk(),
    )
    tab.check()
    exact = tab.page.locator(".cw-exact").first
    assert exact.evaluate("e => e.textContent") == DRAFT
    assert tab.page.get_by_label("The draft").evaluate("e => getComputedStyle(e).direction") == "rtl"


def test_a_difference_is_told_in_words(gallery: Gallery, tab: Tab) -> None:
    gallery.show(tab, "show.html", text=DRAFT, entries=[], rows=[], notice="")
    shown = tab.page.locator("ins.cw-added:not(p *)").first
    assert shown.evaluate("e => e.textContent") == "added: Saturday (end of addition) "
    struck = tab.page.locator("del.cw-removed:not(p *)").first
    assert "line-through" in str(struck.evaluate("e => getComputedStyle(e).textDecorationLine"))


def test_rows_stand_as_cards_on_a_narrow_screen(gallery: Gallery, tab: Tab) -> None:
    gallery.show(tab, "show.html", text="x", entries=[], rows=[("CR-7F3K-9QWD", "Ann Example", "waiting")])
    label = tab.page.locator(".cw-cards__label").first
    assert not label.is_visible()
    tab.page.set_viewport_size({"width": NARROW, "height": 640})
    assert label.is_visible()


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffdd00", "#777777"])
def test_any_colour_of_a_council_can_be_read(colour: str, tab: Tab) -> None:
    Gallery(colour).show(
        tab, "show.html", text="x", entries=ENTRIES, rows=[], notice={"text": "Sent", "kind": "important"}
    )
    tab.check()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 503, 418, 502])
def test_every_error_has_a_page(status: int, gallery: Gallery) -> None:
    page = gallery.render("errors/error.html", status=status, message="The form was sent twice.")
    assert "The form was sent twice." in page
    assert "Go to the first page" in page


def test_an_error_page_is_accessible(gallery: Gallery, tab: Tab) -> None:
    gallery.show(tab, "errors/error.html", 404, reference="K7F3")
    tab.check()


def test_the_page_for_an_ended_sign_in_shows_what_was_typed(gallery: Gallery, tab: Tab) -> None:
    gallery.show(tab, "errors/signed_out.html", 403, typed=forms.Fields(text=[DRAFT], id=["K7F3"]), action="/check")
    tab.check()
    assert tab.page.locator(".cw-exact").evaluate("e => e.textContent") == DRAFT
    assert tab.page.locator("[name=text]").input_value() == DRAFT


def test_the_gateways_own_page_stands_alone(gallery: Gallery, tab: Tab) -> None:
    gallery.show(tab, "errors/gateway.html", 404, policy=False)
    tab.check()


def test_pages_that_only_a_race_or_a_farewell_shows_are_accessible(gallery: Gallery, tab: Tab) -> None:
    request = {"reference": "J25B-D8K5", "state": "lapsed", "state_words": "Lapsed without a decision"}
    gallery.show(tab, "checks/not_me_done.html", request=request)
    tab.check()
    gallery.show(tab, "register/own_line.html", visitor=clerk())
    tab.check()


@pytest.mark.parametrize("path", ["home", "privacy", "accessibility"])
def test_the_pages_about_the_service_are_accessible(path: str, gallery: Gallery, tab: Tab) -> None:
    ways = [{"title": "Ask for a check", "href": "/check", "text": "Before you post."}] * 3
    gallery.show(tab, f"site/{path}.html", ways=ways)
    tab.check()


def test_a_mail_is_accessible_and_fetches_nothing(gallery: Gallery, tab: Tab) -> None:
    html = gallery.render("mail.html", text=DRAFT, council=gallery.council._asdict() | {"on_colour": "#ffffff"})
    assert "src=" not in html
    assert "url(" not in html
    gallery.show(tab, "mail.html", policy=False, text=DRAFT)
    tab.check()


def test_a_form_can_be_filled_in_without_a_mouse(gallery: Gallery, tab: Tab) -> None:
    gallery.show(tab, "form.html", fields=list(Everything()), visitor=clerk())
    page = tab.page
    keyboard.reach(page, "Skip to main content")
    keyboard.write(page, "Platform", "Facebook")
    keyboard.choose(page, "My own", first="The Council’s")
    keyboard.tick(page, "Be accurate")
    keyboard.write(page, "Month", "3")
    keyboard.tick(page, "They agree")
    assert page.locator("#platform").input_value() == "Facebook"
    assert page.locator("[name=in_name_of][value=own]").is_checked()
    assert page.locator("[name=clauses][value='2']").is_checked()
    keyboard.press(page, "Continue")


def test_the_pages_speak_in_the_readers_own_typeface(gallery: Gallery, tab: Tab) -> None:
    gallery.show(tab, "errors/error.html", 404)
    typeface = tab.page.evaluate("() => getComputedStyle(document.querySelector('h1')).fontFamily")
    assert typeface.startswith("system-ui")


def test_what_is_printed_needs_neither_colour_nor_ground(gallery: Gallery, tab: Tab) -> None:
    gallery.show(tab, "show.html", text=DRAFT, entries=ENTRIES, rows=[], visitor=clerk())
    tab.page.emulate_media(media="print")
    assert not tab.page.locator(".cw-menu").is_visible()
    assert tab.page.locator(".cw-history").is_visible()
    added = tab.page.locator("ins.cw-added").first
    assert added.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert "underline" in str(added.evaluate("e => getComputedStyle(e).textDecorationLine"))
