"""A policy as people paste it: what is made of it, and that no word of any text is ever lost."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.policy import guessing, naming, standard
from chalicelib.policy.importing import UNTITLED, pieces, propose
from chalicelib.policy.rules import BULLET, LONGEST, MOST_CLAUSES, Clause
from chalicelib.policy.topics import CODES, TOPICS

REAL = Path(__file__).resolve().parents[3] / "shared" / "policy" / "social-media-policy-2024-05-14.txt"


def read(text: str) -> list[tuple[str, str, str]]:
    """Mark, heading and text of every clause that is proposed."""
    return [(one.mark, one.heading, one.text) for one in propose(text).clauses]


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return re.findall(r"\w+", text)


def all_said(text: str) -> str:
    made = propose(text)
    return " ".join([made.title, *(f"{one.mark} {one.heading} {one.text}" for one in made.clauses)])


@pytest.mark.parametrize(
    "bullet", ["•", "-", "–", "—", "*", "·", "o", "▪", "\uf0b7", "• -", "- •", "●\t", "•\u00a0", "\x95"]
)
def test_every_kind_of_bullet_is_a_bullet(bullet: str) -> None:
    text = f"Rules\n\n{bullet} Be kind to all.\n{bullet} Do not shout."
    assert read(text)[-2:] == [(BULLET, "", "Be kind to all."), (BULLET, "", "Do not shout.")]


@pytest.mark.parametrize("mark", ["1.", "1)", "(1)", "1.1", "2.10.3", "a)", "(a)", "iv)", "(ii)", "a.", "12"])
def test_numbers_stay_with_what_they_number(mark: str) -> None:
    assert read(f"Title of it\n\n{mark} Say nothing rude, ever.\n")[-1] == (mark, "", "Say nothing rude, ever.")


@pytest.mark.parametrize(
    "line", ["14 May 2024 was a fine day.", "5 people came.", "1.5 million visits.", "e.g. this one."]
)
def test_a_number_that_belongs_to_the_sentence_stays_in_it(line: str) -> None:
    assert read(f"Title of it\n\n{line}")[-1] == ("", "", line)


def test_a_mark_on_a_line_of_its_own_goes_with_the_next_line() -> None:
    assert read("Title of it\n\n•\nBe kind.\n\n2.\n\nBe brief.\n•") == [
        (BULLET, "", "Be kind."),
        ("2.", "", "Be brief."),
    ]
    assert read("Title of it\n\nBe kind.\n1.\n2.")[-1] == ("", "", "2.")
    assert read("Title of it\n\n1.\n2. Be kind.")[-2:] == [("", "", "1."), ("2.", "", "Be kind.")]


def test_a_dash_left_over_cuts_a_line_in_two_and_goes_from_its_end() -> None:
    text = "Using our name: -\n• Ask us first. - Before you link, look.\n• \u201cBe kind.\u201d – Be brief; • Be quick"
    assert read(f"Policy\n\n{text}") == [
        ("", "Using our name", ""),
        (BULLET, "", "Ask us first."),
        (BULLET, "", "Before you link, look."),
        (BULLET, "", "\u201cBe kind.\u201d"),
        (BULLET, "", "Be brief;"),
        (BULLET, "", "Be quick"),
    ]


def test_a_dash_within_a_sentence_stays() -> None:
    line = "Post only what you may – and nothing else - not even well-meant things."
    assert read(f"Policy\n\n{line}") == [("", "", line)]


def test_a_heading_goes_with_the_paragraph_below_it_and_stands_alone_above_a_list_or_a_heading() -> None:
    text = (
        "Policy\n\nMonitoring\n\nUse may be monitored.\n\nPart two\n\nRules\n\n• Be kind.\n\n3. Review\n\nEvery year."
    )
    assert read(text) == [
        ("", "Monitoring", "Use may be monitored."),
        ("", "Part two", ""),
        ("", "Rules", ""),
        (BULLET, "", "Be kind."),
        ("3.", "Review", "Every year."),
    ]


def test_short_items_of_a_numbered_list_are_no_headings() -> None:
    text = "Policy\n\n1. Rules\n1.1 Be kind\n1.2 Be brief\n2. Review\nThe Council reviews it each year."
    assert read(text) == [
        ("1.", "Rules", ""),
        ("1.1", "", "Be kind"),
        ("1.2", "", "Be brief"),
        ("2.", "Review", "The Council reviews it each year."),
    ]
    assert [one[1] for one in read("Policy\n\nWe use:\nFacebook\nInstagram\nNextdoor")] == ["", "", "", ""]


def test_a_lead_in_is_no_heading_and_a_label_within_a_line_is_one() -> None:
    made = read("Policy\n\nMembers must not:\n• shout\n• Links: Look before you link to anything.")
    assert made == [
        ("", "", "Members must not:"),
        (BULLET, "", "shout"),
        (BULLET, "Links", "Look before you link to anything."),
    ]


def test_lines_that_a_pdf_broke_are_put_together() -> None:
    text = (
        "Policy\n\nThis policy helps members of the Council to decide what they may\npost, and what they had better\n"
        "leave unsaid in the interest of all. It holds for everybody at all\ntimes.\n• Do not shout at people, not "
        "even when\nthey shout\n\nNever forward what you have\n\nnot read to its very end."
    )
    whole = (
        "This policy helps members of the Council to decide what they may post, and what they had better leave "
        "unsaid in the interest of all. It holds for everybody at all times."
    )
    assert read(text) == [
        ("", "", whole),
        (BULLET, "", "Do not shout at people, not even when they shout"),
        ("", "", "Never forward what you have"),
        ("", "", "not read to its very end."),
    ]
    broken = "Policy\n\nNever forward to anybody whatever you have yourself\n\nnot read to its very end."
    assert read(broken)[0][2].endswith("yourself not read to its very end.")


def test_a_full_line_may_end_a_sentence_in_the_middle_of_a_paragraph() -> None:
    full = "The Council hears what people say and answers them where it can do so."
    assert read(f"Policy\n\n{full}\nNobody has to answer in the evening, though, or at the weekend, ever.\n") == [
        ("", "", f"{full} Nobody has to answer in the evening, though, or at the weekend, ever.")
    ]


def test_word_and_windows_leave_nothing_strange_behind() -> None:
    text = "Policy\r\n \u00a0\r\n\u2022\tDon\x92t \x93shout\x94 \u2013 ever.\u200b\ufeff\r\n\t\r\n\u2028Keep\u00a0calm."
    assert read(text) == [(BULLET, "", "Don’t “shout” – ever."), ("", "", "Keep calm.")]


def test_ruled_lines_and_empty_lists_leave_nothing() -> None:
    assert read("Policy\n-----\nBe kind.\n* * *\n\n___\n•\n-") == [("", "", "Be kind.")]
    assert propose("").clauses == propose(" \n- \n--\n").clauses == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Social Media Policy\n\nBe kind to people.", "Social Media Policy"),
        ("WICKBY PARISH COUNCIL\n\nSOCIAL MEDIA POLICY\n\nBe kind.", "WICKBY PARISH COUNCIL: SOCIAL MEDIA POLICY"),
        ("Wickby Parish Council\n\nThis policy is for all.", "Wickby Parish Council"),
        ("Be kind to people, and to others.\n\nBe brief.", UNTITLED),
        ("• Be kind", UNTITLED),
    ],
)
def test_the_first_line_is_the_title_where_it_looks_like_one(text: str, title: str) -> None:
    assert propose(text).title == title


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Adopted 14/05/2024", date(2024, 5, 14)),
        ("ADOPTED BY THE COUNCIL ON 3rd June 2025", date(2025, 6, 3)),
        ("Adopted: 1.2.2023", date(2023, 2, 1)),
        ("Adopted 31/02/2024", None),
        ("Adopted in spring", None),
    ],
)
def test_the_day_of_adoption_is_read_where_the_text_says_it(said: str, day: date | None) -> None:
    made = propose(f"Policy\n\n{said}\n\nBe kind.")
    assert made.adopted_on == day
    assert said in made.clauses[0].words


def test_what_is_too_long_for_a_clause_becomes_several() -> None:
    made = propose("Policy\n\n" + "word " * 5_000)
    assert [len(one.text) <= LONGEST["text"] for one in made.clauses] == [True] * 3
    assert len(propose("x" * 25_000).clauses) == 3


def test_more_clauses_than_a_draft_can_hold_are_counted_and_not_compared() -> None:
    made = propose("- Do\n" * (MOST_CLAUSES + 1)).clauses
    assert len({one.id for one in made}) == MOST_CLAUSES + 1


def test_the_projects_own_wording_is_read_as_it_is_meant() -> None:
    made = propose(standard.VERSION.text)
    assert made.title == standard.TITLE
    meant = [(one.mark, one.heading, one.text, one.grave) for one in standard.CLAUSES_IN_FULL]
    assert [(one.mark, one.heading, one.text, one.grave) for one in made.clauses] == meant
    kinds = [one.kind == wanted.kind for one, wanted in zip(made.clauses, standard.CLAUSES_IN_FULL, strict=True)]
    assert sum(kinds) >= len(kinds) - 3
    again = propose(standard.VERSION.text, standard.CLAUSES_IN_FULL)
    assert again.clauses == standard.CLAUSES_IN_FULL


def test_the_projects_own_wording_has_a_clause_for_every_topic() -> None:
    governed = {topic for one in standard.CLAUSES_IN_FULL for topic in one.topics}
    assert governed == set(TOPICS)
    assert set(CODES) <= set(TOPICS)
    assert len({one.id for one in standard.CLAUSES_IN_FULL}) == len(standard.CLAUSES_IN_FULL)


def test_the_adopted_policy_becomes_sensible_clauses() -> None:
    if not REAL.is_file():
        return  # It is not part of the project; where it is at hand, it is the best test there is.
    made = propose(REAL.read_text("utf-8"))
    assert made.title == "Social Media Policy"
    assert made.adopted_on == date(2024, 5, 14)
    by_kind = {
        kind: [one for one in made.clauses if one.kind == kind] for kind in ("rule", "duty", "procedure", "text")
    }
    assert {kind: len(found) for kind, found in by_kind.items()} == {"rule": 19, "duty": 7, "procedure": 4, "text": 7}
    assert len([one for one in made.clauses if one.grave]) == 6
    governed = {topic for one in made.clauses for topic in one.topics}
    assert governed == set(TOPICS)
    assert next(one.text for one in made.clauses if one.topics == ("link",)).startswith("Before you include a link")
    assert sorted(words(all_said(REAL.read_text("utf-8")))) == sorted(words(REAL.read_text("utf-8")))


# Any text -----------------------------------------------------------------------------------------------------------

plain_words = st.sampled_from(
    ["the", "Council", "must", "not", "Post", "links", "shared", "Be", "don’t", "2024", "Ärger"]
)
sentences = st.lists(plain_words, min_size=1, max_size=14).map(" ".join)
ends = st.sampled_from([".", ";", ":", "", "!", " -", ": -", ". - Then"])
marks = st.sampled_from(["", "", "• ", "- ", "– ", "• - ", "1. ", "1.1 ", "(a) ", "iv) ", "•\n", "1.\n", "o  ", "§\t"])
gaps = st.sampled_from(["\n", "\r\n", "\n\n", "\n \u00a0\n", "\r\n\r\n", "\n---\n", " "])
lines = st.tuples(marks, sentences, ends, gaps).map("".join)
policies = st.lists(lines, max_size=25).map("".join)


def telling(text: str) -> list[str]:
    """The words of a text but for the letters that are bullets."""
    return words(re.sub(r"(?m)(^|(?<=[\s•–—-]))[o§](?=\s)", " ", text))


@given(policies)
@example("• \u201cBe kind.\u201d - Do not shout.\n1.\n1.1 ")
def test_no_word_of_a_policy_is_lost_or_doubled(text: str) -> None:
    made = propose(text)
    said = [made.title if made.title != UNTITLED else "", *(one.words for one in made.clauses)]
    assert telling(" ".join(said).replace(":", " ")) == telling(text.replace(":", " "))


@given(st.text(max_size=400) | st.text("ab1.)(-–•* :\n\r\t\u00a0o§'”x", max_size=200))
def test_no_text_makes_it_fail_and_no_letter_is_lost(text: str) -> None:
    made = propose(text)
    kept = [made.title if made.title != UNTITLED else "", *(one.words for one in made.clauses)]
    letters = sorted(c for c in text if c.isalnum() and c != "o")
    assert sorted(c for c in "".join(kept) if c.isalnum() and c != "o") == letters
    assert all(one.text or one.heading for one in made.clauses)


@given(policies, policies)
def test_ids_are_unique_and_the_same_text_keeps_them(text: str, other: str) -> None:
    first = propose(text)
    ids = [one.id for one in first.clauses]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & naming.RESERVED
    assert all(re.fullmatch(r"[a-z0-9-]{1,60}", id) for id in ids)
    again = propose(text, first.clauses, ids)
    assert again == first
    changed = propose(other, first.clauses, ids)
    assert len({one.id for one in changed.clauses}) == len(changed.clauses)


@given(policies, st.data())
def test_an_edit_of_one_clause_leaves_every_id(text: str, data: st.DataObject) -> None:
    first = propose(text).clauses
    if not first:
        return
    at = data.draw(st.integers(0, len(first) - 1))
    edited = [Clause("", *(getattr(one, name) for name in ("mark", "heading", "text"))) for one in first]
    edited[at] = Clause("", edited[at].mark, edited[at].heading, f"{edited[at].text} hereby")
    named = naming.named(edited, first, [])
    others = [(old.id, new.id) for place, (old, new) in enumerate(zip(first, named, strict=True)) if place != at]
    texts = [(one.heading, one.text) for one in first]
    if len(set(texts)) == len(texts):
        assert all(old == new for old, new in others)
    assert len({one.id for one in named}) == len(named)


# Ids, kinds, topics -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Don’t discuss colleagues without their prior approval.", "dont-discuss-colleagues-without-their"),
        ("You are it", "you-are-it"),
        ("Café, naïve", "cafe-naive"),
        ("Main", "main-2"),
        ("🎉", "clause"),
        ("x" * 90, "x" * 48),
    ],
)
def test_an_id_is_a_few_words_that_an_address_can_hold(text: str, id: str) -> None:
    assert naming.new_id(Clause("", text=text), []) == id


def test_an_id_that_is_taken_is_given_to_nobody_else() -> None:
    assert naming.new_id(Clause("", text="Links"), ["links", "links-2"]) == "links-3"
    gone = naming.named([Clause("", text="Links")], [], ["links"])
    assert gone[0].id == "links-2"


def test_a_reworded_clause_keeps_its_id_wherever_it_goes_and_a_new_one_gets_its_own() -> None:
    before = naming.named(
        [Clause("", text="Never share telephone numbers."), Clause("", text="Be kind to each other at all times.")],
        [],
        [],
    )
    said = [Clause("", text="Be kind to one another at all times."), Clause("", text="Never shout."), before[0]]
    assert [one.id for one in naming.named(said, before, [])] == [before[1].id, "never-shout", before[0].id]


def test_the_clerk_cuts_a_clause_with_a_line_of_dashes() -> None:
    like = Clause("rules", BULLET, "", "", "rule", True, ("heated",))
    made = pieces("Be kind.\n ---- \n• Never share telephone numbers.\n---\n\n---\n2. Be brief.", like)
    assert [(one.id, one.mark, one.text, one.grave) for one in made] == [
        ("rules", BULLET, "Be kind.", True),
        ("", BULLET, "Never share telephone numbers.", True),
        ("", "2.", "Be brief.", True),
    ]
    assert [one.topics for one in made] == [("heated",), ("contact-details",), ()]
    assert pieces("\n", like) == [like]
    assert [one.text for one in pieces("One.\n---\n-", like)] == ["One.", "-"]
    assert pieces("One.\n---\nTwo.", Clause("x", "1."))[1].mark == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("This policy applies to everybody.", "text"),
        ("Do not shout.", "rule"),
        ("Members must not shout.", "rule"),
        ("You must have read and understood this policy first.", "duty"),
        ("The Clerk is responsible for the accounts.", "duty"),
        ("A breach may be dealt with under the Code of Conduct.", "procedure"),
        ("What follows may be gross misconduct:", "procedure"),
        ("The list:", "text"),
        ("Social media are useful.", "text"),
    ],
)
def test_the_kind_of_a_clause_is_guessed_from_its_words(text: str, kind: str) -> None:
    assert guessing.kind(text, "", "", item=False) == (kind, False)


def test_where_a_clause_stands_says_what_it_is_when_its_words_do_not() -> None:
    assert guessing.kind("Kindness", "Rules for all", "", item=False) == ("rule", False)
    assert guessing.kind("Kindness", "", "", item=True) == ("rule", False)
    assert guessing.kind("obscene things", "", "This is gross misconduct:", item=True) == ("rule", True)


def test_every_topic_has_words_that_it_is_found_by() -> None:
    assert set(guessing._SIGNS) == set(TOPICS)
    assert guessing.topics("Nothing of the sort") == ()
