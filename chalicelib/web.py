"""The HTTP edge that every page shares: routes and who may open them, forms in, pages out.

Rules: GET and HEAD change nothing, and every GET route answers HEAD. A POST from another site's page is refused. Every
response carries the security headers. A route names its access class in `route`, and a test reads `ROUTES`. A page that
somebody may not see is not found, in the same words as one that does not exist.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.parse import quote, urlencode

from chalice.app import Blueprint, Response

from chalicelib import assets, render, sent, wiring

if TYPE_CHECKING:
    from chalicelib.access import Visitor
    from chalicelib.policy.rules import Version
    from chalicelib.register.rules import Person, Register

log = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 800_000
"""Bytes of a form's body: 60,000 characters of four bytes, three for each in the encoding, and room for the rest."""

TOO_MANY = 429
"""The status of what came too often."""

PUBLIC, LINK, SIGNED_IN, OFFICER, KEEPER = "public", "link", "signed-in", "officer", "keeper"
"""Access classes: anybody; who holds a link; who is signed in; who may decide; who keeps the register."""

ROUTES: dict[tuple[str, str], str] = {}
"""(path, method) → access class, for every route of the app."""


class Problem(Exception):
    """A request that gets an error page: `status` and what the page says beyond the usual words for it."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(status, message)
        self.status, self.message = status, message


class Asked(NamedTuple):
    """A request as views see it. `prefix` is the stage prefix (`/api` or nothing), `source` the caller's address.

    `body` and `idempotency_key` (None: not sent) are what a program sends."""

    method: str
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    form: sent.Fields
    at: datetime
    prefix: str
    origin: str
    source: str
    token: str = ""
    visitor: "Visitor | None" = None
    cookies: str = ""
    body: bytes = b""
    idempotency_key: str | None = None

    def cookie(self, name: str) -> str:
        """The value of a cookie of ours beside the session's, set with `cookie` under this name; "" without."""
        return _cookie(self.cookies, _cookie_name(self.origin.partition(":")[0], name))

    @property
    def person(self) -> "Person":
        """Who is signed in. Only for routes that need it."""
        if self.visitor is None:
            raise Problem(403)
        return self.visitor.person

    @property
    def register(self) -> "Register":
        """The register, as it was read with the session. Only for routes that need a session."""
        if self.visitor is None:
            raise Problem(403)
        return self.visitor.register

    @property
    def policy(self) -> "Version":
        """The version of the policy whose clauses count, as it was read with the session. Only with a session."""
        if self.visitor is None:
            raise Problem(403)
        return self.visitor.policy

    @property
    def writes(self) -> bool:
        """Whether it may change anything."""
        return self.method == "POST"


View: TypeAlias = Callable[[Asked], Response]


def route(
    blueprint: Blueprint, path: str, access_class: str, methods: Sequence[str] = ("GET",)
) -> Callable[[View], View]:
    """Make the view answer at this path; GET brings HEAD with it, POST takes forms."""

    def decorate(view: View) -> View:
        def handler(**parts: str) -> Response:
            return answer(blueprint.current_request, access_class, view, parts)

        handler.__name__ = view.__name__
        reads = [method for name in methods if name == "GET" for method in ("GET", "HEAD")]
        if reads:
            blueprint.route(path, methods=reads, content_types=["*/*"])(handler)
        if "POST" in methods:
            blueprint.route(path, methods=["POST"], content_types=[FORM])(handler)
        ROUTES.update({(path, method): access_class for method in (*reads, *(m for m in methods if m == "POST"))})
        return view

    return decorate


def answer(request: Any, access_class: str, view: View, parts: Mapping[str, str]) -> Response:
    """The view's response, or the error page for what stands in its way."""
    asked = asked_of(request, parts)
    try:
        if asked.writes:
            from_our_own_page(request, asked)
        asked = admitted(_with_form(request, asked), access_class)
        return view(asked)
    except Instead as turn:
        return turn.response
    except Problem as problem:
        return error_page(problem.status, problem.message, asked)
    except Exception as error:
        if not passes(error):
            raise
        return error_page(503, "", asked)


