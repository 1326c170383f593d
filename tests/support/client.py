"""A visitor without a browser: opens pages, fills forms, reads mail, all through the gateway, with no server between.

It behaves as a browser does where that matters: it keeps cookies and says where a form comes from. Paths are written as
in the app (`/check`); the stage prefix is put before them.
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from webtest import TestApp, TestResponse

from infra.local.mailbox import stamp
from infra.local.site import Site

HOST = "127.0.0.1:8000"


class _Browserlike(TestApp):
    def do_request(self, req: Any, status: Any = None, expect_errors: Any = None) -> TestResponse:
        if req.method == "POST":
            req.headers.setdefault("Origin", f"http://{HOST}")
            req.headers.setdefault("Sec-Fetch-Site", "same-origin")
        return super().do_request(req, status, expect_errors)


class Client:
    """One visitor with their cookies. `another()` is somebody else, on another device, at the same site."""

    def __init__(self, site: Site, prefix: str = "/api") -> None:
        self.site = site
        self.prefix = prefix
        environ = {"HTTP_HOST": HOST, "REMOTE_ADDR": "127.0.0.1", "HTTP_ACCEPT": "text/html,*/*;q=0.8"}
        self.web = _Browserlike(site, extra_environ=environ)

    def another(self) -> Client:
        """A visitor with no cookies yet."""
        return Client(self.site, self.prefix)

    def get(self, path: str, status: Any = 200, **more: Any) -> TestResponse:
        """Open a page. `status`: the one expected, or "*" for any."""
        return self.web.get(self.whole(path), status=status, **more)

    def head(self, path: str, status: Any = 200, **more: Any) -> TestResponse:
        """Ask for a page's headers only, as mail scanners do."""
        return self.web.head(self.whole(path), status=status, **more)

    def post(self, path: str, fields: Any = "", status: Any = 303, **more: Any) -> TestResponse:
        """Send a form without having opened it."""
        return self.web.post(self.whole(path), fields, status=status, **more)

    def submit(self, page: TestResponse, status: Any = 303, button: str | None = None, **fields: Any) -> TestResponse:
        """Fill the page's main form and send it; a list ticks several boxes. `button` is a button's `name=value`."""
        form = main_form(page)
        for name, value in fields.items():
            if isinstance(value, list):
                for box in form.fields[name]:
                    box.checked = box._value in value
            else:
                form[name] = value
        name, _, value = (button or "").partition("=")
        answer: TestResponse = form.submit(name or None, value=value or None, status=status)
        return answer

    def follow(self, answer: TestResponse, status: Any = 200) -> TestResponse:
        """Open the page that a redirect leads to."""
        return self.web.get(_path(str(answer.location)), status=status)

    def inbox(self) -> list[dict[str, str]]:
        """Every mail sent so far, oldest first."""
        found = self.web.get("/_local/inbox.json").json
        return [dict(mail) for mail in found]

    def mail_to(self, address: str, subject: str = "") -> dict[str, str]:
        """The newest mail to an address with these words in its subject. Raises AssertionError if there is none."""
        for mail in reversed(self.inbox()):
            if mail["to"] == address and subject.casefold() in mail["subject"].casefold():
                return mail
        raise AssertionError(f"no mail to {address} about {subject!r}: {[m['subject'] for m in self.inbox()]}")

    def tick(self, at: datetime) -> dict[str, Any]:
        """Run the scheduled functions as of then."""
        return dict(self.web.post_json("/_local/tick", {"at": stamp(at)}).json)

    def mail_fails(self, how: str = "refuse") -> None:
        """SES refuses from now on; see infra/local/mailbox.py for other ways to fail."""
        self.web.post_json("/_local/mail", {"fail": True, "how": how})

    def mail_recovers(self) -> None:
        """SES takes mail again."""
        self.web.post_json("/_local/mail", {"fail": False})

    def mail_event(self, address: str, kind: str) -> None:
        """SES says of the last mail to an address: `Bounce`, `Delivery` or `Complaint`."""
        self.web.post_json("/_local/mail-event", {"to": address, "type": kind})

    def sign_in(self, address: str) -> TestResponse:
        """Ask for a link, take it from the mail, and use it; the page that follows."""
        asked = self.submit(self.get("/sign-in"), status="*", email=address)
        assert asked.status_code in (200, 303), asked.status
        opened = self.get(link_in(self.mail_to(address, "sign in")))
        return self.follow(self.submit(opened))

    def whole(self, path: str) -> str:
        """A path or an address of ours as the browser asks for it: with the prefix, without the host."""
        path = _path(path)
        return path if path.startswith((f"{self.prefix}/", "/_local/")) else self.prefix + path


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def main_form(page: TestResponse) -> Any:
    """The form that the page is about: the one in <main>, or the only one."""
    forms = list(page.forms.values())
    ids = page.html.select("main form")
    assert ids, "the page has no form in its main part"
    wanted = str(ids[0].get("action", ""))
    return next(form for form in forms if form.action == wanted)


def links_in(mail: dict[str, str]) -> list[str]:
    """The addresses in a mail's text."""
    return re.findall(r"https?://[^\s<>\"]+", html.unescape(mail["text"]))


def link_in(mail: dict[str, str], containing: str = "") -> str:
    """The one link of a mail that leads to this site. Raises AssertionError when there is not exactly one."""
    ours = {link for link in links_in(mail) if HOST in link and containing in link}
    assert len(ours) == 1, f"expected one link, found {sorted(ours)}"
    return ours.pop()
