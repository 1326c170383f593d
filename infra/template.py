"""The CloudFormation template: our YAML files made one, and Chalice's answer written out for AWS.

Rules: the same input gives the same bytes; the written template holds no YAML alias, which CloudFormation
refuses; nothing is said twice: a key that two of our files both define is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Document: TypeAlias = dict[str, Any]

FOLDER = Path(__file__).resolve().parent
FILES = ("parameters.yaml", "resources.yaml", "alarms.yaml")


class TemplateError(RuntimeError):
    """The template cannot be made; the message says why."""


def load(path: Path) -> Document:
    """One of our YAML files, or the built template."""
    return parsed(path.read_text("utf-8"), path.name)


def parsed(text: str, name: str) -> Document:
    """A document from its text; `name` is for the message. Raises TemplateError."""
    loaded = yaml.safe_load(text)
    if not isinstance(loaded, dict):
        raise TemplateError(f"{name} is not a mapping")
    return loaded


def ours() -> Document:
    """What we add to Chalice's template: every file in FILES, as one document. Raises TemplateError."""
    whole: Document = {}
    for name in FILES:
        add(whole, load(FOLDER / name))
    return whole


def add(whole: Document, part: Mapping[str, Any], path: str = "") -> None:
    """Put `part` into `whole`, mapping by mapping. Raises TemplateError where both speak of the same thing."""
    for key, value in part.items():
        where = f"{path}/{key}"
        if key not in whole:
            whole[key] = value
        elif isinstance(whole[key], dict) and isinstance(value, Mapping):
            add(whole[key], value, where)
        else:
            raise TemplateError(f"{where} is defined twice")


class _Plain(yaml.SafeDumper):
    """A dumper that writes a shared object out wherever it is used."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    # Pages of HTML are readable only in YAML's block form.
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Plain.add_representer(str, _text)


def write(document: Document, path: Path) -> None:
    """Write a document as YAML, keys in order, without aliases."""
    path.write_text(text(document), "utf-8")


def text(document: Document) -> str:
    """A document as `write` writes it."""
    written: str = yaml.dump(document, Dumper=_Plain, sort_keys=True, allow_unicode=True, width=120)
    return written
