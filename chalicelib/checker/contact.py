"""Contact details: phone numbers and e-mail addresses of people (addresses of homes are in homes.py).

Rules: a phone number is recognised by the shape of United Kingdom and international numbers, not by lists of the
numbers in use, so that Ofcom's numbers for drama count too; service numbers that no private person can have (03, 080,
084, 087, 09) and short public ones are left alone; the Council's own are left alone however they are spelled.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from chalicelib.checker.found import Found, Taken
from chalicelib.checker.lexicon import word_list
from chalicelib.checker.links import certain_ending
from chalicelib.checker.model import Council
from chalicelib.checker.text import Draft, words

_EMAIL = re.compile(r"[\w.+%'-](?<![\w.+%/-].)[\w.+%'-]{0,63}+@(?:[\w-]{1,63}+\.){1,9}[^\W\d_]{2,24}(?![\w-])")
# The spellings of the @ in an address that is spelled out. Patterns that begin with a plain character are fast.
_ATS = (
    re.compile(r"[\[({<][ \t]?(?:at|@)[ \t]?[\])}>][ \t]?"),
    re.compile(r"at(?<=[ \t]at)[ \t]{1,2}"),
    re.compile(r"\.at\.(?<=\w\.at\.)"),
    re.compile(r"@(?:(?<=[ \t]@)[ \t]{1,2}|(?<=\w@)(?=[\w-]{1,63}[ \t]?[\[({ ]))"),
)
_DOT = r"(?:[ \t]?[\[({<][ \t]?(?:\.|dot)[ \t]?[\])}>][ \t]?|[ \t]{1,2}dot[ \t]{1,2}|[ \t]\.[ \t]|\.dot\.|\.)"
_DOTTED = re.compile(r"\.[a-z]|\bdot\b|[\[({<]dot")
_DOMAIN = re.compile(rf"[\w-]{{1,63}}+(?:{_DOT}[\w-]{{1,63}}+){{1,6}}")
_DOT_SPLIT = re.compile(_DOT)
_LOCAL = re.compile(rf"[\w+'-]{{1,64}}+(?:{_DOT}[\w+'-]{{1,64}}+){{0,3}}$")
_SPACED = re.compile(r"(?<!(?<!\w)[\w.] )(?<![\w.])(?:[\w.] ){3,64}+@ (?:[\w.] ){3,64}\w(?!\w)")

# Words before "at example.org" that show that it is a place and not an address.
_NOT_A_NAME = words(
    "us me him her them it more out here there details info information online is are was be found now "
    "available site website page look see read visit join book tickets today look available look free and "
    "or the a story article report map maps video results papers timetable listing recipe recipes news photos "
    "pictures forms schedule programme blog"
)
_GO_TO = words(
    "join visit see read book sign find look register map form petition apply donate shop watch vote "
    "order buy tickets website site page online survey details information network"
)
_WRITE_TO = words("email e-mail mail contact write message reach reply me address")

# Addresses of an office rather than a person, at bodies whose addresses are published for everyone.
_OFFICE = re.compile(
    r"^(?:info|enquir(?:y|ies)|contact(?:us)?|hello|help(?:desk)?|support|office|admin|planning|highways|elections?|"
    r"electoral(?:[.\-_]?services)?|customer(?:[.\-_]?services?)?|licensing|waste|recycling|press|news|foi|bookings?|"
    r"consultations?|police|localplan|planningpolicy|roads|floods?|council)[\w.-]*$"
)
_PUBLIC_BODY = re.compile(r"(?:^|\.)(?:gov|police|nhs|parliament|llyw|mod)\.(?:uk|wales|cymru)$|(?:^|\.)gov\.[a-z]+$")

_DIGITS = re.compile(r"\d{1,16}")
# How a number begins: with 0, after "+", in brackets, or (without its area code) with three digits and more.
_BEGINS = re.compile(r"0|44|\d{3}|(?<=[+(])\d")
_GAP = re.compile(r"[ \t()\-./]{1,4}")
_LETTER_O = re.compile(r"(?<=\d)o{1,3}+(?![a-z])|(?<![a-z])o{1,3}+(?=\d)")
_MAYBE_LETTER_O, _LETTER_O_FIRST = re.compile(r"\do"), re.compile(r"o\d")
_EXTENSION = re.compile(r",?[ \t]{0,2}(?:ext(?:ension)?\.?|x)[ \t]{0,2}\d{1,5}\b")
_PHONE_WORDS = words(
    "ring call phone tel telephone text dial mobile mob whatsapp landline number no ph t m fax message home"
)
_REFERENCE_WORDS = words("ref reference quoting quote incident crime log case order account charity item minute")
_SPOKEN = {
    w: str(i) for i, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
} | {
    "oh": "0",
    "o": "0",
    "nought": "0",
    "naught": "0",
    "hundred": "00",
}
_TIMES = {"double": 2, "treble": 3, "triple": 3}


def emails(draft: Draft, council: Council, taken: Taken) -> Iterator[Found]:
    """The addresses to flag; all addresses, flagged or not, are added to `taken`."""
    low = draft.low
    own = {address.lower() for address in council.emails}
    domains = tuple(domain.lower().removeprefix("www.") for domain in council.domains if domain)
    for start, end, address in _addresses(low):
        if taken.any(start, end):
            continue
        taken.add(start, end)
        local, _, domain = address.partition("@")
        is_own = address in own or any(domain == d or domain.endswith("." + d) for d in domains)
        of_an_office = _OFFICE.match(local) and _PUBLIC_BODY.search(domain)
        if not is_own and not of_an_office:
            yield Found(start, end, "contact-details", "email")


def _addresses(low: str) -> Iterator[tuple[int, int, str]]:
    if "@" in low:
        for match in _EMAIL.finditer(low):
            start = match.start() + len(match.group()) - len(match.group().lstrip(".'-"))
            yield start, match.end(), low[start : match.end()]
        if "@ " in low:
            for match in _SPACED.finditer(low):
                yield match.start(), match.end(), match.group().replace(" ", "")
    if "@" in low or (("at " in low or "at]" in low or "at)" in low or ".at." in low) and _DOTTED.search(low)):
        for match in (match for pattern in _ATS for match in pattern.finditer(low)):
            spelled = _spelled_out(low, match)
            if spelled:
                yield spelled


def _spelled_out(low: str, at: re.Match[str]) -> tuple[int, int, str] | None:
    """An address in which the @ or the dots are words or in brackets."""
    right = _DOMAIN.match(low, at.end())
    labels = _DOT_SPLIT.split(right.group()) if right else [""]
    if not right or not certain_ending(labels[-1]):
        return None
    ends = at.start()
    while ends and at.start() - ends < 2 and low[ends - 1] in " \t":
        ends -= 1
    left = _LOCAL.search(low[max(0, ends - 80) : ends])
    if not left:
        return None
    names = _DOT_SPLIT.split(left.group())
    mark = at.group().strip()
    if mark in ("at", "@") and not _is_meant_as_address(low, at, right.group(), left.group(), names[-1]):
        return None
    start = ends - len(left.group())
    return start, right.end(), ".".join(names) + "@" + ".".join(labels)


def _is_meant_as_address(low: str, at: re.Match[str], right: str, left: str, name: str) -> bool:
    """Whether "x at y dot z" is an address and not "the network at example dot org", which is a place."""
    if name in _NOT_A_NAME:
        return False
    sentence = re.split(r"[.!?\n]", low[max(0, at.start() - 80) : at.start()])[-1].split()
    if any(word in _GO_TO for word in sentence) and not any(word in _WRITE_TO for word in sentence):
        return False
    if at.group().strip() == "@" or "." not in right or " " in right or "[" in right:
        return True
    before = low[max(0, at.start() - 60) : at.start()].rstrip().removesuffix(left).split()[-3:]
    return any(word.strip(":,.") in _WRITE_TO for word in before)


def phones(draft: Draft, council: Council) -> Iterator[Found]:
    """Every phone number that may be a person's."""
    low = draft.low
    if _MAYBE_LETTER_O.search(low) or _LETTER_O_FIRST.search(low):
        low = _LETTER_O.sub(lambda match: "0" * len(match.group()), low)
    groups = list(_DIGITS.finditer(low)) if _BEGINS.search(low) else []
    own = {_national("".join(_DIGITS.findall(number))) for number in council.phones}
    last = -1
    for i in [i for i, group in enumerate(groups) if _BEGINS.match(low, group.start())]:
        if i <= last:
            continue
        number = _number(low, groups, i)
        if number < 0:
            continue
        last = number
        start, end = _edges(low, groups[i].start(), groups[last].end())
        digits = _national("".join(group.group() for group in groups[i : last + 1]))
        if digits not in own and not _is_service(digits) and not _is_of_a_body(draft, start, digits):
            yield Found(start, end, "contact-details", "phone")
    yield from _spoken(draft, own)


