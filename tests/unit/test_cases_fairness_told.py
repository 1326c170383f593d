"""What the machine of test_cases_fairness.py is told rather than finds by chance: every way of naming somebody in a
report, and long stories to their ends. The same must hold at each step."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from chalicelib.cases import rules
from chalicelib.dates import today
from tests.unit.test_cases_fairness import TEXTS, Council


def begun(**said: Any) -> Council:
    """A council in which this was reported. p4 is a councillor, p5 and p6 are employees."""
    council = Council()
    roles = ["clerk", "chair", "vice-chair", "deputy-clerk", "councillor", "employee", "employee"]
    nothing = dict.fromkeys(("subject_name", "witnesses", "what_happened", "reporter", "email"), "")
    council.begins(**{"jurisdiction": "england", "roles": roles, "subject": "unknown", **nothing, **said})
    council.holds()
    # Nobody else is kept out either.
    assert set(council.record.data["conflicts"]) == council.out
    return council


@pytest.mark.parametrize("subject", list(rules.SUBJECTS))
def test_however_somebody_is_named_they_have_not_got_it(subject: str) -> None:
    for field, said in product(("subject_name", "witnesses", "what_happened"), TEXTS):
        begun(subject=subject, **{field: said})
    begun(subject=subject, reporter="p0")
    begun(subject=subject, email="p1@council.example")


def test_whoever_was_once_meant_stays_out_under_another_name() -> None:
    council = begun(witnesses="Cllr Green")
    council.change("p0", name="Mary Quill")
    council.holds()


def test_whoever_stands_in_and_comes_to_be_concerned_has_lost_it() -> None:
    council = begun()
    council.make("stand-in", rules.TICK, {"stand_ins": ["p1", "p2"]})
    assert len(rules.handlers(council.register, council.record.data, today(council.at))) == 3
    council.links(turn=0, approver="p2", requester="p1", found=True)
    council.holds()


STORIES: dict[str, tuple[Any, ...]] = {
    "a member": (
        "acknowledge", ("p4", "member"), "investigate", "refer-monitoring-officer", ("p5", "staff"), "hear",
        "outside-outcome", ("p4", "staff"), "reopen", "investigate", "resolve-informally", "resolved", "letter",
    ),
    "an employee": (
        "acknowledge", ("p5", "staff"), "refer-monitoring-officer", "investigate", "hear", "hearing-outcome",
        ("p4", "member"), "appeal", "appeal-outcome", ("p5", "member"), "reopen", ("p6", "staff"), "investigate",
    ),
    "whom both procedures fit": (
        "acknowledge", ("p6", "member"), "refer-monitoring-officer", ("", "staff"), "outside-outcome", ("", "staff"),
        "reopen", ("", "staff"), "investigate", ("", "member"), "no-case", ("", "member"),
    ),
    "whom no procedure fits": (
        "acknowledge", ("p4", "staff"), "investigate", ("p5", "member"), "refer-monitoring-officer", ("p5", "staff"),
        ("p4", "member"), "investigate",
    ),
}  # fmt: skip
"""What chance seldom tells to its end: the moves that a handler tries, and whom (id, procedure) they find."""


@pytest.mark.parametrize("story", list(STORIES))
def test_it_holds_to_the_end_of_the_long_stories(story: str) -> None:
    council = begun()
    council.change("p6", roles=("councillor", "employee"))
    for step in STORIES[story]:
        if isinstance(step, str):
            council.make(step, council.by(council.somebody(0)), council.given(step))
        else:
            council.finds(turn=0, subjects=[step[0]] if step[0] else [], witnesses=[], track=step[1])
        council.holds()
