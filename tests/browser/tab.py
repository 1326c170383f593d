"""A browser tab that remembers what was served to it and what went wrong there.

Rules: every tab has cookies of its own, so one tab is one person; a page is judged by what the server sent, not by
what the browser made of it; anything that the browser complains of (a blocked style, a missing file) is a fault.
"""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from tests.browser.serve import HEADER

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

#: A small telephone, the width that WCAG 2.2's criterion 1.4.10 names, and a desktop.
NARROW, WIDE = 320, 1280
_HEIGHTS = {NARROW: 640, WIDE: 900}

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]

_NU_SECONDS = 240

_EXTENDS = re.compile(r"""{%-? extends "([^"]+)""")


def lacking() -> list[str]:
    """What these tests need and this machine lacks."""
    wanted = {
        "Chromium (apt-get install chromium)": CHROMIUM,
        "axe-core (npm ci)": AXE,
        "the Nu HTML checker (npm ci)": NU,
    }
    absent = [name for name, path in wanted.items() if not path.exists()]
    return absent if shutil.which("java") else [*absent, "Java (apt-get install openjdk-17-jre-headless)"]


@dataclass
class Served:
    """Pages as they were served, for the Nu HTML checker all at once: starting it takes most of its time."""

    folder: Path
    pages: dict[str, str] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)

    def add(self, what: str, html: str) -> None:
        """Keep a page; the same page twice is checked once."""
        if html in self.pages:
            return
        name = f"{len(self.pages):04}.html"
        (self.folder / name).write_text(html, encoding="utf-8")
        self.pages[html] = f"{name} {what}"

    def faults(self) -> list[str]:
        """Return what the checker holds to be wrong, a line for each fault."""
        if not self.pages:
            return []
        java = shutil.which("java") or "java"
        done = subprocess.run(  # noqa: S603  (every word of the command is ours)
            [java, "-Xss4m", "-jar", str(NU), "--errors-only", "--stdout", "--format", "json", str(self.folder)],
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=_NU_SECONDS,
        )
        names = dict(kept.split(" ", 1) for kept in self.pages.values())
        return [
            f"{names.get(Path(m['url']).name)} line {m.get('lastLine')}: {m['message']} {m.get('extract', '')!r}"
            for m in json.loads(done.stdout)["messages"]
        ]


def page_templates() -> set[str]:
    """The templates that are pages by themselves: those that extend a layout, less those that are only extended."""
    found = {path: path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")}
    extending = {
        path.relative_to(ROOT / "templates").as_posix() for path, text in found.items() if _EXTENDS.search(text)
    }
    layouts = {name for text in found.values() for name in _EXTENDS.findall(text)}
    mails = {name for name in extending if name.startswith("email/")}
    return extending - layouts - mails


@dataclass
class Tab:
    """One person's browser. `page` is Playwright's own; `check` judges what it shows."""

    page: Page
    served: Served
    complaints: list[str] = field(default_factory=list)
    response: Response | None = None

    def __post_init__(self) -> None:
        self.page.on("response", self._responded)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"not fetched: {request.url}"))

    def check(self) -> None:
        """Fail unless the page is accessible, fits both widths, and made the browser complain of nothing."""
        if self.response is not None:
            self.served.add(f"{self.response.status} {self.response.url}", self.response.text())
            self.served.templates.add(self.response.header_value(HEADER) or "")
        faults = list(self.complaints)
        for width in (NARROW, WIDE):
            self.page.set_viewport_size({"width": width, "height": _HEIGHTS[width]})
            faults += [f"at {width} px: {fault}" for fault in (*_overflow(self.page), *_axe(self.page))]
        assert not faults, "\n".join([f"{self.page.title()} <{self.page.url}>", *faults])

    def check_mail(self, mail: dict[str, str]) -> None:
        """Show a mail's HTML part, and judge it as a page is judged."""
        # An empty page first: the policy of the page that was there would hold for the mail as well.
        self.page.goto("about:blank")
        self.response = None
        self.page.set_content(mail["html"])
        self.served.add(f"mail: {mail['subject']}", mail["html"])
        self.check()

    def expect_status(self, status: int) -> None:
        """Fail unless the page was served with this status."""
        assert self.response is not None
        assert self.response.status == status, f"{self.response.status} {self.response.url}"

    def _responded(self, response: Response) -> None:
        request = response.request
        if (
            request.is_navigation_request()
            and request.frame == self.page.main_frame
            and not 300 <= response.status < 400
        ):
            self.response = response

    def _said(self, message: ConsoleMessage) -> None:
        # Chromium writes every answer of 400 and more to the console; that one is meant.
        meant = re.search(r"the server responded with a status of 4\d\d", message.text)
        if message.type in ("error", "warning") and not (meant and message.location["url"] == self.page.url):
            self.complaints.append(f"{message.type}: {message.text}")


def launch_options() -> dict[str, Any]:
    """How Debian's Chromium is started here: as root, in a container with little shared memory."""
    return {
        "executable_path": str(CHROMIUM),
        "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"],
    }


def open_tab(browser: Browser, served: Served) -> Tab:
    """Open a tab of its own, as wide as a desktop, that takes British English."""
    context = browser.new_context(locale="en-GB", viewport={"width": WIDE, "height": _HEIGHTS[WIDE]})
    context.set_default_timeout(10_000)
    return Tab(context.new_page(), served)


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def _axe(page: Page) -> list[str]:
    # Handed over by the debugger's own way in, since the pages forbid every script.
    page.evaluate(_axe_source())
    found = page.evaluate(
        """tags => axe.run(document, {
            runOnly: {type: "tag", values: tags},
            // The design system puts the back link between the header and the main part, where no landmark is.
            rules: {"target-size": {enabled: true}, "region": {enabled: false}},
            resultTypes: ["violations"],
        })""",
        _TAGS,
    )
    return [
        f"{rule['id']} ({rule['help']}): {node['html']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def _overflow(page: Page) -> list[str]:
    wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
            [...document.querySelectorAll("body *")]
                .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
                .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
    )
    return [f"scrolls sideways because of {html}" for html in wide]