def _national(digits: str) -> str:
    """A United Kingdom number as it is dialled within the country; any other as it stands."""
    digits = digits.removeprefix("00") if digits.startswith("0044") else digits
    if digits.startswith("44") and len(digits) > 10:
        digits = "0" + digits[2:].removeprefix("0")
    return digits


def _is_service(national: str) -> bool:
    return national.startswith(("03", "080", "084", "087", "09"))


def _is_of_a_body(draft: Draft, start: int, national: str) -> bool:
    """Whether a number is a public body's ("the district council on 01632 960555") and nobody's who works there."""
    if national.startswith("07"):
        return False
    at = bisect_left(draft.starts, start)
    before = [draft.words[i] for i in range(max(0, at - 8), at) if draft.sentences[i] == draft.sentences[at - 1]]
    names = word_list("names.toml")
    return not word_list("places.toml")["bodies"].isdisjoint(before) and all(
        word not in names["titles"] and word not in names["first_names"] for word in before
    )


def _number(low: str, groups: list[re.Match[str]], first: int) -> int:
    """The index of the last group of the phone number that begins at group `first`, or -1."""
    start = groups[first].start()
    international = low[start - 1 : start] == "+" or low[max(0, start - 2) : start] == "+("
    before = low[start - 1 : start]
    if before and not international and (before.isalnum() or before in "£$€/_.,-" or before == "#"):
        return -1
    head = groups[first].group()
    if not international and head[0] != "0" and head != "44" and not head.startswith("447"):
        return _local(low, groups, first)
    most = 11 if head[0] == "0" and head[:2] != "00" and not international else 16
    total, best = "", -1
    for j in range(first, min(len(groups), first + 14)):
        if j > first and not _GAP.fullmatch(low, groups[j - 1].end(), groups[j].start()):
            break
        total += groups[j].group()
        after = low[groups[j].end() : groups[j].end() + 1]
        if len(total) > most or after.isalpha() or (after in ("/", "%", "_") and after):
            break
        if (
            len(total) > 7
            and _is_complete(total, international=international)
            and _is_likely(low, groups[first : j + 1])
        ):
            best = j
    return best if best >= 0 else _local(low, groups, first)


