"""`python -m infra.build`: make build/deployment.zip and build/template.yaml, byte for byte the same each time.

Chalice's packager does the work on a clean copy of what belongs in the package, so that nothing of the checkout gets
in by accident and nothing of the build gets into the checkout. Around it: the style sheet is built, the templates are
compiled ahead, the word lists are packed, the zip is put in order and given its byte code (archive.py), API Gateway's
own error pages are rendered (error_pages.py), and the template is written as CloudFormation takes it (template.py).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import jinja2
import jinja2.meta

from chalicelib import render
from chalicelib.assembly import WHERE
from chalicelib.checker import lexicon
from infra import archive, error_pages, template
from infra.assets import build as assets

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
STAGE = "live"
_LAMBDA_LIMIT = 250 * 1024 * 1024
_PACKAGER_SECONDS = 300


class BuildError(RuntimeError):
    """The package cannot be made; the message says why."""


def checked_templates(environment: jinja2.Environment) -> list[str]:
    """The name of every template. Raises BuildError where one needs another that is not there, or not known yet."""
    loader = environment.loader or jinja2.DictLoader({})
    names = loader.list_templates()
    for name in names:
        source, _, _ = loader.get_source(environment, name)
        for reached in jinja2.meta.find_referenced_templates(environment.parse(source, name)):
            if reached is None:
                raise BuildError(f"{name} includes a template whose name is known only when it is rendered")
            if reached not in names:
                raise BuildError(f"{name} needs {reached}, which is not there")
    return names


def compile_templates(target: Path) -> int:
    """Compile the templates into modules in `target` and load each again; how many. Raises BuildError."""
    environment = render.environment()
    try:
        names = checked_templates(environment)
        environment.compile_templates(target, zip=None, ignore_errors=False, log_function=lambda _: None)
        again = environment.overlay(loader=jinja2.ModuleLoader(target), cache_size=0)
        for name in names:
            again.get_template(name)
            # Jinja names a module by a hash, which would have to be reckoned for each template of a page.
            compiled = target / f"{render.module_name(name)}.py"
            if compiled.exists():
                raise BuildError(f"{name} would be compiled into the module of another template")
            (target / jinja2.ModuleLoader.get_module_filename(name)).rename(compiled)
    except jinja2.TemplateError as error:
        raise BuildError(f"a template does not compile: {error}") from error
    return len(names)


def write_where(target: Path) -> None:
    """Write down which module answers at each path, so that a function imports no other. Raises BuildError."""
    from app import app

    if WHERE.exists():
        raise BuildError(f"{WHERE.name} stands in the checkout, where only the package has one")
    target.write_text(json.dumps(app.where, indent=0, sort_keys=True), "utf-8")


def write_packed(target: Path) -> None:
    """Write down what the post checker's data files come to. Raises BuildError, and the checker's own errors."""
    if lexicon.PACKED.exists():
        raise BuildError(f"{lexicon.PACKED.name} stands in the checkout, where only the package has one")
    target.write_bytes(lexicon.packed())


def stage(folder: Path) -> None:
    """Put a clean copy of what Chalice packages into `folder`, the root of a Chalice project."""
    shutil.copy(ROOT / "app.py", folder)
    shutil.copy(ROOT / "requirements.txt", folder)
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
    shutil.copytree(ROOT / "chalicelib", folder / "chalicelib", ignore=ignored)
    (folder / ".chalice").mkdir()
    for path in [ROOT / ".chalice" / "config.json", *(ROOT / ".chalice").glob("policy-*.json")]:
        shutil.copy(path, folder / ".chalice")
    vendor = folder / "vendor"
    assets.build(vendor / "assets")
    compile_templates(vendor / render.COMPILED)
    write_where(vendor / WHERE.name)
    write_packed(folder / lexicon.PACKED.relative_to(ROOT))
    template.write(template.ours(), folder / "ours.yaml")


def run_chalice(project: Path, target: Path) -> None:
    """Have Chalice package the project: deployment.zip and sam.yaml in `target`. Raises BuildError."""
    command = [sys.executable, "-c", "from chalice.cli import main; main()", "package", "--stage", STAGE]
    command += ["--merge-template", "ours.yaml", str(target)]
    # The packager imports the app: nothing of this shell's settings may reach it, nor byte code the copy.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("CLERKWELL_", "AWS_", "PYTHON"))}
    environment |= {"AWS_DEFAULT_REGION": "eu-west-2", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(  # noqa: S603  (every word of the command is ours)
        command,
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PACKAGER_SECONDS,
    )
    # A package without a wheel for Lambda is only mentioned, and the packager goes on without it.
    if done.returncode or "Could not install" in done.stdout + done.stderr:
        raise BuildError(f"chalice package failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


def build(target: Path = BUILD) -> tuple[Path, Path]:
    """Make the package in `target`: the paths of the zip and the template. Raises BuildError and its like."""
    target.mkdir(parents=True, exist_ok=True)
    zipped, written = target / "deployment.zip", target / "template.yaml"
    with tempfile.TemporaryDirectory() as scratch:
        project, made, unpacked = (Path(scratch) / name for name in ("project", "made", "unpacked"))
        project.mkdir()
        stage(project)
        run_chalice(project, made)
        archive.unpack(made / "deployment.zip", unpacked)
        archive.compile_all(unpacked)
        size = archive.size(unpacked)
        if size > _LAMBDA_LIMIT:
            raise BuildError(f"unpacked, the package has {size:,} bytes, and Lambda takes {_LAMBDA_LIMIT:,}")
        archive.pack(unpacked, zipped)
        document = template.load(made / "sam.yaml")
        template.add(document, error_pages.for_template(render.environment()))
        template.write(document, written)
    print(f"package: deployment.zip ({zipped.stat().st_size:,} bytes, {size:,} unpacked)")
    print(f"package: template.yaml ({written.stat().st_size:,} bytes)")
    return zipped, written


if __name__ == "__main__":
    try:
        build()
    except (
        BuildError,
        archive.ArchiveError,
        assets.BuildError,
        error_pages.ErrorPageError,
        template.TemplateError,
    ) as reason:
        sys.exit(f"package: {reason}")
