"""References and receipt codes: random, written without vowels (so no words) and without characters that look alike.

A reference only says which case is meant. The receipt code is what opens it to its reporter: 96 bits, shown once, kept
as a hash, compared in constant time.
"""

import hashlib
import hmac
import re
import secrets

from chalicelib.access import digest

_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
_REFERENCE, _CODE, _GROUP = 12, 20, 4


def _grouped(text: str) -> str:
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _made(length: int) -> str:
    return _grouped("".join(secrets.choice(_ALPHABET) for _ in range(length)))


def _drawn(secret: str, what: str, length: int) -> str:
    number = int.from_bytes(hmac.digest(secret.encode("utf-8"), what.encode("ascii"), hashlib.sha256), "big")
    letters = []
    for _ in range(length):
        number, left = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[left])
    return _grouped("".join(letters))


def new_reference() -> str:
    """A new case's reference, such as `7F3K-9QXM-2BCD`: 57 bits."""
    return _made(_REFERENCE)


def new_code() -> str:
    """A new receipt code, such as `7F3K-9QXM-2BCD-W4TZ-JH8R`: 96 bits."""
    return _made(_CODE)


def reference_from(secret: str) -> str:
    """The reference that belongs to a secret: always the same, so that what is sent twice is one report. It tells
    nothing of the secret."""
    return _drawn(secret, "reference", _REFERENCE)


def code_from(secret: str) -> str:
    """The receipt code that belongs to a secret, which had better have more bits than the code."""
    return _drawn(secret, "receipt code", _CODE)


def reference(typed: str) -> str:
    """The reference that somebody typed, as it is kept; "" for what is none. Case, blanks and hyphens do not count."""
    return _plain(typed, _REFERENCE)


def code(typed: str) -> str:
    """The receipt code that somebody typed, as it was shown; "" for what is none."""
    return _plain(typed, _CODE)


def _plain(typed: str, length: int) -> str:
    text = re.sub(r"[\s\u2010-\u2015-]", "", typed[:100]).upper()
    if len(text) != length or any(c not in _ALPHABET for c in text):
        return ""
    return _grouped(text)


def receipt(typed: str) -> str:
    """What is kept of a receipt code, as somebody typed it: its SHA-256."""
    return digest(code(typed))


def matches(one: str, other: str) -> bool:
    """Whether two receipts are the same; always the same work."""
    return hmac.compare_digest(one, other)
