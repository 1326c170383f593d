"""What is typed is either taken to the letter, or told beside its field and kept on the page; it is never changed."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.render import quoted
from tests.journeys.steps import (
    REVIEW,
    address,
    asks,
    clerk_decides,
    follows_link,
    message_at,
    parts,
    presses,
    signed_in,
    soup,
    table_dump,
    typed_in,
    words,
)
from tests.journeys.test_bad_input import FORMS, sender
from tests.support.client import Client
from tests.support.engines import Engine

FIELDS = [
    ("whole", "account", 200, 1),
    ("whole", "text", 10_000, 2),
    ("whole", "question", 2_000, 2),
    ("whole", "links", 2_000, 2),
    ("whole", "picture_owner", 200, 1),
    ("whole", "others", 500, 1),
    ("whole", "unsure", 2_000, 2),
    ("what", "text", 10_000, 2),
    ("what", "question", 2_000, 2),
    ("posted", "where", 500, 1),
    ("posted", "text", 10_000, 2),
    ("decide", "text", 10_000, 2),
    ("decide", "reason", 2_000, 2),
    ("decision", "reason", 2_000, 2),
    ("agree", "reason", 500, 2),
]
"""Form, field, how many characters it takes, and 1 if they must stand on one line. The pages of one question each are
made of the same fields as the whole form."""

ODD = {
    "everything": """<script>alert(1)</script> <b>&amp;</b> "'`${x}{{y}}
🎉👩\u200d👩\u200d👧 ok 𝔘𐍈 e\u0301 ﬁ ½ \u00a0 \u200b \ufeff
\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd \u200fabc
100% %00 %FF +plus+ a=b&c=d;e


  and blanks\t
""",
    "unbroken": "x" * 9_999,
}


@pytest.mark.parametrize(("form", "field", "most", "lines"), FIELDS)
def test_what_cannot_be_taken_is_told_and_kept(
    client: Client, engine: Engine, table: str, form: str, field: str, most: int, lines: int
) -> None:
    sent = FORMS[form](client)
    visitor = sender(client, sent)
    before = table_dump(engine, table)
    wrong = {
        "x" * (most + 1): f"must be {most:,} characters or fewer. It has {most + 1:,}",
        "🎉" * (most + 1): f"must be {most:,} characters or fewer",
        "nul\x00nul": "a character that cannot be kept",
        "bell\x07 escape\x1b[31m": "a character that cannot be kept",
        "no character \ufffe": "a character that cannot be kept",
    }
    if lines == 1:
        wrong |= dict.fromkeys(["a\r\nBcc: b", "a\nb", "a\rb", "a\u2028b", "a\x85b"], "must be on one line")
    for value, message in wrong.items():
        page = visitor.post(sent.path, {**sent.fields, field: value}, status=422)
        assert message in message_at(page, field), value[:20]
        kept = typed_in(page, field).replace("\r\n", "\n").replace("\r", "\n")
        shown = value.replace("\r\n", "\n").replace("\r", "\n")
        assert kept == "".join("\ufffd" if c in "\x00\x07\x1b\ufffe" else c for c in shown)
        assert words(page, "title").startswith("Error: ")
    assert table_dump(engine, table) == before


@pytest.mark.both_engines
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_what_can_be_taken_is_taken_to_the_letter(client: Client, text: str) -> None:
    councillor = signed_in(client, "councillor1")
    line = text.replace("\n", " ").strip()[:200]
    short = {"question": text[:2000], "unsure": text[:2000], "account": line, "others": line}
    reference = asks(councillor, text=text, agreed="all", **short)
    record = wiring.store().get("check", reference)
    assert record is not None
    answers: dict[str, Any] = dict(record.data["answers"])
    assert (answers["text"], answers["question"], answers["unsure"]) == (text, text[:2000], text[:2000])
    assert (answers["account"], answers["others"]) == (line, line)

    mail = client.mail_to(address("clerk"), REVIEW)
    assert quoted(text).strip() in mail["text"].replace("\r\n", "\n")
    assert "<script" not in mail["html"]
    page = follows_link(client)
    for note in soup(page).select(".cw-mark__note"):
        note.decompose()
    assert text in parts(page, ".cw-exact")
    assert not page.html.select("script")
    clerk_decides(client, "ask-for-changes", reason=text[:2000])
    for path in (f"/check/{reference}", "/checks"):
        assert not councillor.get(path).html.select("script")
    assert not signed_in(client, "clerk").get("/desk").html.select("script")

    # To change it, the form has it as it was; sent unchanged it is still the same.
    page = councillor.follow(presses(councillor, f"/check/{reference}/change"))
    assert words(page, "h1") == "Check your answers"
    councillor.submit(page)
    record = wiring.store().get("check", reference)
    assert record is not None
    assert (record.data["draft"], dict(record.data["answers"])) == (2, answers)


@pytest.mark.both_engines
def test_the_longest_text_of_the_widest_characters_goes_all_the_way(client: Client) -> None:
    text = "🎉 🎈 " * 2_500
    reference = asks(signed_in(client, "councillor1"), text=text, question="🎉" * 2_000, unsure="🎉" * 2_000)
    edited = text.replace("🎈", "🎁")
    clerk_decides(client, "approve-with-edits", text=edited, reason="🎉" * 2_000)
    councillor = signed_in(client, "councillor1")
    page = councillor.follow(presses(councillor, f"/check/{reference}/posted", where="🎉" * 500, text=text))
    assert "Differs from what was approved" in words(page)
    client.mail_to(address("clerk"), "What was posted differs")
