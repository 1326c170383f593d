"""The evidence of a report: what is taken, how many, whose; and a report without it while the bucket is away."""

from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib import wiring
from tests.journeys.reporting import (
    PDF,
    PNG,
    STORY,
    answers,
    begins,
    case,
    opens,
    receipt,
    reports,
)
from tests.journeys.steps import presses, table_dump, typed_in, words
from tests.journeys.test_pictures import sends, upload, upload_form
from tests.support.client import Client
from tests.support.engines import Engine

FILES = "/report/new/evidence"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"just words", "must be a PNG, JPEG or PDF file"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "must be a PNG, JPEG or PDF file"),
        (b"<html><script>", "must be a PNG, JPEG or PDF file"),
        (b"PK\x03\x04", "must be a PNG, JPEG or PDF file"),
        (PNG + b"x" * 10 * 1024 * 1024, "must be no larger than 10 MB"),
        (b"", "not empty"),
    ],
    ids=["words", "webp", "html", "zip", "too-large", "empty"],
)
def test_what_is_no_evidence_is_told_and_not_kept(
    client: Client, engine: Engine, table: str, content: bytes, message: str
) -> None:
    visitor = client.another()
    ready = answers(visitor)
    page = sends(visitor, FILES, content)
    assert message in words(page, ".cw-files .govuk-error-message")
    page = visitor.get("/report/new/answers")
    assert message in words(page, ".govuk-error-summary")
    assert "Send the report" not in words(page)
    before = table_dump(engine, table)
    page = visitor.submit(ready, status=422)
    assert message in words(page, ".govuk-error-summary")
    assert typed_in(page, "what_happened") == STORY["what"]["what_happened"]
    assert table_dump(engine, table) == before
    page = visitor.get(FILES)
    presses(visitor, FILES, remove=str(page.html.select("input[name=remove]")[0]["value"]))
    receipt(visitor.follow(visitor.submit(ready)))


def test_five_files_go_with_a_report_and_nobody_reaches_those_of_another(client: Client) -> None:
    visitor, other = client.another(), client.another()
    answers(visitor)
    forms = [upload_form(visitor, FILES) for _ in range(6)]
    for n, form in enumerate(forms[:5]):
        upload(form, PNG + bytes([n]))
    page = visitor.get(FILES)
    assert "That is all that you can send at once" in words(page)
    upload(forms[5], PNG + b"six")
    assert "You can send 5 files. Take some out" in words(visitor.get(FILES))
    name = str(page.html.select("input[name=remove]")[0]["value"])
    answers(other)
    for wrong in (name, f"../../{name}", "", "*"):
        presses(other, FILES, remove=wrong)
    assert "6 files so far" in words(visitor.get(FILES))
    assert "You have sent none yet" in words(other.get(FILES))
    assert case(reports(other)[0]).data["evidence"] == []
    presses(visitor, FILES, remove=name)
    reference, _ = receipt(visitor.follow(visitor.submit(visitor.get("/report/new/answers"))))
    assert len(case(reference).data["evidence"]) == 5
    assert str(client.another().get(FILES, status=303).location).endswith("/report/new/what")


def test_whoever_changes_the_files_in_the_end_goes_back_to_the_end(client: Client) -> None:
    visitor = client.another()
    begins(visitor)
    visitor.submit(visitor.get("/report/new/what"), what_happened="A post")
    assert str(visitor.get(FILES).html.select("main a.govuk-button")[0]["href"]).endswith("/contact")
    visitor.submit(visitor.get("/report/new/confidential"))
    assert str(visitor.get(FILES).html.select("main a.govuk-button")[0]["href"]).endswith("/answers")


def test_while_the_bucket_is_away_a_report_is_sent_all_the_same(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(*_given: object, **_also: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://s3.example")

    visitor = client.another()
    answers(visitor)
    sends(visitor, FILES, PNG)
    ready = visitor.get("/report/new/answers")
    for asked in ("list_objects_v2", "get_object", "delete_object"):
        monkeypatch.setattr(wiring.files()._client, asked, is_away)
    assert "Go on with your report" in words(visitor.get(FILES))
    assert "Your files cannot be shown at the moment" in words(visitor.get("/report/new/answers"))
    page = visitor.follow(visitor.submit(ready))
    reference, code = receipt(page)
    assert "they are not with your report: please add them later" in words(page)
    assert case(reference).data["evidence"] == []
    back = client.another()
    opens(back, reference, code)
    assert "not working at the moment" in words(back.get("/report/follow-up/evidence", status=503))
    presses(visitor, "/report/leave")
    monkeypatch.undo()
    assert "2 files so far" in words(sends(back, "/report/follow-up/evidence", PNG, PDF))
