"""What each code flags and what it leaves alone: the specification's table, line by line."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.checker import CODES, Election, Flag, Named, check, clauses_for
from tests.checker.corpus import COUNCIL, REGISTER


def flags(text: str, **given: Any) -> list[Flag]:
    given = {"on_behalf": "own", "asker": "p05", "register": REGISTER, "council": COUNCIL, **given}
    return check(text, **given)


def passages(text: str, code: str, **given: Any) -> list[str]:
    return [text[flag.start : flag.end] for flag in flags(text, **given) if flag.code == code]


FLAGGED = [
    ("contact-details", "Ring Jo on 01632 960417 please", "01632 960417"),
    ("contact-details", "Text 07700 900123.", "07700 900123"),
    ("contact-details", "Call +44 (0)7700 900123 now", "+44 (0)7700 900123"),
    ("contact-details", "Ring 01632 960417 ext 12", "01632 960417 ext 12"),
    (
        "contact-details",
        "Ring oh seven seven double oh nine double oh one two three",
        "oh seven seven double oh nine double oh one two three",
    ),
    ("contact-details", "Write to jane@example.org.", "jane@example.org"),
    ("contact-details", "Write to jane at example dot org.", "jane at example dot org"),
    ("contact-details", "Write to jane [at] example [dot] org.", "jane [at] example [dot] org"),
    ("contact-details", "He lives at 14 Church Road.", "14 Church Road"),
    ("contact-details", "The postcode is gl56 2rd.", "gl56 2rd"),
    ("contact-details", "The postcode is GL562RD.", "GL562RD"),
    ("contact-details", "She lives at Rose Cottage, Mill Lane.", "Rose Cottage, Mill Lane"),
    ("link", "See https://example.org/a?b=c.", "https://example.org/a?b=c"),
    ("link", "See example.co.uk for more", "example.co.uk"),
    ("link", "See hxxp://example.net/x", "hxxp://example.net/x"),
    ("link", "Go to example dot org", "example dot org"),
    ("link", "Visit littlemarrow-pc.gov.uk.example.com today", "littlemarrow-pc.gov.uk.example.com"),
    (
        "link",
        "Visit https://littlemarrow-pc.gov.uk@example.com/ today",
        "https://littlemarrow-pc.gov.uk@example.com/",
    ),
    ("link", "Visit littlemаrrow-pc.gov.uk today", "littlemаrrow-pc.gov.uk"),
    ("colleague", "I met Margaret Holloway.", "Margaret Holloway"),
    ("colleague", "I met Cllr Holloway.", "Cllr Holloway"),
    ("colleague", "I met Margret Holloway.", "Margret Holloway"),
    ("colleague", "I met Siobhan O’Leary.", "Siobhan O’Leary"),
    ("colleague", "Cllrs Marsh and Pike came.", "Cllrs Marsh and Pike"),
    ("colleague", "The Clerk lost the key.", "The Clerk"),
    ("colleague", "I think our Chair was rude.", "our Chair"),
    ("political", "Vote Labour on Thursday", "Vote Labour on Thursday"),
    ("political", "The Tories did it.", "Tories"),
    ("political", "#VoteGreen", "VoteGreen"),
    ("confidential", "This is confidential.", "confidential"),
    ("confidential", "In closed session we agreed.", "closed session"),
    ("confidential", "QQ 12 34 56 C is his number", "QQ 12 34 56 C"),
    ("confidential", "dob 4/5/1961", "dob 4/5/1961"),
    ("confidential", "Sort code 12-34-56 account 12345678", "Sort code 12-34-56 account 12345678"),
    ("abusive", "What an idiot", "idiot"),
    ("abusive", "w*nker", "w*nker"),
    ("abusive", "sh1t", "sh1t"),
    ("abusive", "f u c k off", "f u c k"),
    ("abusive", "fuuuuck", "fuuuuck"),
    ("abusive", "ｗanker", "ｗanker"),
    ("abusive", "f\u200bu\u200bck", "f\u200bu\u200bck"),
    ("accusation", "They are corrupt.", "corrupt"),
    ("accusation", "He is on the take.", "on the take"),
    ("accusation", "He stole our money.", "He stole our money"),
    ("third-party-content", "© Marrow Gazette", "©"),
    ("third-party-content", "Copied from the school", "Copied from"),
    ("third-party-content", "Photo by Jo Lamb", "Photo by"),
    ("heated", "DO NOT PARK HERE", "DO NOT PARK HERE"),
    ("heated", "Why???", "???"),
    ("heated", "You lot never listen", "You lot"),
]

LEFT_ALONE = [
    ("contact-details", "Call 999, 101, 111 or 105."),
    ("contact-details", "Ring the office on 01632 960100 or +44 1632 960 100."),
    ("contact-details", "Write to clerk@littlemarrow-pc.gov.uk."),
    ("contact-details", "The Parish Office, 2 Mill Lane, Little Marrow, GL56 4QX"),
    ("contact-details", "Applications 24/01234/FUL and P/2024/1234, minute 24/105(b)"),
    ("contact-details", "Grid reference SO 712 376 on 12/06/2025 at 10.30, £48,250.00"),
    ("contact-details", "Floodline: 0345 988 1188"),
    ("contact-details", "Take the A4 1st left, then the B4077 2nd right."),
    (
        "link",
        "See littlemarrow-pc.gov.uk and https://www.littlemarrow-pc.gov.uk/x and docs.littlemarrow-pc.gov.uk.",
    ),
    ("link", "The hall is closed.It opens at 7.30pm, e.g. for the W.I. and i.e. us."),
    ("link", "See agenda.docx and minutes.pdf"),
    ("link", "The polka dot dress"),
    ("link", "jane@example.org"),
    ("colleague", "I am Colin Green, or Cllr Green to you."),
    ("colleague", "Holloway Road, the marsh, Pike Meadow and a green field"),
    ("colleague", "Margaret Holloway Close is shut."),
    ("colleague", "Contact the Clerk for a form."),
    ("colleague", "The chair of the WI brought a chair."),
    ("colleague", "Mr Alan Holloway of the garage"),
    ("political", "The poll is on 1 May. Register to vote by 11 April and bring voter ID."),
    ("political", "A labour of love in a green space, at a conservative estimate a great party."),
    ("confidential", "A free confidential service: call the confidential helpline."),
    ("confidential", "We adopted a grievance policy and a disciplinary procedure."),
    ("abusive", "Scunthorpe, Cock Lane, Dick Turpin, God bless."),
    ("abusive", "The **best** day of the 1st half, B4 at 5pm."),
    ("accusation", "Police are appealing after thefts in Mill Lane."),
    ("accusation", "Beware of scams: fraudsters are ringing people."),
    ("third-party-content", "Photo: Little Marrow Parish Council."),
    ("third-party-content", 'She said "well done" and left.'),
    ("heated", "NALC AGM, WI and SLCC. Well done!"),
]


@pytest.mark.parametrize(("code", "text", "passage"), FLAGGED)
def test_flags(code: str, text: str, passage: str) -> None:
    assert passage in passages(text, code)


@pytest.mark.parametrize(("code", "text"), LEFT_ALONE)
def test_leaves_alone(code: str, text: str) -> None:
    assert passages(text, code) == []


def test_a_long_quotation_is_somebody_elses() -> None:
    text = "He wrote: “" + "The bridge must stay open for all of us and for our children. " * 4 + "” So there."
    assert len(passages(text, "third-party-content")) == 1


def test_whoever_asks_may_name_themselves_and_their_office() -> None:
    assert passages("The Clerk is away. Peter Ashdown", "colleague", asker="clerk") == []
    assert passages("Cllr Green asked.", "colleague", asker=REGISTER[0]) == ["Cllr Green"]


def test_nobody_on_the_register_nobody_to_name() -> None:
    assert passages("The Clerk and Cllr Pike", "colleague", register=()) == []


def test_a_register_may_hold_titles_and_single_names() -> None:
    register = (Named("a", "Cllr Jo Lamb", "Cllr"), Named("b", "Cher"), Named("c", " "))
    assert passages("Jo Lamb and Cllr Cher", "colleague", register=register) == ["Jo Lamb", "Cllr Cher"]


def test_advice_on_politics_depends_on_whose_name_it_is_in() -> None:
    own = flags("Vote Labour")[0]
    council = flags("Vote Labour", on_behalf="council")[0]
    assert own.message != council.message
    assert "own account" in council.advice


def test_flags_bring_the_clauses_of_their_topic() -> None:
    given = {"link": ["third-party-links"], "heated": ()}
    assert flags("See example.org", clauses=given)[0].clauses == ("third-party-links",)
    assert clauses_for("abusive", given) == ()


POLL = (Election(date(2026, 5, 7)),)


@pytest.mark.parametrize(
    ("on_behalf", "wanted", "expected"),
    [
        ("council", date(2026, 3, 29), False),
        ("council", date(2026, 3, 30), True),
        ("council", date(2026, 5, 7), True),
        ("council", date(2026, 5, 8), False),
        ("council", date(2025, 5, 7), False),
        ("council", None, False),
        ("own", date(2026, 4, 20), False),
    ],
)
def test_the_weeks_before_a_poll(on_behalf: str, wanted: date | None, expected: bool) -> None:
    text = "Our new bench"
    found = flags(text, on_behalf=on_behalf, wanted=wanted, elections=POLL)
    assert [(flag.code, flag.start, flag.end) for flag in found] == [("pre-election", 0, len(text))] * expected


def test_a_known_notice_and_another_calendar_count() -> None:
    noticed = (Election(date(2026, 5, 7), notice=date(2026, 3, 20)),)
    assert flags("x", on_behalf="council", wanted=date(2026, 3, 20), elections=noticed)
    every_day = {"is_working_day": lambda _: True}
    assert not flags("x", on_behalf="council", wanted=date(2026, 4, 11), elections=POLL, **every_day)
    assert flags("x", on_behalf="council", wanted=date(2026, 4, 12), elections=POLL, **every_day)


def test_christmas_eve_is_no_working_day() -> None:
    poll = (Election(date(2027, 1, 14)),)
    assert flags("x", on_behalf="council", wanted=date(2026, 12, 4), elections=poll)
    assert not flags("x", on_behalf="council", wanted=date(2026, 12, 3), elections=poll)


def test_every_code_has_its_words() -> None:
    assert len(set(CODES)) == 10
    for text in ("ring 07700 900123", "see example.org", "idiot"):
        for flag in flags(text):
            assert flag.code in CODES
            assert flag.message.endswith(".")
            assert flag.advice.endswith(".")
