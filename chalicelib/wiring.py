"""Where everything is put together: the settings, the clock and the edges to AWS, each made once and when first used.

A page that needs no table must not pay for botocore, so nothing is made at import. Tests put their own in with `use`.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from chalicelib import settings as settings_module
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.files import Files
    from chalicelib.mail import Mailer
    from chalicelib.store import Store

_made: dict[str, Any] = {}


def _once(name: str, make: Callable[[], Any]) -> Any:
    if name not in _made:
        _made[name] = make()
    return _made[name]


def use(**parts: Any) -> None:
    """Put these in place of what would be made: `settings`, `store`, `files`, `mailer`, `clock`."""
    _made.update(parts)


def forget() -> None:
    """Make everything anew when it is next asked for."""
    _made.clear()


def now() -> datetime:
    """The present moment, aware, in UTC. The only place that reads a clock."""
    clock: Callable[[], datetime] = _made.get("clock") or (lambda: datetime.now(UTC))
    return clock()


def settings() -> Settings:
    """The settings, from the environment."""
    return cast("Settings", _once("settings", lambda: settings_module.read(os.environ)))


def store() -> "Store":
    """The table."""

    def make() -> "Store":
        from chalicelib.store import Store, client

        return Store(client(), settings().table)

    return cast("Store", _once("store", make))


def files() -> "Files":
    """The bucket."""

    def make() -> "Files":
        from chalicelib.files import Files, client

        return Files(client(), settings().bucket)

    return cast("Files", _once("files", make))


def mailer() -> "Mailer":
    """The sender of mail."""

    def make() -> "Mailer":
        from chalicelib.mail import Mailer, client

        return Mailer(client(), settings().mail_from, settings().mail_configuration_set)

    return cast("Mailer", _once("mailer", make))
