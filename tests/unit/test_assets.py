"""The style sheet as it is served."""

import pytest

from chalicelib import assets


@pytest.fixture(autouse=True)
def sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_manifest", lambda: {"clerkwell.css": "clerkwell-0123.css"})


def test_a_name_that_nothing_has_is_not_remembered() -> None:
    # Anybody may ask for as many names as they like, and a function lives for hours.
    before = assets._read.cache_info().currsize
    assert [assets.read(f"{n}.css") for n in range(100)] == [None] * 100
    assert assets._read.cache_info().currsize == before
