"""The only S3 code: files sent by the browser straight to the private bucket, and looked at before they are kept.

An upload lands under `uploads/` with a type that says nobody has looked at it; `keep` reads it, tells its kind from its
first bytes, takes its SHA-256, and copies exactly what was read under the folder of its purpose. What is left under
`uploads/` is deleted by the bucket after two days. S3 enforces the size and the declared type by the form's policy; we
check again, because the policy sees only what is declared.

A purpose (`PICTURES` of a check request, `EVIDENCE` of a case) says which kinds it takes, how large and how many. Only
pictures are ever shown in a page; evidence leaves as an attachment, of a type that no browser opens.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar
from urllib.parse import urlsplit

from chalicelib import aws

_P = ParamSpec("_P")
_R = TypeVar("_R")

_MB = 1024 * 1024
_CHUNK = 256 * 1024
_FORM_SECONDS = 3600
_VIEW_SECONDS = 300
_PART = 8 * _MB
_AT_ONCE = 3
"""Of an object that is written piece by piece: bytes of a part (S3 takes none under 5 MB but the last), and how many
are on their way at once."""
_LOOKED_AT = 16
"""How many first bytes tell a kind."""

_STARTS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"%PDF-", "application/pdf"))


class Purpose(NamedTuple):
    """What a kind of record takes in. `what` and `kinds_words` begin and end the messages; `kinds`: media type →
    ending; `largest` in bytes, `most` in files; `unseen` is the type that an upload is declared to have."""

    folder: str
    what: str
    kinds_words: str
    kinds: Mapping[str, str]
    largest: int
    most: int
    unseen: str

    def kind_of(self, content: bytes) -> str:
        """The media type that the first bytes tell. Raises NotTaken."""
        found = _kind_of(content)
        if found not in self.kinds:
            raise NotTaken(f"{self.what} must be a {self.kinds_words} file")
        return found

    def fits(self, size: int) -> None:
        """Raises NotTaken for what is empty or too large."""
        if not 0 < size <= self.largest:
            raise NotTaken(f"{self.what} must be no larger than {self.largest // _MB} MB, and not empty")


PICTURES = Purpose(
    folder="pictures",
    what="A picture",
    kinds_words="PNG, JPEG or WebP",
    kinds={"image/png": "png", "image/jpeg": "jpeg", "image/webp": "webp"},
    largest=5 * _MB,
    most=4,
    unseen="image/x-unchecked",
)
EVIDENCE = Purpose(
    folder="evidence",
    what="A file",
    kinds_words="PNG, JPEG or PDF",
    kinds={"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"},
    largest=10 * _MB,
    most=5,
    unseen="application/x-unchecked",
)


class Away(Exception):
    """The bucket did not answer, or not in time: nothing is wrong with what was asked of it."""


def _reaching(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """A method that asks the bucket: raises Away where that cannot be reached."""

    @wraps(method)
    def asked(*given: _P.args, **also: _P.kwargs) -> _R:
        try:
            return method(*given, **also)
        except NotTaken:
            raise
        except Exception as error:
            # Whatever else comes, botocore is there by now; to name its errors above would import it for every form.
            from botocore.exceptions import BotoCoreError, ClientError

            status = error.response["ResponseMetadata"]["HTTPStatusCode"] if isinstance(error, ClientError) else 0
            if isinstance(error, BotoCoreError) or status >= 500:
                raise Away from error
            raise

    return asked


class NotTaken(ValueError):
    """What was uploaded is empty, too large, or of no kind that its purpose takes; the message says which."""


class Kept(NamedTuple):
    """A kept file; `size` in bytes."""

    key: str
    type: str
    size: int
    sha256: str

    def as_data(self) -> dict[str, Any]:
        """JSON-shaped, for a record."""
        return self._asdict()


def client() -> Any:
    """The client that `Files` expects. Addresses by path, so that one origin stands for the bucket everywhere."""
    return aws.client("s3", signature_version="s3v4", s3={"addressing_style": "path"})


def _kind_of(content: bytes) -> str:
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


class Upload:
    """An object that is written piece by piece, in parts that go out while the next one fills: however large it gets,
    no more than a few parts are held at once. Either `close` or `abort` ends it."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._client, self._where = client, {"Bucket": bucket, "Key": key}
        self._id: str = client.create_multipart_upload(**self._where, ContentType="application/zip")["UploadId"]
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._held = bytearray()
        self._sent: list[Any] = []

    def write(self, data: bytes, /) -> int:
        """Take a piece."""
        self._held += data
        if len(self._held) >= _PART:
            self._send()
        return len(data)

    def flush(self) -> None:
        """Parts go out when they are full."""

    def close(self) -> None:
        """Send the rest, and make it an object."""
        self._send()
        parts = [{"PartNumber": n, "ETag": one.result()} for n, one in enumerate(self._sent, 1)]
        self._pool.shutdown()
        self._client.complete_multipart_upload(**self._where, UploadId=self._id, MultipartUpload={"Parts": parts})

    def abort(self) -> None:
        """Give it up; the bucket forgets parts that came to nothing after a day."""
        self._pool.shutdown(cancel_futures=True)

    def _send(self) -> None:
        part, self._held = bytes(self._held), bytearray()
        n = len(self._sent) + 1
        if n > _AT_ONCE:
            # What went out first is through before more is taken on.
            self._sent[n - _AT_ONCE - 1].result()
        self._sent.append(self._pool.submit(self._one, n, part))

    def _one(self, n: int, part: bytes) -> str:
        answer = self._client.upload_part(**self._where, UploadId=self._id, PartNumber=n, Body=part)
        return str(answer["ETag"])


