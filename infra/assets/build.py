"""Make the style sheet from its sources, under a name that changes only with its contents.

Rules: the same sources give the same bytes; what is named in the manifest is there, and nothing else; no font
and no picture is fetched from anywhere, which the build checks rather than believes. Needs node, and the
packages of package-lock.json installed.
"""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "infra" / "assets" / "clerkwell.scss"
TARGET = ROOT / "build" / "assets"
SASS = ROOT / "node_modules" / "sass" / "sass.js"

#: What must not be in the sheet: anything fetched, and the marks that only GOV.UK may use.
_FORBIDDEN = re.compile(r"url\(|@import|@font-face|GDS Transport|crest|crown\.", re.IGNORECASE)

_TIMEOUT_SECONDS = 120


class BuildError(RuntimeError):
    """The style sheet could not be made, or holds what it must not."""


def compile_css() -> str:
    """Return the compressed style sheet; raises ``BuildError`` with the compiler's words where it fails."""
    node = shutil.which("node")
    if node is None or not SASS.exists():
        raise BuildError("the style sheet's compiler is missing: install node and run `make setup` first")
    done = subprocess.run(  # noqa: S603  (every word of the command is ours)
        [node, str(SASS), "--style=compressed", "--no-source-map", "--no-charset", str(SOURCE)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=_TIMEOUT_SECONDS,
        cwd=ROOT,
    )
    if done.returncode != 0 or done.stderr:
        raise BuildError(done.stderr.strip() or "the style sheet's compiler gave up without a word")
    return done.stdout


def check(css: str) -> None:
    """Raise ``BuildError`` when the sheet would fetch something or bears a mark of GOV.UK."""
    found = _FORBIDDEN.search(css)
    if found:
        around = css[max(0, found.start() - 60) : found.end() + 60]
        raise BuildError(f"the style sheet holds {found.group()!r}: …{around}…")


def write(css: str, target: Path = TARGET) -> dict[str, str]:
    """Write the sheet and ``manifest.json`` (plain name → hashed name); take older sheets away."""
    content = css.encode()
    name = f"clerkwell-{hashlib.sha256(content).hexdigest()[:16]}.css"
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("clerkwell-*.css"):
        if old.name != name:
            old.unlink()
    (target / name).write_bytes(content)
    manifest = {"clerkwell.css": name}
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def build(target: Path = TARGET) -> dict[str, str]:
    """Compile, check and write; returns the manifest."""
    css = compile_css()
    check(css)
    return write(css, target)
