"""The phrase language of the data files, and the files themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.checker import lexicon
from chalicelib.checker.matching import Index
from chalicelib.checker.phrases import PhraseError
from chalicelib.checker.roster import distance
from chalicelib.checker.text import Draft

CLASSES = {"pet": frozenset({"cat", "dog"})}
LISTS = ("domains.toml", "initials.toml", "names.toml", "offices.toml", "places.toml")


def forget() -> None:
    """Have the next check load the rules again."""
    for loaded in (lexicon._unpacked, lexicon.word_list, lexicon.messages, lexicon.wordings):
        loaded.cache_clear()


def found(phrase: str, text: str) -> list[str]:
    index = Index()
    index.add([phrase], "group", CLASSES)
    draft = Draft(text)
    return [text[draft.starts[hit.first] : draft.ends[hit.last - 1]] for hit in index.find(draft)]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("liar(s)", "Liars and a liar", ["Liars", "liar"]),
        ("steal/stole it", "I stole it", ["stole it"]),
        ("feed [the] <pet>", "feed the dog, feed cat", ["feed the dog", "feed cat"]),
        ("[the] end", "the end", ["the end", "end"]),
        ("so ..2 far", "so very far. so a b c far. so far", ["so very far", "so far"]),
        ("one ..1 two", "one. Two", []),
        ("by <Name>", "by Jo, by foot", ["by Jo"]),
        ("item <number>", "item 12, item twelve", ["item 12"]),
        ("^may be", "May be, may be", ["May be"]),
        ("vote ^labour", "vote Labour, vote labour", ["vote Labour"]),
        ("the ~labour", "the labour, the Labour", ["the labour"]),
        ("shut up !shop/for", "shut up shop. shut up. shut up you", ["shut up", "shut up"]),
        ("| typical $", "Typical. How typical! typical of him", ["Typical"]),
        (
            "no-one/nobody cares",
            "no one cares, no-one cares, nobody cares",
            ["no one cares", "no-one cares", "nobody cares"],
        ),
        ("from [today's] paper", "from today's paper, from paper", ["from today's paper", "from paper"]),
        ("^party's over", "Party's over, party's over", ["Party's over"]),
        (
            "they 're here",
            "theyre here, they're here, they’re here",
            ["theyre here", "they're here", "they’re here"],
        ),
    ],
)
def test_phrases(phrase: str, text: str, expected: list[str]) -> None:
    assert found(phrase, text) == expected


@pytest.mark.parametrize("phrase", ["<nothing>", "..2 far", "a//b", "(x)y(z)", "so ..x far", "!not this"])
def test_what_is_no_phrase_is_refused_with_its_line(phrase: str) -> None:
    with pytest.raises(PhraseError, match="".join("\\" + c if c in "().!?/[]" else c for c in phrase[:4])):
        found(phrase, "x")


def test_what_the_package_brings_says_what_the_data_files_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    (index, *others), words = lexicon.wordings(), [lexicon.messages(), *map(lexicon.word_list, LISTS)]
    monkeypatch.setattr(lexicon, "PACKED", tmp_path / "packed")
    lexicon.PACKED.write_bytes(lexicon.packed())
    request.addfinalizer(forget)
    forget()

    phrases, groups, masked = lexicon.wordings()
    assert [groups, masked] == others
    assert phrases.packed() == index.packed()
    assert [lexicon.messages(), *map(lexicon.word_list, LISTS)] == words
    assert lexicon.packed() == lexicon.PACKED.read_bytes()


def test_every_data_file_can_be_read() -> None:
    assert len(lexicon.wordings().masked) > 100
    assert {"domains.toml", "places.toml"} <= {p.name for p in lexicon._DATA.glob("*.toml")}
    for message, advice in lexicon.messages().values():
        assert message.endswith(".")
        assert advice.endswith(".")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("marsh", "marsh", 0),
        ("margaret", "margret", 1),
        ("ashdown", "ashdwon", 1),
        ("pike", "pyke", 1),
        ("a", "bcd", 3),
    ],
)
def test_distance(a: str, b: str, expected: int) -> None:
    assert distance(a, b, 2) == expected


def test_sentences_and_offsets() -> None:
    draft = Draft("Cllr. Pike e.g. said ﬁne.\nNo")
    assert len(set(draft.sentences)) == 2
    hidden = Draft("a\u200bb c")
    assert hidden.words == ["ab", "c"]
    assert hidden.span(0, 2) == (0, 3)
    assert hidden.span(1, 1) == (2, 2)
