"""Who is there already when a journey begins."""

from __future__ import annotations

import pytest

from tests.journeys.doors import CLERK
from tests.support.client import Client


@pytest.fixture
def clerk(client: Client) -> Client:
    """The Clerk, signed in."""
    client.sign_in(CLERK)
    return client
