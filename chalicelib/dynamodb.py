"""A client of DynamoDB for the few operations of the store, without botocore.

Importing botocore and making its client is most of what a cold request costs (docs/decisions/0010), and DynamoDB asks
for little: a signed POST of JSON over a connection that is kept. Rules: the calls, answers and errors are those of
botocore's client, so that the store works with either; the bounds are those of `aws`; a request that may have been
lost is sent once more, which is safe for a transaction because it carries a token.

Sources: Amazon DynamoDB's low-level API; Signature Version 4 in AWS's general reference.
"""

import hmac
import json
import os
import random
import select
import time
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from chalicelib.aws import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS

_API = "DynamoDB_20120810"
_TYPE = "application/x-amz-json-1.0"
_AGAIN = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
    }
)
"""Errors that may be over a moment later, beside those of the server itself."""


class Refused(Exception):
    """DynamoDB's own error, as botocore's ClientError has it: `response["Error"]["Code"]`."""

    def __init__(self, response: Mapping[str, Any], operation: str) -> None:
        self.response = response
        super().__init__(f"{response['Error']['Code']} ({operation}): {response['Error'].get('Message', '')}")


class Unreachable(Exception):
    """DynamoDB did not answer, or not in time, or what came was damaged."""


class Exceptions:
    """The errors that the store tells apart."""

    class ConditionalCheckFailedException(Refused):
        """The item is not as the condition has it."""

    class TransactionCanceledException(Refused):
        """Nothing of the transaction was written; `response["CancellationReasons"]` says why, write by write."""

    class TransactionInProgressException(Refused):
        """The same transaction is under way already."""


def reachable(environment: Mapping[str, str]) -> bool:
    """Whether the environment says where and as whom, as it does in a function. A developer's profile does not."""
    return bool(environment.get("AWS_ACCESS_KEY_ID") and _region(environment))


def _region(environment: Mapping[str, str]) -> str:
    return environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or ""


def _operation(name: str) -> Callable[..., Any]:
    def ask(self: "Client", **given: Any) -> Any:
        return self.ask(name, given)

    return ask


class Client:
    """The operations. `environment` holds region, credentials and, if it is another one, the address."""

    exceptions = Exceptions

    get_item = _operation("GetItem")
    batch_get_item = _operation("BatchGetItem")
    query = _operation("Query")
    put_item = _operation("PutItem")
    update_item = _operation("UpdateItem")
    delete_item = _operation("DeleteItem")
    transact_write_items = _operation("TransactWriteItems")

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._region = _region(environment)
        self._id, self._secret = environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
        self._session = environment.get("AWS_SESSION_TOKEN", "")
        address = environment.get("AWS_ENDPOINT_URL_DYNAMODB") or environment.get("AWS_ENDPOINT_URL")
        parts = urlsplit(address or f"https://dynamodb.{self._region}.amazonaws.com")
        self._secure, self._host = parts.scheme == "https", parts.netloc
        self._idle: list[HTTPConnection] = []
        self._key: tuple[str, bytes] = ("", b"")

    def ask(self, operation: str, given: Mapping[str, Any]) -> Any:
        """The answer to one operation. Raises Refused, Unreachable."""
        if operation == "TransactWriteItems":
            given = {"ClientRequestToken": token_hex(16), **given}
        body = json.dumps(given).encode()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._answer(operation, body)
            except Refused as error:
                if attempt == ATTEMPTS or not _may_be_over(error.response):
                    raise
            except Unreachable:
                if attempt == ATTEMPTS:
                    raise
            time.sleep(random.uniform(0, 0.05))  # noqa: S311  (spreads retries, guards nothing)
        raise AssertionError

    def _answer(self, operation: str, body: bytes) -> Any:
        connection = self._connection()
        try:
            connection.request("POST", "/", body, self._headers(operation, body))
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            connection.close()
            raise Unreachable(type(error).__name__) from error
        self._idle.append(connection)
        told = answer.getheader("x-amz-crc32")
        if told and int(told) != zlib.crc32(content):
            raise Unreachable("the answer's checksum is wrong")
        try:
            found: dict[str, Any] = json.loads(content)
        except ValueError:
            found = {}
        if answer.status == 200:
            return found
        raise _refusal(found, answer.status, operation)

    def _connection(self) -> HTTPConnection:
        while self._idle:
            kept = self._idle.pop()
            if kept.sock is not None and not _readable(kept.sock):
                return kept
            # Closed from the other side while nobody asked; nothing else comes unasked.
            kept.close()
        made = (HTTPSConnection if self._secure else HTTPConnection)(self._host, timeout=CONNECT_SECONDS)
        try:
            made.connect()
        except OSError as error:
            made.close()
            raise Unreachable(type(error).__name__) from error
        made.sock.settimeout(READ_SECONDS)
        return made

    def close(self) -> None:
        """Give up the connections that are kept; the next request makes another."""
        while self._idle:
            self._idle.pop().close()

    def _headers(self, operation: str, body: bytes) -> dict[str, str]:
        at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {"content-type": _TYPE, "host": self._host, "x-amz-date": at}
        # Sorted, as they must be signed.
        if self._session:
            headers["x-amz-security-token"] = self._session
        headers["x-amz-target"] = f"{_API}.{operation}"
        signed = ";".join(headers)
        lines = [f"{name}:{value}" for name, value in headers.items()]
        asked = "\n".join(["POST", "/", "", *lines, "", signed, sha256(body).hexdigest()])
        scope = f"{at[:8]}/{self._region}/dynamodb/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", at, scope, sha256(asked.encode()).hexdigest()])
        signature = hmac.digest(self._signing_key(at[:8]), text.encode(), "sha256").hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._id}/{scope}, SignedHeaders={signed}, Signature={signature}"
        )
        return headers

    def _signing_key(self, day: str) -> bytes:
        if self._key[0] != day:
            key = f"AWS4{self._secret}".encode()
            for part in (day, self._region, "dynamodb", "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key = (day, key)
        return self._key[1]


def _readable(sock: Any) -> bool:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _may_be_over(response: Mapping[str, Any]) -> bool:
    return response["Error"]["Code"] in _AGAIN or response["ResponseMetadata"]["HTTPStatusCode"] >= 500


def _refusal(found: dict[str, Any], status: int, operation: str) -> Refused:
    code = str(found.get("__type", status)).rpartition("#")[2]
    words = found.get("message") or found.get("Message") or ""
    response = {**found, "Error": {"Code": code, "Message": words}, "ResponseMetadata": {"HTTPStatusCode": status}}
    kind: type[Refused] = getattr(Exceptions, code, Refused)
    return kind(response, operation)
