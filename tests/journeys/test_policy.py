"""The Clerk brings the Council's policy in, corrects it and records its adoption; everybody reads it."""

from __future__ import annotations

from typing import Any

import pytest
from webtest import TestResponse

from chalicelib.policy import shelf
from chalicelib.policy.standard import CLAUSES
from chalicelib.record import verify
from chalicelib.store import Store
from tests.support.client import Client
from tests.support.clock import Clock
from tests.support.engines import Engine, counting

PASTED = (
    "Using the Internet in Public\r\nAdopted 3 June 2025\r\n\r\n \u00a0\r\n"
    "Rules: -\r\n"
    "  • \u201cBe kind.\u201d - Do not shout.\r\n"
    "• Never share anybody else\u2019s telephone numbers.\r\n"
    "\u00a0\r\n"
    "Reviewing it\r\n\r\n"
    "The Council reviews this policy every year.\r\n"
)


def clerk(client: Client) -> Client:
    """The Clerk, signed in."""
    found = client.another()
    found.sign_in("clerk@council.example")
    return found


def begins(officer: Client, text: str = PASTED) -> TestResponse:
    """Begin a draft from a pasted text; the draft's page."""
    page = officer.get("/policy/edit")
    return officer.follow(officer.submit(page, how="paste", text=text))


def adopts(officer: Client, number: int, day: str = "2", month: str = "11", year: str = "2026", **more: Any) -> Any:
    """Record that a draft was adopted; the page of the version."""
    fields = {"meeting-day": day, "meeting-month": month, "meeting-year": year, "minute": "26/101", "material": "yes"}
    page = officer.get(f"/policy/versions/{number}/adopt")
    return officer.follow(officer.submit(page, **fields, **more))


def read(page: TestResponse, selector: str) -> str:
    """The words of the first element that the selector finds, as they are read."""
    found = page.html.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text().split())


def said(page: TestResponse) -> list[str]:
    """The clauses of a draft's page, each as one line."""
    return [" ".join(one.get_text(" ").split()) for one in page.html.select(".cw-draft__clause > div[dir]")]


def ids(page: TestResponse) -> list[str]:
    """The ids of the clauses on a draft's page."""
    return [str(one["id"]) for one in page.html.select(".cw-draft__clause")]


def test_everybody_reads_the_policy_in_force_with_a_link_to_each_clause(client: Client) -> None:
    page = client.get("/policy")
    assert "Adopted by the Council on 14 May 2024, minute 24/017" in page.text
    assert page.html.select("#no-abuse a[href='#no-abuse']")
    assert set(CLAUSES) <= {str(one["id"]) for one in page.html.select(".cw-clause")}
    assert "Versions and drafts" not in page.text
    assert client.get("/policy/versions/1").html.h1 == page.html.h1


