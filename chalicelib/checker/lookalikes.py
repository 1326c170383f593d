"""Characters that pass for a plain one, beyond what Unicode's own compatibility forms say.

Rules: each line is `plain: characters`; one character to one character only. Source: our own reading of the Cyrillic,
Greek, Armenian and Latin blocks for letters that a reader of English takes for another.
"""

from __future__ import annotations

_GROUPS: dict[str, str] = {
    # Quotation marks and apostrophes as phones and word processors make them.
    "'": "‘’‚‛′ʼʹˈ`´＇",
    '"': "“”„‟″«»＂",
    ".": "。．․｡",
    "-": "−⁃",
    # Cyrillic, small and capital.
    "a": "аɑα",
    "b": "Ьƅ",
    "c": "сϲ",
    "d": "ԁđ",
    "e": "еёҽєε",
    "g": "ɡ",
    "h": "һ",
    "i": "іїıɩι",
    "j": "ј",
    "k": "кκ",
    "l": "ӏłⅼ",
    "m": "м",
    "n": "ո",
    "o": "оοσøө",
    "p": "рρ",
    "q": "ԛ",
    "r": "г",
    "s": "ѕ",
    "t": "тτ",
    "u": "υս",
    "v": "ѵν",
    "w": "ԝω",
    "x": "хχ",
    "y": "уүγ",
    "A": "АΑ",
    "B": "ВΒ",
    "C": "СϹ",
    "E": "ЕΕЁ",
    "H": "НΗ",
    "I": "ІΙЇİ",
    "J": "Ј",
    "K": "КΚ",
    "M": "МΜ",
    "N": "Ν",
    "O": "ОΟØ",
    "P": "РΡ",
    "S": "Ѕ",
    "T": "ТΤ",
    "X": "ХΧ",
    "Y": "УΥ",
    "Z": "Ζ",
}

LOOKALIKES: dict[str, str] = {character: plain for plain, characters in _GROUPS.items() for character in characters}