def _is_complete(digits: str, *, international: bool) -> bool:
    national = _national(digits)
    if national != digits or not international:
        if national[:2] in ("01", "08"):
            return len(national) in (10, 11)
        return len(national) == 11 and national[:2] in ("02", "03", "05", "07", "09")
    return 8 <= len(digits) <= 15


def _is_likely(low: str, groups: list[re.Match[str]]) -> bool:
    """Dates, times and references in a row also make eleven digits; a phone number is grouped otherwise."""
    first = groups[0].group()
    if len(groups) == 1 or len(first) >= 3 or low[groups[0].start() - 1 : groups[0].start()] in ("+", "("):
        return "/" not in low[groups[0].start() : groups[-1].end()] or len(first) >= 4
    gaps = {low[a.end() : b.start()] for a, b in pairwise(groups)}
    return first == "44" or (len(gaps) == 1 and "/" not in gaps and all(len(g.group()) <= 3 for g in groups))


def _local(low: str, groups: list[re.Match[str]], first: int) -> int:
    """A number without its area code counts when the words before it say that it is one to ring."""
    total, last = groups[first].group(), first
    following = groups[first + 1] if first + 1 < len(groups) else None
    if len(total) == 3 and following and low[groups[first].end() : following.start()] in (" ", "-"):
        total, last = total + following.group(), first + 1
    if not (5 <= len(total) <= 8) or total.startswith(("0", "116")):  # 116 123 and its like are helplines
        return -1
    after = low[groups[last].end() : groups[last].end() + 1]
    if after.isalnum() or after == "/":
        return -1
    before = re.findall(r"[a-z]+", low[max(0, groups[first].start() - 40) : groups[first].start()])[-4:]
    if any(word in _REFERENCE_WORDS for word in before) or (before[-1:] == ["to"] and len(total) == 5):
        return -1  # "text SHOUT to 85258"
    return last if any(word in _PHONE_WORDS for word in before) else -1


def _edges(low: str, start: int, end: int) -> tuple[int, int]:
    while start and low[start - 1] in "+(":
        start -= 1
    extension = _EXTENSION.match(low, end)
    return start, extension.end() if extension else end


def _spoken(draft: Draft, own: set[str]) -> Iterator[Found]:
    """A number written out in words, "oh seven seven double oh" and so on."""
    words, done = draft.words, 0
    for i in [i for i, word in enumerate(words) if word in _SPOKEN]:
        if i < done:
            continue
        # "07700 nine double oh": it may begin in figures.
        digits, j = "", i - 1 if i and words[i - 1].isdigit() and words[i - 1][0] == "0" else i
        first = j
        while j < len(words):
            times = _TIMES.get(words[j], 0)
            word = words[j + 1] if times and j + 1 < len(words) else words[j]
            digit = word if word.isdecimal() else _SPOKEN.get(word)
            if digit is None or len(digits) > 16:
                break
            digits += digit * max(1, times)
            j += 2 if times else 1
        if len(digits) >= 9 and digits[0] == "0" and _national(digits) not in own and not _is_service(digits):
            yield Found(draft.starts[first], draft.ends[j - 1], "contact-details", "phone")
        done = j