def test_the_clerk_pastes_corrects_and_adopts_a_policy(client: Client, clock: Clock, store: Store) -> None:
    officer = clerk(client)
    page = begins(officer)
    assert "Using the Internet in Public" in read(page, "h1")
    assert said(page) == [
        "Adopted 3 June 2025",
        "Rules",
        "• “Be kind.”",
        "• Do not shout.",
        "• Never share anybody else’s telephone numbers.",
        "Reviewing it The Council reviews this policy every year.",
    ]
    # Nobody else sees a draft.
    client.get("/policy/versions/2", status=404)
    assert "version 1" in client.get("/policy").text
    # One clause is changed, and cut in two.
    never = "never-share-anybody-elses-telephone"
    page = officer.get(f"/policy/versions/2/clauses/{never}")
    page = officer.follow(
        officer.submit(page, text="Never share telephone numbers.\n---\nNor addresses.", grave=True, kind="rule")
    )
    assert said(page)[4:6] == ["• Never share telephone numbers.", "• Nor addresses."]
    assert ids(page)[4] == never
    # Moved, joined, removed, added.
    page = officer.follow(officer.submit(page, button="act=up:nor-addresses"))
    assert ids(page)[4:6] == ["nor-addresses", never]
    page = officer.follow(officer.submit(page, button="act=down:nor-addresses"))
    page = officer.follow(officer.submit(page, button="act=join:nor-addresses"))
    assert said(page)[4] == "• Never share telephone numbers. Nor addresses."
    page = officer.follow(officer.submit(page, button="act=remove:adopted-3-june-2025"))
    assert ids(page)[0] == "rules"
    page = officer.get("/policy/versions/2/add?after=rules")
    page = officer.follow(officer.submit(page, text="Think before you post.", topics=["heated"]))
    assert ids(page)[:2] == ["rules", "think-before-post"]
    page = officer.follow(officer.submit(officer.get("/policy/versions/2/title"), title="Posting well"))
    assert "Posting well" in read(page, "h1")
    # Adopted at the meeting that the text names, which stands in the form already.
    page = officer.get("/policy/versions/2/adopt")
    assert page.forms[0]["meeting-year"].value == "2025"
    page = officer.follow(officer.submit(page, minute="25/033(b)", material="no"))
    assert "This version is in force" in page.text
    public = client.get("/policy")
    assert "Adopted by the Council on 3 June 2025, minute 25/033(b)" in public.text
    assert "Posting well" in public.text
    assert "version 1" in client.get("/policy/versions/1").text.casefold()
    kept = shelf.read(store)
    assert kept.current is not None
    assert kept.current.adopted is not None
    assert (kept.current.number, kept.current.adopted.material) == (2, False)
    assert kept.current.sha256 == kept.current.adopted.sha256
    assert kept.current.sha256 in public.text
    whole = store.history("policy", "2")
    assert not verify(whole.record, whole.log)
    history = officer.get("/policy/versions/2/history")
    for what in ("Draft begun", "Clause joined to the one above", "Recorded as adopted by the Council", "Verified"):
        assert what in history.text


def test_pasting_the_text_again_keeps_every_id_and_what_the_clerk_said(client: Client) -> None:
    officer = clerk(client)
    page = begins(officer)
    before = ids(page)
    page = officer.get("/policy/versions/2/clauses/kind")
    officer.submit(page, kind="duty", topics=["abusive", "heated"])
    text = PASTED.replace("Never share anybody else", "Never, ever share anybody else").replace(
        "Reviewing", "Review of"
    )
    page = officer.follow(officer.submit(officer.get("/policy/versions/2/import"), text=text))
    assert ids(page) == before
    assert "Duty. Governs: Abusive language; Heated language" in " ".join(page.html.text.split())


def test_what_changed_between_two_versions_is_shown_word_by_word(client: Client) -> None:
    officer = clerk(client)
    page = officer.follow(officer.submit(officer.get("/policy/edit"), how="copy"))
    page = officer.get("/policy/versions/2/clauses/honesty")
    page = officer.follow(officer.submit(page, text="Be honest and kind, and think of how it makes the Council look."))
    page = officer.follow(officer.submit(page, button="act=remove:links"))
    for _ in range(2):
        page = officer.follow(officer.submit(page, button="act=up:politics"))
    officer.submit(officer.get("/policy/versions/2/add?after=politics"), text="Say who you are.", kind="rule")
    client.get("/policy/changes?from=1&to=2", status=404)
    assert "to version 2" in read(officer.get("/policy/changes?from=1&to=2"), "title")
    adopts(officer, 2)
    page = client.get("/policy/changes")
    told = read(page, "main")
    assert "From version 1, adopted on 14 May 2024, to version 2, adopted on 2 November 2026" in told
    assert page.html.select("#honesty del")[0].text.split()[1] == "open,"
    assert "kind" in page.html.select("#honesty ins")[0].text
    headings = {
        str(one.parent["id"]): one.text.split(":")[0] for one in page.html.select(".cw-clause h2") if one.parent
    }
    assert headings == {"honesty": "Changed", "links": "Removed", "politics": "Moved", "say-who": "Added"}
    same = client.get("/policy/changes?from=2&to=2")
    assert "Nothing changed" in same.text
    for query in ("from=1&to=3", "from=0&to=1", "from=x&to=1", "from=1&to=1e9", "from=-1&to=2"):
        client.get(f"/policy/changes?{query}", status=404)


def test_an_older_adoption_recorded_later_does_not_take_over(client: Client, clock: Clock) -> None:
    officer = clerk(client)
    begins(officer)
    page = adopts(officer, 2, "4", "5", "2021")
    assert "Version 1 was adopted at a later meeting, and stays in force" in page.text
    assert "version 1" in read(client.get("/policy"), ".govuk-caption-l")
    assert "This version is not in force" in client.get("/policy/versions/2").text


