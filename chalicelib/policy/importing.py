"""A policy as people paste it → proposed clauses; pure.

Rules: it never fails, and it loses no word. What people paste holds headings, bullets of every kind, numbers, letters,
stray dashes, blank lines that are not blank, lines broken by a PDF, Word's quotation marks and characters that cannot
be seen. Only what carries no word is dropped: bullets, ruled lines, dashes left over from a bullet, invisible
characters. What is proposed is a guess that the Clerk corrects, so a wrong guess must only cost a click.

The text goes through four steps: lines → blocks (a paragraph or an item of a list, with its mark) → headings and
what they head → clauses, whose ids come from `naming` and whose kinds and topics from `guessing`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chalicelib.policy import guessing, naming
from chalicelib.policy.rules import BULLET, LONGEST, MOST_CLAUSES, Clause

UNTITLED = "Social media policy"

_SEEN_AS = str.maketrans(
    {
        **dict.fromkeys(
            "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
        ),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", None),
        **dict.fromkeys("\r\x0b\x0c\x85\u2028\u2029", "\n"),
        # What is left of Windows' own characters where a program has taken them for something else.
        **dict(zip("\x91\x92\x93\x94\x95\x96\x97", "‘’“”•–—", strict=True)),
    }
)
_BULLETS = "•‣⁃◦●○▪▫■□◆◇➢➤►▶✓✔❖·∙\uf0b7\uf0a7\uf0d8\uf076\uf0fc"
_BULLET = re.compile(rf"(?:[{_BULLETS}]+\s*|[-–—]+(?:\s+|(?=[^\W\d_]|[“\"‘'])|$)|\*+(?:\s+|$)|[o§]\s+(?=\S))+")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NUMBER = re.compile(
    rf"""( \d{{1,2}}(?:\.\d{{1,2}}){{1,3}}[.)]? (?=\s+[^a-z\s]|\s*$)
         | (?: \d{{1,3}}[.)] | \(\d{{1,3}}\) | \(?[a-z]\) | \(?[ivx]{{1,5}}\) ) (?=\s|[^\W\d_]|$)
         | (?: [a-z]\. | [ivx]{{1,5}}\. ) (?=\s)
         | \d{{1,2}} (?=\s+(?!{_MONTHS})[A-Z])
       )\s*""",
    re.VERBOSE,
)
_RULED = re.compile(r"[-–—_*=~.·\s]+")
_STRAY = re.compile(rf"(?:(?<=[.;!?])|(?<=[.;!?][”\"’)]))\s+(?:[-–—*]+\s+)+(?=[A-Z“\"‘'])|\s+[{_BULLETS}]+(?:\s+|$)")
_LEFT_OVER = re.compile(r"(?:\s|(?<=:))[-–—]+$")
_ENDS = re.compile(r"[.!?:;][”\"’')\]]*$")
_DATED = re.compile(r"(?i)\b(adopted|approved|reviewed|review|version|updated|minutes?|date)\b.*\d")
_LEADS_IN = re.compile(r"(?i)\b(must|should|shall|will|may|do|does|not|never|cannot|can|are|is|to|following)\b.*:$")
_INLINE = re.compile(r"([A-Z][^.:;!?]{2,40}):\s+(?=[A-Z“\"])(.+)", re.DOTALL)
_ADOPTED = re.compile(
    rf"(?i)\badopted\b[^\d\n]{{0,40}}(\d{{1,2}})(?:st|nd|rd|th)?(?:[./-](\d{{1,2}})[./-]|\s+({_MONTHS}),?\s+)(\d{{4}})\b"
)
_WIDE, _NARROW = 120, 40


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was made of a text. `adopted_on`: the day on which it says it was adopted, where it says so."""

    title: str
    clauses: tuple[Clause, ...]
    adopted_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, an item or a heading. `apart`: an empty line stood before it."""

    mark: str
    text: str
    apart: bool
    heading: bool = False


def propose(text: str, before: Sequence[Clause] = (), taken: Iterable[str] = ()) -> Proposal:
    """The clauses that a pasted text seems to have. Those that were there `before` keep their ids and what the Clerk
    has said of them; ids that are `taken` are given to no other clause."""
    plain = text.replace("\r\n", "\n").translate(_SEEN_AS)
    blocks = [piece for block in _blocks(_lines(plain)) for piece in _pieces(block)]
    title, rest = _titled(blocks)
    said = [part for one in _clauses(_headed(rest)) for part in _parts(one)]
    if len(said) > MOST_CLAUSES:
        # No draft can hold so many, so it would be idle to look for what they were before.
        return Proposal(title, tuple(one._replace(id=f"clause-{at}") for at, one in enumerate(said, 1)))
    return Proposal(title, naming.named(said, before, taken), _adopted_on(plain))


def pieces(text: str, like: Clause) -> list[Clause]:
    """A clause's text that the Clerk has cut with lines of dashes (`---`), as a clause for each piece, the first being
    `like` with what is left to it; the ids of the others are still empty."""
    cut = [piece.strip() for piece in re.split(r"(?m)^[^\S\n]*[-–—]{3,}[^\S\n]*$", text)]
    first, *others = [piece for piece in cut if piece] or [""]
    made = [like._replace(text=first)]
    for piece in others:
        mark, rest = _marked(piece)
        said = rest or piece
        mark = (mark if rest else "") or (BULLET if like.mark == BULLET else "")
        topics = guessing.topics(said)
        made.append(Clause("", mark, "", said, like.kind, like.grave, topics))
    return made


# Lines to blocks ----------------------------------------------------------------------------------------------------


def _lines(text: str) -> Iterator[list[str]]:
    """The lines without the blanks around them, in groups as empty or ruled lines set them apart."""
    group: list[str] = []
    for line in text.split("\n"):
        bare = line.strip()
        # A bullet may stand on a line of its own, before the words it belongs to.
        if bare and (not _RULED.fullmatch(bare) or len(bare) == 1):
            group.append(bare)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _marked(line: str) -> tuple[str, str]:
    """A line's mark (a bullet of whatever kind is BULLET) and what follows it."""
    mark = ""
    while found := _BULLET.match(line):
        mark, line = BULLET, line[found.end() :]
    if found := _NUMBER.match(line):
        mark, line = found[1], line[found.end() :]
        if bullet := _BULLET.match(line):
            line = line[bullet.end() :]
    return mark, line


