"""The contract that keeps parts out of each other's private rooms, tried on small graphs."""

from __future__ import annotations

import grimp
import pytest

from infra.local.contracts import PartsContract

MODULES = (
    "core",
    "core.web",
    "core.one",
    "core.one.rules",
    "core.one.service",
    "core.one.service.doing",
    "core.two",
    "core.two.routes",
)


def kept(importer: str, imported: str, allowed: list[str] | None = None) -> bool:
    """Whether the contract holds when one module imports another."""
    graph = grimp.ImportGraph()
    for module in MODULES:
        graph.add_module(module)
    graph.add_import(importer=importer, imported=imported)
    session = {"root_packages": ["core"]}
    rooms = {"root": "core", "closed_rooms": ["service", "routes"], "allowed": allowed or []}
    contract = PartsContract(name="Parts", session_options=session, contract_options=rooms)
    return bool(contract.check(graph, verbose=False).kept)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("core.two.routes", "core.one.rules"), ("core.one", "core.one.service"), ("core.web", "core.one.service")],
)
def test_what_is_open_may_be_imported(importer: str, imported: str) -> None:
    assert kept(importer, imported)


def test_a_closed_room_may_not() -> None:
    assert not kept("core.two.routes", "core.one.service")
    assert not kept("core.one.rules", "core.two.routes")
    assert not kept("core.two.routes", "core.one.service.doing")


def test_unless_that_one_import_is_named() -> None:
    assert kept("core.two.routes", "core.one.service", ["core.two.routes -> core.one.service"])
