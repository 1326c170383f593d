"""Calendar files keep to RFC 5545, whatever a council is called."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.review.ics import Event, calendar, escaped, folded

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def unfolded(text: str) -> list[str]:
    """The lines as a calendar reads them."""
    assert text.endswith("\r\n")
    return text.removesuffix("\r\n").replace("\r\n ", "").split("\r\n")


def test_a_calendar_of_one_day() -> None:
    event = Event("review-2027-05-14-due@council.example", date(2027, 5, 14), "Review, due", "https://c.example/review")
    assert unfolded(calendar("The review; its days", [event], AT)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Clerkwell//Annual review//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:The review\\; its days",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",
        "BEGIN:VEVENT",
        "UID:review-2027-05-14-due@council.example",
        "DTSTAMP:20261123T090000Z",
        "DTSTART;VALUE=DATE:20270514",
        "DTEND;VALUE=DATE:20270515",
        "SUMMARY:Review\\, due",
        "URL:https://c.example/review",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_backslashes_and_line_ends_are_escaped() -> None:
    assert escaped("a\\b;c,d\r\ne\nf") == "a\\\\b\\;c\\,d\\ne\\nf"


@given(st.text())
def test_no_text_opens_a_line_of_its_own(text: str) -> None:
    assert len(f"X:{escaped(text)}".splitlines()) == 1


@given(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=400))
def test_a_line_is_folded_after_75_octets_and_whole_again_when_unfolded(text: str) -> None:
    pieces = list(folded(text))
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == text