def _blocks(groups: Iterable[list[str]]) -> list[_Block]:
    made: list[_Block] = []
    waiting = ""
    for group in groups:
        widest = max(map(len, group))
        before = ""
        for place, line in enumerate(group):
            mark, text = _marked(line)
            if not text:
                # The mark stands alone: what it marks comes in the next line. A second one waits for nothing.
                made += [_Block("", waiting, True)] if waiting.strip(BULLET) else []
                waiting = mark
                continue
            if waiting and mark and waiting != BULLET:
                made.append(_Block("", waiting, True))
            mark, waiting = mark or waiting, ""
            goes_on = _goes_on(before, text, widest) if place else _broken(made, text)
            if made and goes_on and not mark:
                made[-1] = replace(made[-1], text=f"{made[-1].text} {text}")
            else:
                made.append(_Block(mark, text, place == 0))
            before = line
    return [*made, _Block("", waiting, True)] if waiting.strip(BULLET) else made


def _goes_on(before: str, text: str, widest: int) -> bool:
    """Whether a line is the rest of the one before it, by how a PDF or an e-mail breaks lines."""
    wrapped = _NARROW <= widest <= _WIDE
    if _ENDS.search(before):
        return wrapped and before.endswith(".") and len(before) >= 0.75 * widest and not _heading_like(text)
    return text[0].islower() or (wrapped and len(before) >= 0.6 * widest)


def _broken(made: list[_Block], text: str) -> bool:
    """Whether an empty line stands in the middle of a sentence."""
    return bool(made) and text[0].islower() and len(made[-1].text) >= _NARROW and not _ENDS.search(made[-1].text)


def _pieces(block: _Block) -> Iterator[_Block]:
    """The block, or several where bullets were left in the middle of its line; without a dash left at its end."""
    first = True
    for piece in _STRAY.split(block.text):
        text = piece.strip()
        while (shorter := _LEFT_OVER.sub("", text).rstrip()) != text:
            text = shorter
        if text and not _RULED.fullmatch(text):
            yield replace(block, text=text) if first else _Block(BULLET, text, False)
            first = False


