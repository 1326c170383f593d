"""The packaged functions, from first to last, each under its own policy."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.package.cloud import Cloud
from tests.package.conftest import Package
from tests.package.deployed import Stack

pytestmark = pytest.mark.package


@pytest.fixture(scope="module")
def cloud(package: Package, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The package, running."""
    with Cloud(package, stack, tmp_path_factory.mktemp("cloud")) as running:
        yield running


def test_home_page_comes_with_its_style_sheet(cloud: Cloud) -> None:
    home = cloud.pages.get("/api/")

    assert "Market Ashby &amp; Thorne Parish Council" in home.text
    (sheet,) = re.findall(r'href="(/api/assets/clerkwell-[^"]+)"', home.text)
    assert cloud.pages.get(sheet).content_type == "text/css"


def test_an_unknown_address_is_answered_by_api_gateway_with_our_page(cloud: Cloud) -> None:
    answer = cloud.pages.get("/api/nowhere", status=404)

    assert "Page not found" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_it_is_ready(cloud: Cloud) -> None:
    assert cloud.pages.get("/api/healthz").json == {"status": "ready"}
    cloud.new_mail()
    assert cloud.guard.refused == []
