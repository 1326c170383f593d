"""A councillor asks, the Clerk answers from one link, and both can prove it afterwards."""

from __future__ import annotations

from chalicelib.render import quoted
from tests.support.client import Client, link_in

TEXT = "The village hall is open again from Monday.\n\nEverybody is welcome. 🎉"


def councillor_asks(councillor: Client, text: str = TEXT) -> str:
    """Answer every question of the form; the reference of the request."""
    councillor.sign_in("councillor1@council.example")
    page = councillor.get("/check")
    page = councillor.follow(councillor.submit(page, in_name_of="council"))
    page = councillor.follow(councillor.submit(page, platform="facebook", account="The Council's page"))
    page = councillor.follow(councillor.submit(page, text=text))
    page = councillor.follow(councillor.submit(page, links="https://hall.example/"))
    page = councillor.follow(councillor.submit(page, has_pictures="no"))
    page = councillor.follow(councillor.submit(page))
    page = councillor.follow(councillor.submit(page, unsure="Is it too early?"))
    assert "Check your answers" in page.text
    answer = councillor.submit(page)
    return str(answer.location).rpartition("/")[2].partition("?")[0]


def test_the_clerk_approves_from_the_link(client: Client) -> None:
    reference = councillor_asks(client)
    mail = client.mail_to("clerk@council.example", "May this be posted")
    assert quoted(TEXT) in mail["text"]
    clerk = client.another()
    page = clerk.get(link_in(mail))
    assert "Everybody is welcome" in page.text
    page = clerk.follow(clerk.submit(page, decision="approve"))
    assert "Your decision is recorded" in page.text
    assert "personally responsible" in client.mail_to("councillor1@council.example", "Approved")["text"]
    client.mail_to("clerk@council.example", "Receipt")
    client.mail_to("chair@council.example", "Receipt")
    page = client.get(f"/check/{reference}")
    page = client.follow(client.submit(page, where="Our page", text=TEXT.replace("\n", "\r\n")))
    assert "Matches what was approved" in page.text


def test_back_into_a_form_that_was_sent_leads_to_its_request(client: Client) -> None:
    reference = councillor_asks(client)
    for page in ("name", "what", "files", "answers"):
        answer = client.get(f"/check/new/{reference}/{page}", status=303)
        assert str(answer.location).endswith(f"/api/check/{reference}")
    stranger = client.another()
    stranger.sign_in("councillor2@council.example")
    answer = stranger.get(f"/check/new/{reference}/answers", status=303)
    assert str(answer.location).endswith("/api/check")