def test_a_withdrawn_draft_is_kept_and_makes_room_for_another(client: Client) -> None:
    officer = clerk(client)
    begins(officer)
    refused = officer.get("/policy/edit")
    assert "Go on with the draft" in refused.text
    again = officer.post("/policy/edit", {"how": "copy", "text": "", "number": "3"}, status=409)
    assert "There is a draft already: version 2" in again.text
    page = officer.follow(officer.submit(officer.get("/policy/versions/2/withdraw"), reason="A better one is coming"))
    assert "The draft is withdrawn" in page.text
    client.get("/policy/versions/2", status=404)
    page = begins(officer)
    assert "Draft of version 3" in page.text
    officer.get("/policy/versions/2/edit", status=303)
    late = officer.post("/policy/versions/2/edit", {"act": "up:rules", "seen": "1"}, status=409)
    assert "has been withdrawn meanwhile" in late.text


def test_a_council_without_a_policy_is_told_so_and_decisions_rest_on_the_projects_own_wording(local_site: Any) -> None:
    visitor = Client(local_site)
    assert "has not put its social media policy here yet" in visitor.get("/policy").text
    visitor.get("/policy/versions/1", status=404)
    assert "no two versions" in visitor.get("/policy/changes").text


def test_topics_of_an_adopted_clause_are_corrected_and_its_words_are_not(client: Client, store: Store) -> None:
    officer = clerk(client)
    page = officer.get("/policy/versions/1/clauses/honesty")
    page = officer.follow(officer.submit(page, topics=["dishonesty"]))
    assert "What the clause governs is saved" in page.text
    kept = shelf.read(store).current
    assert kept is not None
    assert [one.topics for one in kept.clauses if one.id == "honesty"] == [("dishonesty",)]
    seen = officer.get("/policy/versions/1/clauses/honesty").forms[0]["seen"].value
    officer.post("/policy/versions/1/clauses/honesty", {"seen": seen, "topics": "nothing-such"}, status=422)
    stale = officer.post("/policy/versions/1/clauses/honesty", {"seen": "0" * 16, "topics": "heated"}, status=409)
    assert "nothing was saved" in stale.text
    refused = {"seen": seen, "text": "Be dishonest.", "kind": "rule"}
    assert "cannot be changed" in officer.post("/policy/versions/1/clauses/honesty", refused, status=409).text


def test_a_form_sent_twice_makes_one_change(client: Client, store: Store) -> None:
    officer = clerk(client)
    fields = {"how": "paste", "text": PASTED, "number": "2"}
    first, second = (officer.post("/policy/edit", fields) for _ in range(2))
    assert first.location == second.location
    for path, sent in (
        ("edit", {"act": "down:rules", "seen": "1"}),
        ("add", {"after": "rules", "text": "Smile.", "kind": "rule", "seen": "2"}),
        ("title", {"title": "Another", "seen": "3"}),
        ("import", {"text": PASTED, "seen": "4"}),
        ("edit", {"act": "remove:kind", "seen": "5"}),
    ):
        before = store.get("policy", "2")
        answers = [officer.post(f"/policy/versions/2/{path}", sent).status_int for _ in range(2)]
        after = store.get("policy", "2")
        assert answers == [303, 303]
        assert before is not None
        assert after is not None
        assert after.version == before.version + 1
    page = officer.get("/policy/versions/2/clauses/do-not-shout")
    cut = {"text": "Do not shout.\n---\nDo not curse.", "kind": "rule", "seen": page.forms[0]["seen"].value}
    for _ in range(2):
        officer.post("/policy/versions/2/clauses/do-not-shout", cut)
    adoption = {"meeting-day": "2", "meeting-month": "11", "meeting-year": "2026", "minute": "1", "material": "no"}
    for _ in range(2):
        officer.post("/policy/versions/2/adopt", {**adoption, "seen": "7"})
    found = store.history("policy", "2")
    assert [entry.action for entry in found.entries()] == [
        "begin", "move-clause", "add-clause", "retitle", "import", "remove-clause", "change-clause", "adopt",
    ]  # fmt: skip