def passes(error: Exception) -> bool:
    """Whether it may be tried again: others wrote to the same record again and again, or the bucket did not answer.
    Nothing was changed. It is asked only when something went wrong: naming the errors where they are caught would have
    every page import the store and the files."""
    from chalicelib.files import Away
    from chalicelib.store import Conflict

    return isinstance(error, Conflict | Away)


class Instead(Exception):
    """Another page than the one that was asked for: raised by what finds out on the way."""

    def __init__(self, response: Response) -> None:
        self.response = response


def asked_of(request: Any, parts: Mapping[str, str]) -> Asked:
    """The request, with nothing read of its body and nobody asked who sends it."""
    event = request.to_original_event()
    context = event["requestContext"]
    # API Gateway's own address has the stage before the path, a domain of the council's has not.
    whole, bare, stage = context.get("path") or event["path"], event["path"], f"/{context.get('stage')}"
    prefix = stage if whole != bare and f"{whole}/".startswith(f"{stage}/") else ""
    headers = request.headers
    query = {name: values[-1] for name, values in (event.get("multiValueQueryStringParameters") or {}).items()}
    scheme = headers.get("x-forwarded-proto", "https")
    return Asked(
        method=request.method,
        path=bare,
        parts=parts,
        query=query,
        form=sent.Fields(),
        at=wiring.now(),
        prefix=prefix,
        origin=f"{scheme}://{context.get('domainName') or headers.get('host', '')}",
        source=context.get("identity", {}).get("sourceIp", ""),
        token=_cookie(headers.get("cookie", ""), _cookie_name(scheme)),
        cookies=headers.get("cookie", ""),
    )


def signed_first(asked: Asked, path: str = "") -> None:
    """For pages that are for those who have signed the policy: leads whoever has not to it, and from there to `path`,
    else to the page that was asked for. Raises Instead."""
    if asked.visitor and asked.visitor.unsigned:
        on = {name: asked.query[name] for name in ("then",) if name in asked.query}
        next = path or (asked.path + ("?" + urlencode(on) if on else ""))
        raise Instead(redirect(asked, "/sign-off?" + urlencode({"next": next})))


def from_our_own_page(request: Any, asked: Asked) -> None:
    """Raises Problem for what another site's page sends."""
    # A browser says where a form came from; a script that sends neither header carries nobody's cookie by accident.
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin", "none") or origin not in (None, asked.origin):
        raise Problem(403, "The form was sent from another website.")


def _with_form(request: Any, asked: Asked) -> Asked:
    if not asked.writes:
        return asked
    body = request.raw_body or b""
    if len(body) > LARGEST_FORM:
        raise Problem(413)
    try:
        return asked._replace(form=sent.parse(body))
    except sent.NotAForm as error:
        raise Problem(400, f"What your browser sent could not be read: {error}.") from error


def pressed(asked: Asked, *names: str) -> None:
    """For a form that is nothing but its button, and these hidden fields. Raises Problem when more was sent."""
    from chalicelib import forms

    form = forms.Button(asked.form, also=names)
    if not form.validate():
        raise Problem(422, str(form.form_errors[0]))


def admitted(asked: Asked, access_class: str) -> Asked:
    """With who is signed in, if they may come in. Raises Problem, Instead."""
    if access_class == LINK or not (asked.token or access_class != PUBLIC):
        return asked
    # A page for everybody, asked for by nobody in particular, comes as far as this and needs none of it.
    from chalicelib import access, dates
    from chalicelib.register.rules import keepers

    visitor = access.visitor(wiring.store(), asked.token, asked.at) if asked.token else None
    asked = asked._replace(visitor=visitor)
    if access_class == PUBLIC:
        return asked
    if visitor is None:
        raise Instead(_signed_out(asked))
    today = dates.today(asked.at)
    if access_class == OFFICER and not visitor.person.officer_role:
        raise Problem(404)
    if access_class == KEEPER and visitor.person not in keepers(visitor.register, today):
        raise Problem(404)
    return asked


def _signed_out(asked: Asked) -> Response:
    if asked.writes:
        # Somebody's session ended while they were typing: what they typed stays on the page.
        return page(asked, "errors/signed_out.html", 403, typed=asked.form, action=asked.path)
    return redirect(asked, "/sign-in?" + urlencode({"next": asked.path}))


def _cookie_name(scheme: str, of: str = "") -> str:
    name = f"clerkwell-{of}" if of else "clerkwell"
    return f"__Host-{name}" if scheme == "https" else name


