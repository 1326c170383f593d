"""Files in the bucket: sent by a plain form, told by their first bytes, kept under the name of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import urllib3

from chalicelib import files, wiring
from chalicelib.files import EVIDENCE, PICTURES, Files, Kept, NotTaken
from chalicelib.store import Store
from infra.local.aws import EmbeddedAws
from tests.conftest import BUCKET

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 40
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 40
BACK = "https://desk.example/api/check/new/7F3K-9QXM/files"


@pytest.fixture
def bucket(store: Store) -> Files:
    """The bucket as the app has it, behind the embedded S3."""
    return wiring.files()


@pytest.fixture
def put(bucket: Files, embedded: EmbeddedAws) -> Callable[[bytes], str]:
    """Puts an upload into the bucket without the form; its key."""

    def upload(content: bytes) -> str:
        key = f"uploads/p-tom/{uuid4().hex}/1/x"
        embedded.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
        return key

    return upload


def send(form: dict[str, Any], content: bytes) -> urllib3.BaseHTTPResponse:
    """What a browser does with the form: its fields first, the file last."""
    fields = [*form["fields"].items(), ("file", ("holiday.png", content, "image/png"))]
    return urllib3.request("POST", form["url"], fields=fields, redirect=False)


def test_a_browser_sends_a_picture_straight_to_the_bucket_and_comes_back(bucket: Files) -> None:
    folder = f"uploads/p-tom/{uuid4().hex}/1/"
    answer = send(bucket.form(folder + "one", BACK, PICTURES), PNG)
    assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, BACK)
    assert bucket.uploaded(folder, PICTURES) == [(folder + "one", len(PNG))]
    assert bucket.look(folder + "one", len(PNG), PICTURES) == "image/png"


def test_the_form_says_how_large_and_of_which_type_an_upload_may_be(bucket: Files) -> None:
    import base64
    import json

    form = bucket.form("uploads/x", BACK, PICTURES)
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    assert ["content-length-range", 1, PICTURES.largest] in policy["conditions"]
    assert {"Content-Type": PICTURES.unseen} in policy["conditions"]
    assert {"success_action_redirect": BACK} in policy["conditions"]
    assert {"key": "uploads/x"} in policy["conditions"]
    assert {"bucket": BUCKET} in policy["conditions"]
    assert form["url"].startswith(bucket.origin() + "/")


@pytest.mark.parametrize(("content", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")])
def test_a_picture_is_told_by_its_first_bytes_and_kept_by_its_content(
    bucket: Files, put: Callable[[bytes], str], embedded: EmbeddedAws, content: bytes, kind: str
) -> None:
    key = put(content)
    assert bucket.look(key, len(content), PICTURES) == PICTURES.kind_of(content) == kind
    digest = hashlib.sha256(content).hexdigest()
    kept = bucket.keep(key, "7F3K-9QXM", PICTURES)
    assert kept == Kept(f"pictures/7F3K-9QXM/{digest}.{kind.removeprefix('image/')}", kind, len(content), digest)
    assert bucket.keep(key, "7F3K-9QXM", PICTURES) == kept
    found = embedded.client("s3").get_object(Bucket=BUCKET, Key=kept.key)
    assert (found["Body"].read(), found["ContentType"]) == (content, kind)


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<html>",
        b"MZ",
        b"\x89PNG",
        b"RIFF\x24\x00\x00\x00WAVE",
        b"RIFF",
        b" " + PNG,
        b"\x00",
    ],
    ids=lambda content: content[:12],
)
def test_anything_else_is_no_picture_whatever_it_is_called(
    bucket: Files, put: Callable[[bytes], str], content: bytes
) -> None:
    key = put(content)
    reads = (
        lambda: bucket.look(key, len(content), PICTURES),
        lambda: bucket.keep(key, "x", PICTURES),
        lambda: PICTURES.kind_of(content),
    )
    for read in reads:
        with pytest.raises(NotTaken, match="PNG, JPEG or WebP"):
            read()


@pytest.mark.parametrize("size", [0, PICTURES.largest + 1, 10**9])
def test_what_is_empty_or_too_large_is_refused_before_it_is_read(bucket: Files, size: int) -> None:
    with pytest.raises(NotTaken, match="5 MB"):
        bucket.look("uploads/not/even/there", size, PICTURES)


@pytest.mark.parametrize("content", [b"", PNG + b"\x00" * PICTURES.largest])
def test_the_size_that_was_told_is_not_believed(bucket: Files, put: Callable[[bytes], str], content: bytes) -> None:
    with pytest.raises(NotTaken, match="5 MB"):
        bucket.keep(put(content), "x", PICTURES)


def test_the_largest_picture_is_kept(bucket: Files, put: Callable[[bytes], str]) -> None:
    content = PNG + b"\x00" * (PICTURES.largest - len(PNG))
    assert bucket.keep(put(content), "x", PICTURES).size == PICTURES.largest


def test_uploads_are_listed_under_their_own_name_only_and_can_be_taken_out(bucket: Files) -> None:
    mine, other = f"uploads/p-tom/{uuid4().hex}/1/", f"uploads/p-grace/{uuid4().hex}/1/"
    for key in (mine + "b", mine + "a", other + "c"):
        send(bucket.form(key, BACK, PICTURES), PNG)
    assert [key for key, _ in bucket.uploaded(mine, PICTURES)] == [mine + "a", mine + "b"]
    bucket.remove(mine + "a")
    bucket.remove(mine + "a")
    assert [key for key, _ in bucket.uploaded(mine, PICTURES)] == [mine + "b"]
    assert bucket.uploaded("uploads/nobody/", PICTURES) == []


def test_a_kept_picture_is_seen_by_an_address_for_five_minutes(bucket: Files, put: Callable[[bytes], str]) -> None:
    kept = bucket.keep(put(JPEG), "x", PICTURES)
    address = bucket.view(kept.as_data())
    assert "X-Amz-Expires=300" in address
    assert address.startswith(f"{bucket.origin()}/{BUCKET}/pictures/")
    seen = urllib3.request("GET", address)
    assert (seen.data, seen.headers["Content-Type"]) == (JPEG, "image/jpeg")


PDF = b"%PDF-1.7\n" + b"\x00" * 40


@pytest.mark.parametrize(("content", "kind", "ending"), [(PNG, "image/png", "png"), (PDF, "application/pdf", "pdf")])
def test_evidence_is_kept_in_a_folder_of_its_own_and_leaves_as_an_attachment(
    bucket: Files, put: Callable[[bytes], str], content: bytes, kind: str, ending: str
) -> None:
    kept = bucket.keep(put(content), "7F3K-9QXM", EVIDENCE)
    digest = hashlib.sha256(content).hexdigest()
    assert kept == Kept(f"evidence/7F3K-9QXM/{digest}.{ending}", kind, len(content), digest)
    seen = urllib3.request("GET", bucket.attachment(kept.as_data(), f"evidence-1.{ending}"))
    assert seen.data == content
    assert seen.headers["Content-Disposition"] == f'attachment; filename="evidence-1.{ending}"'
    assert seen.headers["Content-Type"] == "application/octet-stream"
    assert b"".join(bucket.chunks(kept.as_data())) == content


def test_each_purpose_takes_its_own_kinds_and_sizes(bucket: Files, put: Callable[[bytes], str]) -> None:
    with pytest.raises(NotTaken, match="PNG, JPEG or PDF"):
        bucket.keep(put(WEBP), "x", EVIDENCE)
    with pytest.raises(NotTaken, match="PNG, JPEG or WebP"):
        bucket.keep(put(PDF), "x", PICTURES)
    large = PNG + b"\x00" * PICTURES.largest
    assert bucket.keep(put(large), "x", EVIDENCE).size == len(large)
    with pytest.raises(NotTaken, match="10 MB"):
        bucket.look("uploads/not/even/there", EVIDENCE.largest + 1, EVIDENCE)


class _Strict:
    """The client, with what S3 enforces of a copy and moto does not; before it, somebody else sends another file."""

    def __init__(self, client: Any, meanwhile: bytes) -> None:
        self._client, self._meanwhile = client, meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def copy_object(self, **asked: Any) -> None:
        source = asked["CopySource"]
        self._client.put_object(**source, Body=self._meanwhile)
        if self._client.head_object(**source)["ETag"] != asked["CopySourceIfMatch"]:
            answer = {"Error": {"Code": "PreconditionFailed"}, "ResponseMetadata": {"HTTPStatusCode": 412}}
            raise self._client.exceptions.ClientError(answer, "CopyObject")
        self._client.copy_object(**asked)


def test_what_is_replaced_while_it_is_looked_at_is_not_kept(
    store: Store, put: Callable[[bytes], str], embedded: EmbeddedAws
) -> None:
    client = embedded.client("s3")
    with pytest.raises(NotTaken, match="Try again"):
        Files(_Strict(client, JPEG), BUCKET).keep(put(PNG), "replaced", PICTURES)
    assert "Contents" not in client.list_objects_v2(Bucket=BUCKET, Prefix="pictures/replaced/")
    assert Files(_Strict(client, PNG), BUCKET).keep(put(PNG), "replaced", PICTURES).size == len(PNG)


def test_the_client_signs_by_version_4_and_addresses_by_path(store: Store) -> None:
    config = files.client().meta.config
    assert (config.signature_version, config.s3["addressing_style"]) == ("s3v4", "path")
