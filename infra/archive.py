"""The zip that Lambda unpacks: what stays out of it, its byte code, and the order in which it is written.

Rules: the same files give the same bytes (names sorted, one date, one mode); no path of this machine is in it;
every module brings its byte code, since /var/task cannot be written to and every cold start would compile it
again. The byte code is of the kind that Python does not check against the source: unpacking changes dates.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

RUNTIME = (3, 11)
"""The Python version of .chalice/config.json: byte code of another version would be of no use there."""

TASK_ROOT = "/var/task"
"""Where Lambda unpacks the zip: the byte code names its sources there."""

_DATE = (1980, 1, 1, 0, 0, 0)

UNWANTED = (
    # Byte code is made anew, for the place where it will run; type stubs are for developers.
    r"(.*/)?__pycache__/.*",
    r".*\.(pyc|pyi)",
    r".*/py\.typed",
    # Tests that a wheel brings along.
    r"tests/.*",
    # email-validator looks in the DNS only when asked to, and we do not ask.
    r"dns/.*",
    # Only the bank holidays of the United Kingdom are asked for (see REPLACED).
    r"holidays/(countries|financial)/(?!__init__\.py|united_kingdom\.py).*",
    r"holidays/locale/(?!en).*",
    # Only British time; our forms' messages are our own.
    r"tzdata/zoneinfo/(?!__init__\.py|Europe/__init__\.py|Europe/London$|UTC$).*",
    r"dateutil/zoneinfo/.*\.tar\.gz",
    r"wtforms/locale/.*",
    # The templates are compiled beforehand (see REPLACED).
    r"jinja2/(bccache|ext|idtracking|meta|nativetypes|optimizer|sandbox|visitor)\.py",
    # Of a package's description only who wrote it and its licence.
    r"[^/]+\.dist-info/(?!METADATA$|.*(LICEN[CS]E|COPYING|AUTHORS)).*",
    r"dnspython-[^/]+\.dist-info/.*",
)
"""Patterns of whole paths in the packager's zip that do not belong in ours."""

_NO_COMPILER = "def generate(*_given, **_also):\n    raise RuntimeError('the templates were compiled beforehand')\n"
_BY_NAME = """from importlib import import_module

_WHERE = {where!r}


def __getattr__(name):
    if name not in _WHERE:
        raise AttributeError(name)
    module, its_name = _WHERE[name]
    value = globals()[name] = getattr(import_module(module), its_name)
    return value
"""


def on_demand(source: str) -> str:
    """Instead of a package's `__init__.py` that only imports names from its modules: each name when it is asked for."""
    lines = [node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)]
    # A module of the package itself is imported by whoever asks for it, without our doing.
    lines = [line for line in lines if "." in (line.module or "")]
    where = {alias.asname or alias.name: (line.module, alias.name) for line in lines for alias in line.names}
    return _BY_NAME.format(where=where)


def no_nodes(source: str) -> str:
    """Instead of `jinja2/nodes.py`: the one class that rendering needs, and the name of another."""
    kept = next((node for node in ast.parse(source).body if getattr(node, "name", "") == "EvalContext"), None)
    if kept is None:
        raise ArchiveError("jinja2/nodes.py has no EvalContext any more: see what rendering needs of it now")
    return f"import typing as t\n\n\nclass Template:\n    pass\n\n\n{ast.get_source_segment(source, kept)}\n"


def where_used(*names: str) -> Callable[[str], str]:
    """Has what binds these names at a module's top (an import, a class, a pattern) run in the functions that use them,
    when they are called: the module does as before, and starts without what no page asks of it."""

    def moved(source: str) -> str:
        tree = ast.parse(source)
        moving = {name: node for node in tree.body for name in _bound(node) if name in names}
        tree.body = [node for node in tree.body if node not in moving.values()]
        functions = list(_functions(tree.body))
        uses = {function: [name for name in names if name in _named(function)] for function in functions}
        within = [node for function in functions for part in function.body for node in _named(part)]
        everywhere = _named(tree)
        if moving.keys() != set(names) or any(not 0 < everywhere.count(n) == within.count(n) for n in names):
            raise ArchiveError(f"{names} are not bound once and used in functions only: see what has become of them")
        for function, used in uses.items():
            after = 0 if ast.get_docstring(function) is None else 1
            function.body[after:after] = [moving[name] for name in used]
        return ast.unparse(tree)

    return moved


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [node.name] if isinstance(node, ast.ClassDef) else []


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef | ast.If):
            yield from _functions([*node.body, *getattr(node, "orelse", ())])


def _named(node: ast.AST) -> list[str]:
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]


