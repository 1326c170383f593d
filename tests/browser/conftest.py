"""What browser tests share: one Chromium for all, tabs, and the HTML checker at the end."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.tab import Served, Tab, launch_options, may_skip, missing, open_tab


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    absent = missing()
    if absent and may_skip():
        pytest.skip(f"BROWSER TESTS NOT RUN, this machine lacks: {', '.join(absent)}")
    assert not absent, f"missing: {', '.join(absent)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Every page that was checked; when all tests are done they go through the Nu HTML checker."""
    pages = Served(tmp_path_factory.mktemp("served"))
    yield pages
    faults = pages.faults()
    assert not faults, "\n".join(["not valid HTML:", *faults])


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
