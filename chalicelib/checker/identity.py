"""Numbers that are confidential whoever they belong to: National Insurance, bank account, IBAN, date of birth.

Rules: shapes only, from the published formats; a date is one of birth only where the words before it say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.checker.found import Found
from chalicelib.checker.text import Draft

# Two letters, six digits, a letter A to D. QQ is what official examples use.
_INSURANCE = re.compile(r"(?<!\w)[a-ceghj-qrstw-z][a-ceghj-nqpr-tw-z] ?\d\d ?\d\d ?\d\d ?[a-d](?!\w)")
_SORT_CODE = re.compile(r"\d\d(?<![\w/-]..)[- ]\d\d[- ]\d\d(?![\w/-])")
_ACCOUNT = re.compile(r"(?<![\w/])\d{8}(?![\w/])")
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d\d ?[a-z]{4}(?: ?\d){10,14}(?!\w)")
_SIX_DIGITS = re.compile(r"\d\d ?\d\d ?\d\d")
_BORN = re.compile(
    r"(?<!\w)(?:d\.?o\.?b\.?|born(?: on)?|birthdate|date of birth)(?: is| was)?[ :]{1,3}(?:the )?"
    r"\d{1,2}(?:st|nd|rd|th)?[ /.-](?:of )?"
    r"(?:\d{1,2}|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[ /.,-]{1,2}(?:19[3-9]|20\d)\d"
)
_BANK_WORDS = ("account", "a/c", "acc", "bank", "sort", "pay")


def find(draft: Draft) -> Iterator[Found]:
    """Every such number."""
    low = draft.low
    for digits in _SIX_DIGITS.finditer(low):
        before = max(0, digits.start() - 10)
        if not low[before : digits.start()].removesuffix(" ")[-1:].isalpha():
            continue  # Both numbers have letters before these digits.
        for pattern in (_INSURANCE, _IBAN):
            match = pattern.search(low, before, digits.end() + 30)
            if match:
                yield Found(match.start(), match.end(), "confidential", "identity")
    if "born" in low or "birth" in low or "d.o" in low or "dob" in low:
        for match in _BORN.finditer(low):
            yield Found(match.start(), match.end(), "confidential", "identity")
    near_bank = any(word in low for word in _BANK_WORDS)
    if not near_bank:
        return
    for match in _SORT_CODE.finditer(low):
        account = _ACCOUNT.search(low, match.end(), match.end() + 40)
        if account:
            yield Found(match.start(), account.end(), "confidential", "identity")
