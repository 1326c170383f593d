"""Calendar files, by RFC 5545; pure. Only what three all-day events need: escaping, folding after 75 octets, CRLF.

An event's UID stays the same whatever becomes of its day, so that a calendar that has it moves it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_WIDEST = 75


@dataclass(frozen=True, slots=True)
class Event:
    """Something on one day. `uid` is unique for ever; `address` is the page that tells more."""

    uid: str
    day: date
    summary: str
    address: str


def calendar(name: str, events: Iterable[Event], at: datetime) -> str:
    """The file of a calendar with this name as it stood at that moment; every line ends with CRLF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Clerkwell//Annual review//EN", "CALSCALE:GREGORIAN"]
    # Not in RFC 5545, but how the common calendars learn their name and how often to look.
    lines += [f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:P1D", "X-PUBLISHED-TTL:P1D"]
    lines += [line for event in events for line in _event(event, at)]
    return "".join(f"{piece}\r\n" for line in [*lines, "END:VCALENDAR"] for piece in folded(line))


def _event(event: Event, at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"URL:{event.address}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """The text as a value: no line of its own can be smuggled in."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(plain.splitlines())


def folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, each but the first led by a blank; no character is cut."""
    piece = ""
    for character in line:
        if len((piece + character).encode("utf-8")) > _WIDEST:
            yield piece
            piece = " "
        piece += character
    yield piece