def test_two_windows_do_not_write_over_each_other(client: Client) -> None:
    one, other = clerk(client), clerk(client)
    begins(one)
    path = "/policy/versions/2/clauses/do-not-shout"
    mine, theirs, elsewhere = one.get(path), other.get(path), other.get("/policy/versions/2/clauses/kind")
    one.submit(mine, text="Do not shout at anybody.")
    told = other.submit(theirs, status=409, text="Do not bellow.")
    assert "nothing was saved" in told.text
    assert "Do not shout at anybody." in told.text
    assert told.forms[0]["text"].value.strip() == "Do not bellow."
    # Another clause is another matter; and now that it is seen, theirs may be saved over it.
    other.submit(elsewhere, text="Be very kind.")
    other.submit(told)
    assert "Do not bellow." in said(one.get("/policy/versions/2/edit"))[3]
    stale = one.get("/policy/versions/2/edit")
    other.submit(other.get("/policy/versions/2/edit"), button="act=up:kind")
    told = one.submit(stale, status=409, button="act=down:kind")
    assert "nothing was saved" in told.text
    gone, page = one.get(path), other.get("/policy/versions/2/edit")
    other.submit(page, button="act=remove:do-not-shout")
    told = one.submit(gone, status=409, text="Do not shout, ever.")
    assert "no longer in the draft" in told.text
    assert "Do not shout, ever." in one.follow(one.submit(told)).text
    adopting = one.get("/policy/versions/2/adopt")
    other.submit(other.get("/policy/versions/2/title"), title="Other")
    late = one.submit(
        adopting,
        status=409,
        **{"meeting-day": "1", "meeting-month": "1", "meeting-year": "2026", "minute": "9", "material": "no"},
    )
    assert "nothing was saved" in late.text


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("/policy/edit", {"how": "", "text": "", "number": "3"}, "Choose what the draft begins from"),
        ("/policy/edit", {"how": "guess", "text": "", "number": "3"}, "Choose one of the answers on the page"),
        ("/policy/edit", {"how": "paste", "text": " \n", "number": "3"}, "Paste the text of the policy"),
        ("/policy/edit", {"how": "copy", "text": "x", "number": "3"}, "You have pasted a text"),
        ("/policy/edit", {"how": "paste", "text": "x" * 60_001, "number": "3"}, "must be 60,000 characters or fewer"),
        ("/policy/edit", {"how": "paste", "text": "€" * 60_001, "number": "3"}, "must be 60,000 characters or fewer"),
        ("/policy/edit", {"how": "paste", "text": "a\x00b", "number": "3"}, "a character that cannot be kept"),
        ("/policy/edit", {"how": "paste", "text": "- Do\n" * 151, "number": "3"}, "150 clauses at the most"),
        ("/policy/edit", {"how": "paste", "text": "Fine"}, "Something that belongs to this page is missing"),
        ("/policy/edit", {"how": "paste", "text": "Fine", "number": "3", "x": "y"}, "no field called x"),
    ],
)
def test_what_cannot_begin_a_draft_is_told_beside_the_field(
    client: Client, store: Store, path: str, fields: dict[str, str], told: str
) -> None:
    officer = clerk(client)
    page = officer.post(path, fields, status=422)
    assert told in page.text
    assert read(page, "title").startswith("Error: ")
    assert page.html.select("textarea")[0].text.lstrip("\n") == fields["text"].replace("\x00", "\ufffd")
    assert shelf.read(store).draft is None