def swapped(*pairs: tuple[str, str]) -> Callable[[str], str]:
    """Has these words of a module, each of which stands in it once, say the same in a way that takes less."""

    def changed(source: str) -> str:
        for old, new in pairs:
            if source.count(old) != 1:
                raise ArchiveError(f"{old!r} does not stand there once any more: see what it has become")
            source = source.replace(old, new)
        return source

    return changed


REPLACED: dict[str, str | Callable[[str], str]] = {
    # Imports all 250 countries before the one that was asked for, which takes as long as everything else in the
    # library together; the library itself finds a country by name.
    "holidays/countries/__init__.py": "",
    # Imports everything that Jinja has. Of what compiles templates only the names that the rest is defined with.
    "jinja2/__init__.py": "",
    "jinja2/compiler.py": f"class CodeGenerator:\n    pass\n\n\n{_NO_COMPILER}",
    "jinja2/lexer.py": "class Lexer:\n    pass\n\n\nclass TokenStream:\n    pass\n\n\nget_lexer = None\n",
    "jinja2/nodes.py": no_nodes,
    "jinja2/parser.py": "class Parser:\n    pass\n",
    # No template picks anything at random, finds addresses in a text or waits for a value.
    "jinja2/async_utils.py": where_used("inspect"),
    "jinja2/filters.py": where_used("random", "getattr_static"),
    "jinja2/utils.py": where_used("choice", "randrange", "_http_re", "_email_re"),
    # No form asks for the address of a machine, and what knows one takes longer than all other rules. Whether
    # something is a class is asked without the module that takes classes apart.
    "wtforms/validators.py": where_used("ipaddress", "uuid", "HostnameValidation"),
    "wtforms/_compat.py": where_used("inspect"),
    "wtforms/fields/core.py": swapped(
        ("import inspect\n", ""), ("inspect.isclass(validator)", "isinstance(validator, type)")
    ),
    # Python takes 25 million instructions to compile each of the four patterns with this range.
    "email_validator/rfc_constants.py": swapped(
        ('ATEXT + "\\u0080-\\U0010FFFF"', r'ATEXT + r"]|[^\x00-\x7F"'),
        (
            "'[' + ATEXT_INTL + ']+(?:\\\\.[' + ATEXT_INTL + r']+)*",
            "'(?:[' + ATEXT_INTL + '])+(?:\\\\.(?:[' + ATEXT_INTL + r'])+)*",
        ),
        (r'\-\." + "\u0080-\U0010FFFF" + "]"', r'\-\.]|[^\x00-\x7F]"'),
        (r"\u007E\u0080-\U0010FFFF]", r"\u007E]|[^\x00-\x7F]"),
    ),
    # Import every kind of field; a form has two or three.
    "wtforms/__init__.py": on_demand,
    "wtforms/fields/__init__.py": on_demand,
}
"""Files that travel with other contents than their own: what would be imported for each page and never be used."""

_UNWANTED = re.compile("|".join(UNWANTED), re.IGNORECASE)


class ArchiveError(RuntimeError):
    """The zip cannot be made; the message says why."""


def unpack(source: Path, folder: Path) -> None:
    """Unpack the packager's zip, leaving out what is not wanted. Raises ArchiveError."""
    with zipfile.ZipFile(source) as archive:
        for name in archive.namelist():
            if not name.endswith("/") and not _UNWANTED.fullmatch(name):
                archive.extract(name, folder)
    for name, instead in REPLACED.items():
        if not (folder / name).is_file():
            raise ArchiveError(f"{name} is not where it was: see whether replacing it still does good")
        whole = (folder / name).read_text("utf-8")
        (folder / name).write_text(instead if isinstance(instead, str) else instead(whole), "utf-8")


def compile_all(folder: Path) -> None:
    """Put each module's byte code beside it. Raises ArchiveError."""
    if sys.version_info[:2] != RUNTIME:
        raise ArchiveError(f"Lambda runs Python {RUNTIME[0]}.{RUNTIME[1]}, whose byte code this Python does not make")
    # A bare interpreter of its own, so that the byte code depends on nothing that this process has loaded.
    command = [sys.executable, "-I", "-S", "-m", "compileall", "-q", "-f"]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", TASK_ROOT, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (our own words)
    if done.returncode:
        raise ArchiveError(f"a module does not compile: {done.stdout.strip()}")


def pack(folder: Path, target: Path) -> None:
    """Write everything in the folder into a zip, always in the same way."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    target.unlink(missing_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = (0o100755 if name.endswith(".so") else 0o100644) << 16
            archive.writestr(info, (folder / name).read_bytes(), compresslevel=9)


def size(folder: Path) -> int:
    """How many bytes the files in a folder have together."""
    return sum(os.path.getsize(path) for path in folder.rglob("*") if path.is_file())
