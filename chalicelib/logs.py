"""What the functions say of themselves: one line of JSON for each thing, with the request's id.

Rules: nothing that a person typed or is called gets into a line; figures are whole numbers. Of an error its kind and
the places in our code are said, never its words, which may quote anything; of a page the route it stands at, never the
address, which may hold a link's token. Every function starts with this module, so it imports nothing that the framework
has not imported.
"""

import json
import logging
import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

log = logging.getLogger("clerkwell.asked")

NAMESPACE = "Clerkwell"
"""Where CloudWatch keeps the figures."""

_now: dict[str, str] = {}
"""The request that is being answered: a function answers one at a time."""


class Failed(Exception):
    """A function failed. It says of what kind the error was; the log says where."""


class Lines(logging.Formatter):
    """A record as a line of JSON: `level`, `of`, `said`, `request_id`, and of an error `error` and `where`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with an end."""
        line: dict[str, Any] = {"level": record.levelname, "of": record.name, "said": record.getMessage(), **_now}
        line |= getattr(record, "also", {})
        if record.exc_info and record.exc_info[1]:
            line["error"], line["where"] = _error(record.exc_info[1])
        return json.dumps(line) + "\n"


def _error(error: BaseException) -> tuple[str, list[str]]:
    where, traceback = [], error.__traceback__
    while traceback:
        code = traceback.tb_frame.f_code
        where.append(f"{code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return type(error).__name__, where[-12:]


class _Out(logging.Handler):
    """Writes to whatever is the output at the moment, as the runtime has it collected."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line."""
        sys.stdout.write(self.format(record))


def set_up(app_log: logging.Logger) -> None:
    """Have every line written so: by the framework's logger, and by our modules through the runtime's handler."""
    app_log.handlers = [_Out()]
    for handler in (*app_log.handlers, *logging.getLogger().handlers):
        handler.setFormatter(Lines())
    log.setLevel(logging.INFO)


def told(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Middleware for every function: lines carry the invocation's id, and whatever fails does so without its words."""
    context = getattr(event, "lambda_context", None) or getattr(event, "context", None)
    _now["request_id"] = str(getattr(context, "aws_request_id", ""))
    route = getattr(event, "path", None)
    if route:
        answer = get_response(event)
        log.info("answered", extra={"also": {"route": route, "method": event.method, "status": answer.status_code}})
        return answer
    try:
        return get_response(event)
    except Exception as error:
        log.exception("failed")
        raise Failed(type(error).__name__) from None


def measured(at: datetime, **figures: int) -> None:
    """Have CloudWatch keep these figures, each a metric of this function: a line in its embedded metric format, which
    it reads as it takes the log in, so that nobody need be asked. Outside Lambda nobody keeps any."""
    function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
    if not function:
        return
    kept = {
        "Namespace": NAMESPACE,
        "Dimensions": [["FunctionName"]],
        "Metrics": [{"Name": name, "Unit": "None"} for name in figures],
    }
    told = {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [kept]}
    log.info("measured", extra={"also": {"_aws": told, "FunctionName": function, **figures}})
