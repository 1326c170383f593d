"""What browser tests share: one Chromium for all, tabs, and the HTML checker at the end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.site import Running, running, stylesheet
from tests.browser.tab import Served, Tab, lacking, launch_options, open_tab, page_templates
from tests.support.missing import missing


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    absent = lacking()
    if absent:
        missing(f"browser tests need {', '.join(absent)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Every page that was checked. In the end they go through the Nu HTML checker, and none may be missing."""
    pages = Served(tmp_path_factory.mktemp("served"))
    yield pages
    faults = pages.faults()
    assert not faults, "\n".join(["not valid HTML:", *faults])
    if _all_ran(request.session):
        unseen = page_templates() - pages.templates
        assert not unseen, f"pages that no browser test checks: {sorted(unseen)}"


def _all_ran(session: pytest.Session) -> bool:
    ours = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    chosen = session.config.getoption("keyword") or "::" in " ".join(session.config.args)
    return ours <= {item.path.name for item in session.items} and not chosen and not session.testsfailed


@pytest.fixture(scope="session")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The app, running on this machine under the stage prefix. (Chromium is asked for first: without it, no app.)"""
    assert chromium.is_connected()
    stylesheet()
    with running(tmp_path_factory.mktemp("site") / "app.log") as started:
        yield started


@pytest.fixture
def new_tab(chromium: Browser, served: Served) -> Iterator[Callable[[], Tab]]:
    """Open a tab for one more person."""
    opened: list[Tab] = []

    def another() -> Tab:
        opened.append(open_tab(chromium, served))
        return opened[-1]

    yield another
    for tab in opened:
        tab.page.context.close()


@pytest.fixture
def tab(new_tab: Callable[[], Tab]) -> Tab:
    """A tab for one person."""
    return new_tab()