class Files:
    """The bucket. `client` is an S3 client."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def origin(self) -> str:
        """Scheme and host of the bucket's addresses, for the Content-Security-Policy."""
        parts = urlsplit(self._client.meta.endpoint_url)
        return f"{parts.scheme}://{parts.netloc}"

    def form(self, key: str, back: str, purpose: Purpose) -> dict[str, Any]:
        """Where and with which fields a browser may send one file to this key: `url` and `fields`. No request.

        `back` is the address that S3 sends the browser to afterwards. The file's own field comes last in the form.
        """
        fields = {"Content-Type": purpose.unseen, "success_action_redirect": back}
        conditions = [
            *({name: value} for name, value in fields.items()),
            ["content-length-range", 1, purpose.largest],
        ]
        made: dict[str, Any] = self._client.generate_presigned_post(
            self._bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=_FORM_SECONDS
        )
        return made

    @_reaching
    def uploaded(self, prefix: str, purpose: Purpose) -> list[tuple[str, int]]:
        """What lies under a prefix of `uploads/`: (key, bytes), in the order of the keys. 1 request."""
        found = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, MaxKeys=2 * purpose.most)
        return [(item["Key"], item["Size"]) for item in found.get("Contents", ())]

    @_reaching
    def remove(self, key: str) -> None:
        """Delete an upload. 1 request."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    @_reaching
    def look(self, key: str, size: int, purpose: Purpose) -> str:
        """What kind of file an upload is, by its size and first bytes. Raises NotTaken. 1 request."""
        purpose.fits(size)
        found = self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes=0-{_LOOKED_AT - 1}")
        return purpose.kind_of(found["Body"].read())

    @_reaching
    def keep(self, key: str, folder: str, purpose: Purpose) -> Kept:
        """Read an upload, and keep it under the purpose's folder, named by its content. Raises NotTaken. 2 requests.

        It is read piece by piece, and copied within S3 only if it is still what was read.
        """
        found = self._client.get_object(Bucket=self._bucket, Key=key)
        purpose.fits(found["ContentLength"])
        digest, size, first = hashlib.sha256(), 0, b""
        for chunk in found["Body"].iter_chunks(_CHUNK):
            first = first or chunk[:_LOOKED_AT]
            size += len(chunk)
            digest.update(chunk)
        purpose.fits(size)
        kind = purpose.kind_of(first)
        kept = f"{purpose.folder}/{folder}/{digest.hexdigest()}.{purpose.kinds[kind]}"
        try:
            self._client.copy_object(
                Bucket=self._bucket,
                Key=kept,
                CopySource={"Bucket": self._bucket, "Key": key},
                CopySourceIfMatch=found["ETag"],
                MetadataDirective="REPLACE",
                ContentType=kind,
            )
        except self._client.exceptions.ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 412:
                raise
            raise NotTaken(f"{purpose.what} was sent again at the same moment. Try again") from error
        return Kept(kept, kind, size, digest.hexdigest())

    def view(self, picture: Mapping[str, Any]) -> str:
        """An address at which a kept picture can be seen for five minutes. No request."""
        return self._address({"Key": picture["key"]})

    def attachment(self, file: Mapping[str, Any], name: str) -> str:
        """An address at which a kept file can be fetched for five minutes, to be saved under this name (letters,
        digits, hyphens and a dot) and never opened in the page. No request."""
        disposition = f'attachment; filename="{name}"'
        kind = "application/octet-stream"
        return self._address(
            {"Key": file["key"], "ResponseContentDisposition": disposition, "ResponseContentType": kind}
        )

    def writing(self, key: str) -> Upload:
        """An object to be written piece by piece. 3 requests, and 1 for each 8 MB."""
        return Upload(self._client, self._bucket, key)

    def chunks(self, file: Mapping[str, Any]) -> Iterator[bytes]:
        """A kept file's content, piece by piece. 1 request."""
        yield from self._client.get_object(Bucket=self._bucket, Key=file["key"])["Body"].iter_chunks(_CHUNK)

    def _address(self, parameters: dict[str, str]) -> str:
        address: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, **parameters}, ExpiresIn=_VIEW_SECONDS
        )
        return address
