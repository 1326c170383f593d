"""The package, built once for all these tests, from the checkout as it is."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra import build
from tests.package.deployed import Stack


@dataclass(frozen=True)
class Package:
    """What was built: the zip, the template, and the zip unpacked in an empty folder."""

    zip: Path
    template: Path
    task: Path

    def names(self) -> list[str]:
        """The paths in the zip."""
        with zipfile.ZipFile(self.zip) as archive:
            return archive.namelist()


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The built package."""
    folder = tmp_path_factory.mktemp("package")
    zipped, template = build.build(folder / "build")
    task = folder / "task"
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(task)
    return Package(zipped, template, task)


@pytest.fixture(scope="session")
def stack(package: Package) -> Stack:
    """The package, deployed with the plainest answers."""
    return Stack(package.template)