def _cookie(header: str, name: str) -> str:
    # Read by hand: the standard library's parser gives up at the first odd cookie of another site of the council's.
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return next((value[:100] for found, _, value in pairs if found == name), "")


def cookie(asked: Asked, token: str, seconds: int | None, of: str = "") -> str:
    """The session cookie's header, or that of another cookie of ours; no token and 0 seconds takes it away, None lets
    the browser forget it when it is closed."""
    secure = asked.origin.startswith("https:")
    age = "" if seconds is None else f"; Max-Age={seconds}"
    name = _cookie_name("https" if secure else "http", of)
    return f"{name}={token}{age}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


def safe_path(path: str) -> str:
    """The path if it is one of this app's own to go on to, else the home page's."""
    plain = len(path) <= 200 and path.isascii() and path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def begins(asked: Asked) -> str:
    """Where a page of a list begins (`before` of store.listed), from its address: at the newest for what is no mark."""
    mark = asked.query.get("before", "")
    return mark if re.fullmatch(r"[0-9TZ:-]{20}#[0-9A-Za-z.-]{1,40}", mark) else "~"


def _context(asked: Asked) -> dict[str, Any]:
    return {
        "council": wiring.settings().council,
        "url": lambda path: asked.prefix + quote(path, safe="/?&=#-._~%"),
        "asset": lambda name: f"{asked.prefix}/assets/{assets.named(name)}",
        "visitor": _shown(asked.visitor, asked.at) if asked.visitor else None,
    }


def _shown(visitor: "Visitor", at: datetime) -> dict[str, Any]:
    from chalicelib import dates
    from chalicelib.register.rules import keepers

    person = visitor.person
    keeps = person in keepers(visitor.register, dates.today(at))
    return {"name": person.styled, "is_officer": bool(person.officer_role), "is_clerk": keeps}


def headers(uploads: str = "") -> dict[str, str]:
    """The security headers. `uploads`: the bucket's origin, for pages that send files to it or show its pictures."""
    also = f" {uploads}" if uploads else ""
    policy = (
        f"default-src 'none'; style-src 'self'; img-src 'self' data:{also}; "
        f"form-action 'self'{also}; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }


def response(body: str, code: int, more: Mapping[str, str | list[str]], uploads: str = "") -> Response:
    """A response with the security headers; `more` headers add to and replace them."""
    if code == TOO_MANY:
        from chalicelib import access

        more = {"Retry-After": str(access.try_again_in(wiring.now())), **more}
    return Response(body, {**headers(uploads), **more}, code)


def page(
    asked: Asked, template: str, code: int = 200, *, uploads: str = "", cookies: Sequence[str] = (), **context: Any
) -> Response:
    """A page. `uploads`: the bucket's origin, where the page sends files or shows pictures; `cookies` are set."""
    body = render.template(template, _context(asked) | context)
    more: dict[str, str | list[str]] = {"Content-Type": "text/html; charset=utf-8"}
    return response(body, code, more | ({"Set-Cookie": list(cookies)} if cookies else {}), uploads)


def redirect(asked: Asked, path: str, *cookies: str) -> Response:
    """On to another page of ours, by GET, setting these cookies."""
    return leave(asked.prefix + path, *cookies)


def leave(address: str, *cookies: str) -> Response:
    """On to an address that we made ourselves, by GET."""
    more: dict[str, str | list[str]] = {"Location": address, "Content-Type": "text/plain; charset=utf-8"}
    return response("", 303, more | ({"Set-Cookie": list(cookies)} if cookies else {}))


def data(value: Any, code: int = 200) -> Response:
    """JSON."""
    return response(json.dumps(value), code, {"Content-Type": "application/json"})


def error_page(code: int, message: str, asked: Asked) -> Response:
    """The page for an error of this status."""
    return page(asked, "errors/error.html", code, status=code, message=message)


def restyled(event: Any, get_response: Callable[[Any], Response]) -> Response:
    """Chalice middleware: what Chalice itself answers (415, 405, 500) becomes a page as well."""
    response = get_response(event)
    if response.status_code >= 400 and "Content-Security-Policy" not in response.headers:
        return error_page(response.status_code, "", asked_of(event, {}))
    return response
