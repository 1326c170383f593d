"""A contract for import-linter that its own kinds cannot say: parts keep out of each other's private rooms.

A *part* is a package directly under the root (`chalicelib.register`, `chalicelib.checks`, …). Its closed
rooms are the modules or packages named in the contract (`service`, `routes`). A part may import another's pure rooms,
but none of its closed ones, unless that one import is named in `allowed` as `importer -> imported`. The
contract finds the parts by looking, so a new part is held to it from its first day.
"""

from __future__ import annotations

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


def _imports(graph: ImportGraph, closed: str) -> list[tuple[str, str]]:
    """(importer, imported) for a room, which may be a package of several modules."""
    if closed not in graph.modules:
        return []
    room = [closed, *sorted(graph.find_descendants(closed))]
    return [(by, module) for module in room for by in sorted(graph.find_modules_that_directly_import(module))]


class PartsContract(Contract):
    """No module of one part imports a closed room of another part directly."""

    type_name = "parts"

    root = fields.StringField()
    closed_rooms = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - the signature is import-linter's
        """Every direct import from a part into a closed room of another, less the allowed ones."""
        settings: Any = self  # A field is declared as one class and gives its value, of another, at run time.
        root: str = settings.root
        rooms: list[str] = settings.closed_rooms
        allowed: list[str] = settings.allowed or []
        broken: list[dict[str, Any]] = []
        for part in sorted(graph.find_children(root)):
            for room in rooms:
                for importer, imported in _imports(graph, f"{part}.{room}"):
                    inside = importer == part or importer.startswith(f"{part}.")
                    of_a_part = importer.count(".") >= 2 and importer.startswith(f"{root}.")
                    if of_a_part and not inside and f"{importer} -> {imported}" not in allowed:
                        broken.append({"importer": importer, "imported": imported})
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that breaks the contract."""
        for line in check.metadata["broken"]:
            output.print_error(f"{line['importer']} must not import {line['imported']}", bold=False)