ADOPTION = {
    "meeting-day": "2",
    "meeting-month": "11",
    "meeting-year": "2026",
    "minute": "1",
    "material": "no",
    "seen": "1",
}


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("clauses/rules", {"text": "x" * 10_001}, "The text must be 10,000 characters or fewer"),
        ("clauses/rules", {"heading": "", "text": " "}, "Write a text or a heading"),
        ("clauses/rules", {"heading": "a\nb"}, "The heading must be on one line"),
        ("clauses/rules", {"heading": "x" * 201}, "The heading must be 200 characters or fewer"),
        ("clauses/rules", {"mark": "1.2.3.4.5.6.7"}, "The number or bullet must be 12 characters or fewer"),
        ("clauses/rules", {"kind": "law"}, "Choose one of the answers on the page"),
        ("clauses/rules", {"kind": ""}, "Choose what kind of clause it is"),
        ("clauses/rules", {"topics": "fun"}, "Choose only topics from the list"),
        ("clauses/rules", {"text": "a\x00"}, "a character that cannot be kept"),
        ("clauses/rules", {"seen": "zz"}, "Something that belongs to this page is missing"),
        ("clauses/rules", {"text": "x\n---\n" * 151}, "150 clauses at the most"),
        ("add", {"after": "not-there", "text": "Smile."}, "no longer in the draft"),
        ("add", {"text": ""}, "Write a text or a heading"),
        ("title", {"title": ""}, "Enter the title of the policy"),
        ("title", {"title": "x" * 201}, "The title must be 200 characters or fewer"),
        ("import", {"text": ""}, "Paste the text of the policy"),
        ("import", {"text": "x" * 60_001}, "must be 60,000 characters or fewer"),
        ("edit", {"act": "dance:rules"}, "Something that belongs to this page is missing"),
        ("edit", {"act": "up:adopted-3-june-2025"}, "cannot be moved further"),
        ("edit", {"act": "join:adopted-3-june-2025"}, "There is no clause above this one"),
        ("edit", {"act": "up:not-there"}, "no longer in the draft"),
        ("adopt", {**ADOPTION, "meeting-day": "31", "meeting-month": "2"}, "Enter a real date"),
        ("adopt", {**ADOPTION, "meeting-day": "24"}, "The meeting is still to come"),
        ("adopt", {**ADOPTION, "meeting-year": ""}, "The date must include a year"),
        ("adopt", {**ADOPTION, "minute": " "}, "Enter the minute reference"),
        ("adopt", {**ADOPTION, "minute": "x" * 101}, "The minute reference must be 100 characters or fewer"),
        ("adopt", {**ADOPTION, "material": ""}, "Say whether it changes what is asked of people"),
        ("adopt", {**ADOPTION, "material": "perhaps"}, "Choose one of the answers on the page"),
        ("withdraw", {"reason": "x" * 201}, "The reason must be 200 characters or fewer"),
    ],
)
def test_bad_input_is_told_and_nothing_is_saved(
    client: Client, store: Store, path: str, fields: dict[str, str], told: str
) -> None:
    officer = clerk(client)
    begins(officer)
    before = store.get("policy", "2")
    form = officer.get(f"/policy/versions/2/{path}").forms[0]
    shown = set(form.fields) - {None, "topics", "grave", "act"}
    sent = {**{name: form[name].value or "" for name in shown}, **fields}
    again = officer.post(f"/policy/versions/2/{path}", sent, status=422)
    assert told in again.text
    assert read(again, "title").startswith("Error: ")
    assert store.get("policy", "2") == before


@pytest.mark.parametrize("who", ["", "councillor1@council.example", "vice-chair@council.example"])
def test_only_whoever_keeps_the_register_makes_versions(client: Client, who: str) -> None:
    begins(clerk(client))
    if who:
        client.sign_in(who)
    for path in ("edit", "versions/2/edit", "versions/2/adopt", "versions/1/history", "versions/2/clauses/rules"):
        answer = client.get(f"/policy/{path}", status="*")
        assert answer.status_int == (404 if who else 303), path
        assert client.post(f"/policy/{path}", {"seen": "1"}, status="*").status_int in (403, 404)
    client.get("/policy/versions/2", status=404)


@pytest.mark.parametrize("number", ["0", "01", "x", "9999999", "3", "-1", "1.0", "%00"])
def test_a_version_that_is_not_there_is_not_found(client: Client, number: str) -> None:
    client.get(f"/policy/versions/{number}", status=404)
    clerk(client).get(f"/policy/versions/{number}/edit", status=404)


def test_pages_of_the_policy_cost_what_the_decisions_say(client: Client, engine: Engine) -> None:
    officer = clerk(client)
    begins(officer)
    adopts(officer, 2)
    for path, wanted in (("/policy", 1), ("/policy/versions/1", 1), ("/policy/changes", 2)):
        with counting(engine.client) as made:
            client.get(path)
        assert len(made) == wanted, path
