"""Pictures: declared, sent straight to the bucket, looked at before they are kept, shown to the officer alone."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from chalicelib import wiring
from chalicelib.checks.service import requests
from chalicelib.files import PICTURES
from tests.journeys.steps import (
    asks,
    clerk_decides,
    follows_link,
    message_at,
    parts,
    presses,
    reference_of,
    signed_in,
    table_dump,
    words,
)
from tests.support.builders import FORM
from tests.support.client import Client
from tests.support.engines import Engine

PNG, JPEG = b"\x89PNG\r\n\x1a\n" + b"a picture", b"\xff\xd8\xff\xe0" + b"another picture"
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"a third"
DECLARED = {"has_pictures": "yes", "picture_owner": "I took them", "picture_consent": "given"}


@pytest.fixture
def reference() -> str:
    """A reference of this test's own: the bucket is there for all of them."""
    return requests.new_reference()


def begins(visitor: Client, reference: str, **fields: Any) -> str:
    """Answer the form so far as is needed to send pictures; the path of the page that takes them."""
    steps = {"name": {"in_name_of": "council"}, "where": {"platform": "x"}, "what": {"text": "Look"}}
    for step, answers in steps.items():
        visitor.post(f"/check/new/{reference}/{step}", answers)
    answer = visitor.post(f"/check/new/{reference}/pictures", {**DECLARED, **fields})
    assert str(answer.location).endswith("/files")
    return f"/check/new/{reference}/files"


def upload_form(visitor: Client, path: str) -> dict[str, str]:
    """The fields of the form that sends a picture to the bucket, and where to: as the page has them."""
    form = visitor.get(path).html.select_one("form[enctype='multipart/form-data']")
    assert form is not None
    assert form.select("input")[-1]["type"] == "file"  # S3 reads nothing after it.
    fields = {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}
    return {"action": str(form["action"]), **fields}


def upload(form: dict[str, str], content: bytes, name: str = "p.png") -> str:
    """Send a picture as a browser does; the path to which the bucket sends the browser afterwards."""
    fields: dict[str, Any] = {key: value for key, value in form.items() if key != "action"}
    answer = urllib3.request("POST", form["action"], fields={**fields, "file": (name, content)}, redirect=False)
    assert answer.status == 303, answer.data
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def sends(visitor: Client, path: str, *contents: bytes) -> Any:
    """Send pictures one after the other; the page that follows the last."""
    page = None
    for content in contents:
        page = visitor.get(upload(upload_form(visitor, path), content))
    return page


def kept(reference: str) -> list[dict[str, Any]]:
    """The pictures of a request as its record has them."""
    record = wiring.store().get("check", reference)
    assert record is not None
    return list(record.data["answers"]["pictures"])


@pytest.mark.both_engines
def test_pictures_travel_from_the_form_to_the_officer(client: Client, reference: str) -> None:
    councillor = signed_in(client, "councillor1")
    path = begins(councillor, reference)
    page = councillor.get(path)
    assert "You have sent none yet" in words(page)
    origin = urlsplit(upload_form(councillor, path)["action"])
    assert f"{origin.scheme}://{origin.netloc}" in page.headers["Content-Security-Policy"]
    page = sends(councillor, path, PNG, JPEG, WEBP)
    assert "3 pictures so far" in words(page)
    assert not page.html.select(".govuk-error-message")

    page = councillor.follow(councillor.submit(page.click("^Continue")))
    page = councillor.follow(councillor.submit(page))
    assert words(page, "h1") == "Check your answers"
    assert "Picture 3, 1 kB" in words(page)
    reference = reference_of(councillor.submit(page))
    by_content = {picture["sha256"]: picture for picture in kept(reference)}
    for content, kind in ((PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")):
        picture = by_content[hashlib.sha256(content).hexdigest()]
        assert (picture["type"], picture["size"]) == (kind, len(content))

    page = follows_link(client)
    shown = [str(picture["src"]) for picture in page.html.select("main img")]
    assert {urllib3.request("GET", address).data for address in shown} == {PNG, JPEG, WEBP}
    assert all("X-Amz-Expires=300" in address and "X-Amz-Signature" in address for address in shown)
    assert "I took them" in words(page)
    clerk_decides(client)
    assert len(councillor.get(f"/check/{reference}").html.select("main img")) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"just words", "must be a PNG, JPEG or WebP file"),
        (b"GIF89a" + b"x" * 20, "must be a PNG, JPEG or WebP file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "must be a PNG, JPEG or WebP file"),
        (b"\x89PN", "must be a PNG, JPEG or WebP file"),
        (b"RIFF....WAVEfmt ", "must be a PNG, JPEG or WebP file"),
        (PNG + b"x" * PICTURES.largest, "must be no larger than 5 MB"),
        (b"", "not empty"),
    ],
    ids=["words", "gif", "svg", "cut-short", "sound", "too-large", "empty"],
)
def test_what_is_no_picture_is_told_and_not_kept(
    client: Client, reference: str, engine: Engine, table: str, content: bytes, message: str
) -> None:
    councillor = signed_in(client, "councillor1")
    page = sends(councillor, begins(councillor, reference), PNG, content)
    (told,) = parts(page, ".cw-files .govuk-error-message")
    assert message in told
    assert words(page, "title").startswith("Error: ")
    for step in ("people", "when"):
        presses(councillor, f"/check/new/{reference}/{step}")
    page = councillor.get(f"/check/new/{reference}/answers")
    assert message in words(page, ".govuk-error-summary")
    assert "Send for checking" not in words(page)
    # Sent all the same, it is refused whole.
    before = table_dump(engine, table)
    page = councillor.post("/check", {**FORM, **DECLARED, "reference": reference}, status=422)
    assert message in message_at(page, "has_pictures")
    assert "See the pictures that you have sent" in words(page)
    assert table_dump(engine, table) == before
    # Taken out, the rest goes through.
    page = councillor.get(f"/check/new/{reference}/files")
    (bad,) = (row for row in page.html.select(".cw-files__file") if row.select(".govuk-error-message"))
    presses(councillor, f"/check/new/{reference}/files", remove=str(bad.select("input")[0]["value"]))
    assert "1 picture so far" in words(councillor.get(f"/check/new/{reference}/files"))
    asks(councillor, **DECLARED, reference=reference)
    assert [picture["sha256"] for picture in kept(reference)] == [hashlib.sha256(PNG).hexdigest()]


