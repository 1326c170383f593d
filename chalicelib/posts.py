"""Where a post stands, so that a report of it finds the request by which it was checked: addresses as people copy them,
in one form, and the line in the table by which one is found.

Rules: what only tells how somebody came to a post does not count (tracking, the comment that a link leads to, the site
for phones), nor do capitals, nor the order of a query. Better one match too many than one too few: whoever is found is
kept from a case, and nobody is accused by it. The table holds an address as a hash alone.
"""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from chalicelib.record import sha256
from chalicelib.store import Store, Write, keyed

MOST = 10
"""Addresses that are looked for in one text, and check requests that are found for one address."""
_LONGEST = 1_000

_AROUND = "\"'<>()[]{}.,;:!?“”‘’«»"
_SITES_FOR_PHONES = re.compile(r"((www|m|mobile|mbasic|touch|web|old)\.)+")
_SAME = {"twitter.com": "x.com", "fb.com": "facebook.com"}
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")
_PASSING = re.compile(
    r"utm_.*|__.*|.*clid|igsh(id)?|mibextid|(reply_)?comment_id|notif_.*|ref(_?src|_?url)?|s|si|share|locale"
)


def addresses(*texts: str) -> list[str]:
    """The addresses of posts in these texts, each in its one form, as they come; the first MOST."""
    words = (word.strip(_AROUND) for text in texts for word in text.split())
    found = (_form(word) for word in words if "/" in word and len(word) <= _LONGEST)
    return list(dict.fromkeys(one for one in found if one))[:MOST]


def _form(word: str) -> str:
    """The one form of an address; "" for what is none, or leads to no more than a site's first page."""
    try:
        parts = urlsplit(word if "://" in word else f"https://{word}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    if before := _SITES_FOR_PHONES.match(host):
        host = host[before.end() :]
    # Read first and written again after, so that every way of writing an address comes to the same.
    path = quote(unquote(parts.path).casefold().strip(f"/{_AROUND}"), errors="replace")
    pairs = sorted((name.casefold(), value.casefold().strip(_AROUND)) for name, value in parse_qsl(parts.query))
    telling = [(name, value) for name, value in pairs if value and not _PASSING.fullmatch(name)]
    query = urlencode(telling, errors="replace")
    if not _HOST.fullmatch(host) or not (path or query):
        return ""
    return f"{_SAME.get(host, host)}/{path}?{query}"


def _partition(address: str) -> str:
    return f"post#{sha256(address)}"


def lines(where: str, reference: str) -> tuple[Write, ...]:
    """What makes a check request be found by where its text was posted."""
    return tuple(Write("put", keyed((_partition(one), f"check#{reference}"))) for one in addresses(where))


def checked(store: Store, *texts: str) -> list[str]:
    """The references of the check requests whose posts these texts have the addresses of. 1 Query for each address, at
    most MOST."""
    found = [item["sk"].partition("#")[2] for one in addresses(*texts) for item in store.items(_partition(one))[:MOST]]
    return list(dict.fromkeys(found))[:MOST]
