"""How app.py puts the parts together without importing them.

People meet Clerkwell cold, so a request pays for every module that is imported for it. Rules: a module with pages is
imported when one of its paths is asked for, and what one part does for another when it is first called. In a checkout
every module with pages is imported at once, which shows who answers where; the build writes that down (`WHERE`), and
the package goes by it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from chalice.app import Chalice

from chalicelib import hooks

WHERE = Path(__file__).resolve().parent.parent / "where.json"
"""In the package: path → the name of the module that answers there."""


def named(name: str) -> Any:
    """What a name such as `chalicelib.checks.service:due` stands for. Raises ImportError, AttributeError."""
    module, _, thing = name.partition(":")
    return getattr(import_module(module), thing)


def later(name: str) -> Callable[..., Any]:
    """The function of this name, whose module is imported when it is first called."""

    def call(*given: Any, **also: Any) -> Any:
        return named(name)(*given, **also)

    return call


def join(parts: Mapping[str, Mapping[str, str]]) -> None:
    """Put each part's functions into the tables of `hooks`: part → table → `module:function`."""
    for part, does in parts.items():
        for table, name in does.items():
            getattr(hooks, table)[part] = later(name)


class App(Chalice):
    """Chalice, with the pages of these modules: each has a blueprint called `pages`.

    `where`: path → module, for all of them. Raises ValueError for a path that two modules share.
    """

    def __init__(self, app_name: str, modules: Iterable[str]) -> None:
        super().__init__(app_name=app_name)
        self.where: dict[str, str] = {}
        self._there: set[str] = set()
        if WHERE.is_file():
            self.where = json.loads(WHERE.read_text("utf-8"))
            return
        for module in modules:
            before = {path: len(methods) for path, methods in self.routes.items()}
            self._bring(module)
            answering = {path for path, methods in self.routes.items() if len(methods) != before.get(path)}
            if shared := answering & before.keys():
                raise ValueError(f"{module} shares {shared} with another module: the package would find only one")
            self.where |= dict.fromkeys(answering, module)

    def __call__(self, event: Any, context: Any) -> Any:
        """API Gateway's request → its answer."""
        module = self.where.get(event.get("requestContext", {}).get("resourcePath", ""))
        if module:
            self._bring(module)
        return super().__call__(event, context)

    def _bring(self, module: str) -> None:
        if module not in self._there:
            self.register_blueprint(import_module(module).pages)
            self._there.add(module)