def test_a_request_holds_four_pictures_and_no_more(client: Client, reference: str, engine: Engine, table: str) -> None:
    councillor = signed_in(client, "councillor1")
    path = begins(councillor, reference)
    forms = [upload_form(councillor, path) for _ in range(5)]
    for n, form in enumerate(forms[:4]):
        upload(form, PNG + bytes([n]))
    page = councillor.get(path)
    assert "That is all that one request can hold." in words(page)
    assert not page.html.select("input[type=file]")
    # A form that was opened before there were four can still send a fifth.
    upload(forms[4], PNG + b"five")
    assert "A request can hold 4 pictures. Take some out" in words(councillor.get(path))
    before = table_dump(engine, table)
    page = councillor.post("/check", {**FORM, **DECLARED, "reference": reference}, status=422)
    assert "A request can hold 4 pictures" in message_at(page, "has_pictures")
    assert table_dump(engine, table) == before


def test_the_same_picture_twice_is_one_and_the_same_form_twice_is_one_request(client: Client, reference: str) -> None:
    councillor = signed_in(client, "councillor1")
    path = begins(councillor, reference)
    sends(councillor, path, PNG, JPEG, PNG)
    for _ in range(2):
        asks(councillor, **DECLARED, reference=reference)
    assert len(kept(reference)) == 2


@pytest.mark.both_engines
def test_pictures_are_kept_over_a_new_version_unless_taken_out(client: Client, reference: str) -> None:
    councillor = signed_in(client, "councillor1")
    sends(councillor, begins(councillor, reference), PNG, JPEG)
    asks(councillor, **DECLARED, reference=reference)
    first = kept(reference)
    presses(councillor, f"/check/{reference}/change")
    path = f"/check/new/{reference}/files"
    page = councillor.get(path)
    assert parts(page, ".cw-files span:not([class])") == [
        "Picture 1 of the earlier version",
        "Picture 2 of the earlier version",
    ]
    presses(councillor, path, remove=first[0]["sha256"])
    sends(councillor, path, WEBP)
    page = councillor.submit(councillor.get(f"/check/new/{reference}/answers"))
    assert reference_of(page) == reference
    second = kept(reference)
    assert second[0] == first[1]
    assert second[1]["sha256"] == hashlib.sha256(WEBP).hexdigest()
    # The first version keeps what it was decided on with.
    history = wiring.store().history("check", reference).entries()
    assert history[0].given["answers"]["pictures"] == first
    assert {urllib3.request("GET", wiring.files().view(picture)).data for picture in first} == {PNG, JPEG}


def test_without_pictures_nothing_is_taken_in(client: Client, reference: str) -> None:
    councillor = signed_in(client, "councillor1")
    sends(councillor, begins(councillor, reference), PNG)
    asks(councillor, reference=reference)
    assert kept(reference) == []


def test_nobody_puts_forward_or_takes_out_what_somebody_else_has_sent(client: Client, reference: str) -> None:
    owner, other = signed_in(client, "councillor1"), signed_in(client, "councillor2")
    path = begins(owner, reference)
    sends(owner, path, PNG)
    name = upload_name(owner, path)
    theirs = asks(other, **DECLARED, keep=hashlib.sha256(PNG).hexdigest())
    assert kept(theirs) == []
    # Neither under the same reference, nor by a path.
    begins(other, reference)
    for wrong in (name, f"../../councillor1/{reference}/1/{name}", "", "*"):
        presses(other, path, remove=wrong)
    assert "1 picture so far" in words(owner.get(path))
    assert "You have sent none yet" in words(other.get(path))
    asks(owner, **DECLARED, reference=reference)
    assert len(kept(reference)) == 1
    other.post("/check", {**FORM, **DECLARED, "reference": reference}, status=422)
    assert len(kept(reference)) == 1


def upload_name(visitor: Client, path: str) -> str:
    """The name by which the page knows the first upload."""
    return str(visitor.get(path).html.select("input[name=remove]")[0]["value"])


def test_the_page_for_pictures_belongs_to_a_form_that_was_begun(client: Client, reference: str) -> None:
    begins(signed_in(client, "councillor1"), reference)
    other = signed_in(client, "councillor2")
    for path in (f"/check/new/{reference}/files", "/check/new/damaged/files"):
        assert str(other.get(path, status=303).location).endswith("/check")
        assert str(presses(other, path, remove="x").location).endswith("/check")
