"""The only S3 code: pictures, sent by the browser straight to the private bucket and looked at before they are kept.

An upload lands under `uploads/` with a type that says nobody has looked at it; `keep` reads it, tells its kind from its
first bytes, and copies it under `pictures/`. What is left under `uploads/` is deleted by the bucket after two days.
S3 enforces the size and the declared type by the form's policy; we check again, because the policy sees only what is
declared.
"""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from chalicelib import aws

LARGEST = 5 * 1024 * 1024
MOST = 4
UNSEEN = "image/x-unchecked"
_FORM_SECONDS = 3600
_VIEW_SECONDS = 300

_KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


class NotAPicture(ValueError):
    """What was uploaded is empty, too large, or neither PNG, JPEG nor WebP; the message says which."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A kept picture; `size` in bytes."""

    key: str
    type: str
    size: int
    sha256: str

    def as_data(self) -> dict[str, Any]:
        """JSON-shaped, for a record."""
        return asdict(self)


def client() -> Any:
    """The client that `Files` expects. Addresses by path, so that one origin stands for the bucket everywhere."""
    return aws.client("s3", signature_version="s3v4", s3={"addressing_style": "path"})


def kind_of(content: bytes) -> str:
    """The media type that the first bytes tell. Raises NotAPicture."""
    for start, kind in _KINDS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    raise NotAPicture("A picture must be a PNG, JPEG or WebP file")


def _fits(size: int) -> None:
    if not 0 < size <= LARGEST:
        raise NotAPicture("A picture must be no larger than 5 MB, and not empty")


class Files:
    """The bucket. `client` is an S3 client."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def origin(self) -> str:
        """Scheme and host of the bucket's addresses, for the Content-Security-Policy."""
        parts = urlsplit(self._client.meta.endpoint_url)
        return f"{parts.scheme}://{parts.netloc}"

    def form(self, key: str, back: str) -> dict[str, Any]:
        """Where and with which fields a browser may send one picture to this key: `url` and `fields`. No request.

        `back` is the address that S3 sends the browser to afterwards. The file's own field comes last in the form.
        """
        fields = {"Content-Type": UNSEEN, "success_action_redirect": back}
        conditions = [
            *({name: value} for name, value in fields.items()),
            ["content-length-range", 1, LARGEST],
        ]
        made: dict[str, Any] = self._client.generate_presigned_post(
            self._bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=_FORM_SECONDS
        )
        return made

    def uploaded(self, prefix: str) -> list[tuple[str, int]]:
        """What lies under a prefix of `uploads/`: (key, bytes), in the order of the keys. 1 request."""
        found = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, MaxKeys=2 * MOST)
        return [(item["Key"], item["Size"]) for item in found.get("Contents", ())]

    def remove(self, key: str) -> None:
        """Delete an upload. 1 request."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def look(self, key: str, size: int) -> str:
        """What kind of picture an upload is, by its size and first bytes. Raises NotAPicture. 1 request."""
        _fits(size)
        found = self._client.get_object(Bucket=self._bucket, Key=key, Range="bytes=0-15")
        return kind_of(found["Body"].read())

    def keep(self, key: str, folder: str) -> Picture:
        """Read an upload and keep it under `pictures/`, named by its content. Raises NotAPicture. 2 requests."""
        content: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read(LARGEST + 1)
        _fits(len(content))
        kind = kind_of(content)
        digest = hashlib.sha256(content).hexdigest()
        kept = f"pictures/{folder}/{digest}.{kind.removeprefix('image/')}"
        self._client.put_object(Bucket=self._bucket, Key=kept, Body=content, ContentType=kind)
        return Picture(kept, kind, len(content), digest)

    def view(self, picture: dict[str, Any]) -> str:
        """An address at which a kept picture can be seen for five minutes. No request."""
        address: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": picture["key"]}, ExpiresIn=_VIEW_SECONDS
        )
        return address
