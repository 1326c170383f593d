"""`python -m tests.browser.serve`: the app as `make run` starts it, and each page says which template it was made of.

It says so in a header, which only this has, so that the tests can tell which templates nobody has looked at.
"""

from typing import Any
from unittest.mock import patch

from chalice.app import Response

from chalicelib import web
from infra.local.__main__ import main

HEADER = "X-Template"

_page = web.page


def named_page(asked: web.Asked, template: str, *given: Any, **context: Any) -> Response:
    """The app's own page, with its template's name in the header."""
    response = _page(asked, template, *given, **context)
    response.headers[HEADER] = template
    return response


if __name__ == "__main__":
    with patch.object(web, "page", named_page):
        main()