# Headings -----------------------------------------------------------------------------------------------------------


def _heading_like(text: str) -> bool:
    short = len(text) <= 80 and len(text.split()) <= 12 and not re.search(r"[.;,!]$", text)
    plain = short and not text[0].islower() and any(map(str.isalpha, text))
    return plain and not _DATED.search(text) and not _LEADS_IN.search(text)


def _depth(mark: str) -> tuple[str, int]:
    """What sort of number a mark is, and how deep."""
    plain = mark.strip("().")
    sort = "" if not plain else "1" if plain[0].isdigit() else "a"
    return sort, plain.count(".")


def _titled(blocks: list[_Block]) -> tuple[str, list[_Block]]:
    """The title, and what is left: the first line if it looks like one, with the next where only that says "policy"."""
    if len(blocks) < 2 or blocks[0].mark or not _heading_like(blocks[0].text):
        return UNTITLED, blocks
    first, second = blocks[0].text.rstrip(":"), blocks[1]
    named_below = "policy" not in first.casefold() and "policy" in second.text.casefold()
    if named_below and not second.mark and len(blocks) > 2 and _heading_like(second.text):
        return f"{first}: {second.text}", blocks[2:]
    return first, blocks[1:]


def _headed(blocks: list[_Block]) -> list[_Block]:
    """The blocks, with those marked that head what follows."""
    made: list[_Block] = []
    for block, after in zip(blocks, [*blocks[1:], None], strict=False):
        made.append(replace(block, heading=_heads(made[-1] if made else None, block, after)))
    return made


def _heads(before: _Block | None, block: _Block, after: _Block | None) -> bool:
    if after is None or block.mark == BULLET or not _heading_like(block.text):
        return False
    if not block.mark:
        if not after.mark and after.text[0].islower():
            return False
        # Short lines under one another are a list; with an empty line between, the second is a heading below it.
        return bool(after.mark) or after.apart or not _heading_like(after.text)
    alike = _depth(block.mark)
    item_before = before is not None and not before.heading and _depth(before.mark) == alike
    return not item_before and _depth(after.mark) != alike


# Clauses ------------------------------------------------------------------------------------------------------------


def _clauses(blocks: list[_Block]) -> Iterator[Clause]:
    """A heading goes with the paragraph below it; where a list or another heading is below it, it stands alone."""
    heading: _Block | None = None
    section = lead_in = ""
    for block in blocks:
        if block.heading:
            if heading:
                yield _alone(heading)
            heading, section, lead_in = block, block.text, ""
            continue
        if heading and block.mark:
            yield _alone(heading)
            heading = None
        mark, title, text = block.mark, "", block.text
        if heading:
            mark, title, heading = heading.mark, heading.text.rstrip(":"), None
        elif mark and (found := _INLINE.fullmatch(text)) and len(found[1].split()) <= 4:
            title, text = found[1], found[2]
        kind, grave = guessing.kind(text, section, lead_in if block.mark else "", item=bool(block.mark))
        topics = guessing.topics(f"{title}\n{text}") if kind != "text" else ()
        yield Clause("", mark, title, text, kind, grave, topics)
        if not block.mark:
            lead_in = text if text.endswith(":") else ""
    if heading:
        yield _alone(heading)


def _alone(heading: _Block) -> Clause:
    return Clause("", heading.mark, heading.text.rstrip(":"), "", "text")


def _parts(one: Clause) -> Iterator[Clause]:
    """The clause, or several where its text is longer than a clause may be."""
    most, text = LONGEST["text"], one.text
    while len(text) > most:
        cut = text.rfind(" ", 1, most) if " " in text[1:most] else most
        yield one._replace(text=text[:cut].rstrip())
        one, text = one._replace(heading="", mark=""), text[cut:].lstrip()
    yield one._replace(text=text)


def _adopted_on(text: str) -> date | None:
    found = _ADOPTED.search(text)
    if not found:
        return None
    months = _MONTHS.casefold().split("|")
    month = int(found[2]) if found[2] else months.index(found[3].casefold()) + 1
    try:
        return date(int(found[4]), month, int(found[1]))
    except ValueError:
        return None
