"""Where a post stands: copies of one address are one, and what is no address finds nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import posts


@pytest.mark.parametrize(
    "copy",
    [
        "https://www.facebook.com/groups/1/posts/22/",
        "http://m.facebook.com/groups/1/posts/22?mibextid=Nif5oz&__tn__=R",
        "HTTPS://Facebook.COM/groups/1/Posts/22#top",
        "fb.com/groups/1/posts/22",
        "(https://facebook.com/groups/1/posts/22?comment_id=7&reply_comment_id=8).",
        "https://web.facebook.com/groups/1/%70osts/22?utm_source=a&fbclid=IwAR",
        "“https://user@facebook.com:443/groups/1/posts/22”",
        "https://m.www.facebook.com/groups/1/posts/22%3A",
    ],
)
def test_copies_of_an_address_are_one(copy: str) -> None:
    assert posts.addresses(f"Look: {copy} there") == ["facebook.com/groups/1/posts/22?"]


def test_what_tells_posts_apart_counts() -> None:
    one, other = posts.addresses("https://f.example/story.php?id=1&story_fbid=2 https://f.example/story.php?id=1")
    assert one != other
    assert posts.addresses("https://f.example/story.php?story_fbid=2&id=1") == [one]
    assert posts.addresses("https://f.example/%73tory.php?%53tory_fbid=2&id=%31") == [one]
    assert posts.addresses("https://twitter.com/a/status/1?s=20") == posts.addresses("https://x.com/a/status/1")


@pytest.mark.parametrize(
    "text",
    ["", "the village group", "https://facebook.com/", "and/or", "http://[::1", "https://a.example:x/" + "y" * 2000],
)
def test_what_leads_to_no_post_is_none(text: str) -> None:
    assert posts.addresses(text) == []


def test_no_more_are_looked_for_than_ten() -> None:
    assert len(posts.addresses("\n".join(f"https://a.example/{n}" for n in range(99)))) == posts.MOST


@given(st.text(max_size=300) | st.text("aB/.:?&=%+#20E3(m w\u0130ß\ufffd@-_~!;,", max_size=40))
def test_any_text_is_read(text: str) -> None:
    for address in posts.addresses(text, f"https://a.example/{text}"):
        assert posts.addresses(f"https://{address}") in ([address], [])
