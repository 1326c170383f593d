"""What is in the zip, and what must never be."""

from __future__ import annotations

import importlib.util
import json
import marshal
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from chalicelib import render
from infra import archive, build
from tests.package.conftest import Package

pytestmark = pytest.mark.package

OURS = {"app.py", "chalicelib", "compiled_templates", "assets", "where.json", "__pycache__"}
THEIRS = {
    *("chalice", "dateutil", "email_validator", "holidays", "idna", "jinja2"),
    *("markupsafe", "six.py", "tzdata", "wtforms"),
}
"""The top of the zip, to the last name: whatever is new must be put here on purpose."""

SECRETS = re.compile(rb"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|aws_secret_access_key\s*=\s*\S")


def test_the_package_is_the_same_to_the_byte_when_built_again(package: Package, tmp_path: Path) -> None:
    zipped, template = build.build(tmp_path / "a much longer name, since no path may leave a trace")

    assert zipped.read_bytes() == package.zip.read_bytes()
    assert template.read_bytes() == package.template.read_bytes()


def test_the_top_of_the_zip_holds_only_what_is_named_here(package: Package) -> None:
    tops = {name.partition("/")[0] for name in package.names()}

    assert {top for top in tops if not top.endswith(".dist-info")} == OURS | THEIRS


def test_nothing_of_the_embedded_aws_the_tests_or_the_build_is_in_it(package: Package) -> None:
    ours = [path for path in files(package.task) if path.relative_to(package.task).parts[0] in OURS]
    marks = (b"/_local", b"from infra", b"import infra", b"import moto", b"from moto", b"from tests", b"127.0.0.1")

    found = {(str(path), mark) for path in ours for mark in marks if mark in path.read_bytes()}
    assert found == set()


def test_no_path_of_this_machine_and_no_secret_is_in_it(package: Package) -> None:
    scratch = str(Path(tempfile.gettempdir()) / "tmp")
    paths = [str(build.ROOT), str(Path.home()), sys.prefix, sys.base_prefix, scratch]
    marks = [path.encode() for path in paths if path not in ("/", "/usr")]

    for path in files(package.task):
        content = path.read_bytes()
        assert not SECRETS.search(content), path
        # A compiled library names the machine of whoever publishes it, which may be called as this one is.
        assert path.suffix == ".so" or not [mark for mark in marks if mark in content], path
    template = package.template.read_bytes()
    assert not [mark for mark in marks if mark in template]


def test_every_module_brings_byte_code_that_belongs_to_it(package: Package) -> None:
    modules = sorted(package.task.rglob("*.py"))
    assert modules
    for module in modules:
        name = Path(importlib.util.cache_from_source(str(module))).name
        cached = module.parent / "__pycache__" / name
        content = cached.read_bytes()
        assert content[:4] == importlib.util.MAGIC_NUMBER
        assert content[4:8] == b"\x01\0\0\0", f"{name} would be checked against its source"
        assert content[8:16] == importlib.util.source_hash(module.read_bytes())
        where = f"{archive.TASK_ROOT}/{module.relative_to(package.task)}"
        assert {code.co_filename for code in codes(marshal.loads(content[16:]))} == {where}  # noqa: S302 - ours


def test_a_cold_start_compiles_nothing(package: Package) -> None:
    program = (
        "import importlib.machinery, sys\n"
        "def refuse(self, data, path, **options): raise AssertionError(f'{path} had to be compiled')\n"
        "importlib.machinery.SourceFileLoader.source_to_code = refuse\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "import app, holidays, email_validator, chalicelib.render\n"
        "holidays.country_holidays('GB', subdiv='WLS', years=2026)\n"
        "chalicelib.render.environment().get_template('base.html')\n"
    )
    command = [sys.executable, "-I", "-S", "-B", "-c", program, str(package.task)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=package.task)  # noqa: S603

    assert done.returncode == 0, done.stderr


def test_every_template_is_compiled_in_it(package: Package) -> None:
    names = set(build.checked_templates(render.environment()))
    modules = {f"{render.module_name(name)}.py" for name in names}

    assert modules == {path.name for path in (package.task / "compiled_templates").glob("*.py")}
    assert {path.relative_to(build.ROOT / "templates").as_posix() for path in files(build.ROOT / "templates")} <= names


def test_the_style_sheet_is_in_it(package: Package) -> None:
    manifest = json.loads((package.task / "assets" / "manifest.json").read_text("utf-8"))

    assert {path.name for path in files(package.task / "assets")} == {"manifest.json", *manifest.values()}


def test_compiled_modules_are_for_the_machine_that_lambda_runs_on(package: Package) -> None:
    config = json.loads((build.ROOT / ".chalice" / "config.json").read_text("utf-8"))
    assert config["lambda_architecture"] == "x86_64"
    assert config["lambda_python_version"] == "python{}.{}".format(*archive.RUNTIME)

    libraries = [name for name in package.names() if name.endswith(".so")]
    assert libraries
    assert all(name.endswith(".cpython-311-x86_64-linux-gnu.so") for name in libraries)


def test_it_stays_small(package: Package) -> None:
    assert package.zip.stat().st_size < 5_000_000
    assert archive.size(package.task) < 15_000_000


def files(folder: Path) -> list[Path]:
    """Every file in a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def codes(code: CodeType) -> Iterator[CodeType]:
    """A module's code and everything defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)
