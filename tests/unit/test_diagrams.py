"""The diagrams in docs/ show the tables as they are."""

import re
from types import ModuleType

import pytest

from chalicelib.checks.workflow import STATES
from chalicelib.checks.workflow import TABLE as CHECKS
from chalicelib.record import NEW, Move, Table
from chalicelib.register.workflow import TABLE as REGISTER
from infra import diagrams

LAMP: Table = {
    (NEW, "fit"): Move(by="keeper", to="switched-off"),
    ("switched-off", "switch on"): Move(by="self", to="on"),
    ("switched-off", "kick"): Move(by="self", to="on"),
    ("switched-off", "connect"): Move(by="keeper", to="on"),
    ("on", "dust"): Move(by="keeper", to="on"),
    ("on", "break"): Move(by="system", to="broken"),
}


def test_the_file_is_what_the_tables_give() -> None:
    told = "docs/diagrams.md is out of date: run python -m infra.diagrams"
    assert diagrams.TARGET.read_text("utf-8") == diagrams.document(), told


def test_a_table_is_drawn_with_who_may_make_each_move() -> None:
    assert diagrams.diagram(LAMP, {"on": "Shining"}) == [
        "```mermaid",
        "stateDiagram-v2",
        "  direction LR",
        '  state "Switched-off" as switched_off',
        '  state "Shining<br>dust (keeper)" as on',
        '  state "Broken" as broken',
        "  [*] --> switched_off: fit (keeper)",
        "  switched_off --> on: switch on, kick (self)<br>connect (keeper)",
        "  on --> broken: break (system)",
        "  broken --> [*]",
        "```",
    ]


def test_a_table_is_written_out_for_whoever_cannot_see_the_diagram() -> None:
    head, rule, first, *_ = diagrams.listing(LAMP, {})
    assert (head, rule) == ("| from | action | by | to |", "|---|---|---|---|")
    assert first == "| (nothing yet) | `fit` | keeper: whoever keeps the register | Switched-off |"


def test_every_move_of_every_part_stands_in_the_file() -> None:
    found = diagrams.document()
    for table in (CHECKS, REGISTER):
        for (_, action), legal in table.items():
            assert re.search(rf"\| `{action}` \| {legal.by}: {re.escape(diagrams.WHO[legal.by])} \|", found)
            assert re.search(rf"\b{action}\b[^(\n]*\({legal.by}\)", found)
    assert all(f'state "{words}' in found for words in STATES.values())


def test_every_diagram_is_headed_by_whose_it_is() -> None:
    titles = [diagrams.title(workflow) for workflow in diagrams.workflows()]
    assert {"A person’s sign-offs", "The annual review", "The register"} <= set(titles)
    with pytest.raises(ValueError, match="table of moves"):
        diagrams.title(ModuleType("nameless"))


def test_who_has_no_words_stops_the_drawing() -> None:
    with pytest.raises(KeyError, match="burglar"):
        diagrams.listing({(NEW, "fit"): Move(by="burglar", to="on")}, {})
