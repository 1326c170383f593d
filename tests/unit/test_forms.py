"""Forms: what a browser sends, as values or as messages that say what to do; nothing is kept that cannot be kept."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import forms
from chalicelib.forms import Fields, NotAForm, parse
from tests.support.invitation import Invitation, errors, filled

# What was sent ------------------------------------------------------------------------------------------------------


def test_a_browsers_form_is_read() -> None:
    fields = parse(b"name=Ann+Green&guests=a&guests=b&note=&caf%C3%A9=%F0%9F%98%80")
    assert fields == {"name": ["Ann Green"], "guests": ["a", "b"], "note": [""], "café": ["😀"]}
    assert fields.getlist("guests") == ["a", "b"]
    assert fields.getlist("nothing") == []
    assert (fields.one("guests"), fields.one("note"), fields.one("nothing")) == ("a", "", "")


def test_an_empty_body_is_an_empty_form() -> None:
    assert parse(b"") == {}


@pytest.mark.parametrize("sent", ["a\r\nb", "a\rb", "a\nb"])
def test_line_ends_are_one_character(sent: str) -> None:
    assert parse(urlencode({"note": sent}).encode()).one("note") == "a\nb"


@pytest.mark.parametrize(
    "character", ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x1f", "\x7f", "\ufffe", "\uffff"]
)
def test_what_cannot_be_kept_is_marked(character: str) -> None:
    assert parse(urlencode({"note": f"a{character}b"}).encode()).one("note") == "a\ufffdb"


@pytest.mark.parametrize(
    "text", ["\tx", "\u202eright to left", "שלום", "😀👩\u200d👩\u200d👧", "<b>&amp;</b>", "Llŷn – “ok”", "%00", "+"]
)
def test_everything_else_is_kept_to_the_letter(text: str) -> None:
    assert parse(urlencode({"note": text}).encode()).one("note") == text


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"name=%ff",
        b"name=%C3%28",
        b"name=%ED%A0%80",
        b"name=caf\xc3\xa9",
        b"no form",
        b"{}",
        b"name=a&&b=c",
        b"\x00",
        b"&".join(b"f%d=x" % n for n in range(forms.MOST_FIELDS + 1)),
    ],
    ids=["bytes", "a byte", "half a letter", "a surrogate", "letters", "words", "JSON", "gap", "NUL", "too many"],
)
def test_what_no_browser_sends_is_refused(body: bytes) -> None:
    with pytest.raises(NotAForm):
        parse(body)


def test_as_many_fields_as_allowed_are_read() -> None:
    assert len(parse(b"&".join(b"f%d=x" % n for n in range(forms.MOST_FIELDS)))) == forms.MOST_FIELDS


@given(st.binary(max_size=60))
def test_any_bytes_are_a_form_or_refused(body: bytes) -> None:
    try:
        fields = parse(body)
    except NotAForm:
        return
    "".join(value for values in fields.values() for value in values).encode("utf-8")


@given(st.dictionaries(st.text(min_size=1, max_size=10), st.lists(st.text(max_size=40), min_size=1, max_size=3)))
def test_what_a_browser_encodes_comes_back(sent: dict[str, list[str]]) -> None:
    pairs = [(name, value) for name, values in sent.items() for value in values]
    try:
        body = urlencode(pairs).encode("ascii")
    except UnicodeEncodeError:
        return  # A lone surrogate: no browser can send one.
    found = parse(body)
    for name, values in sent.items():
        plain = [value.replace("\r\n", "\n").replace("\r", "\n") for value in values]
        assert [len(value) for value in found[name]] == [len(value) for value in plain]
        for got, was in zip(found[name], plain, strict=True):
            assert all(a in (b, forms.NOT_KEPT) for a, b in zip(got, was, strict=True))


# Texts --------------------------------------------------------------------------------------------------------------


def test_a_form_that_is_well_filled_has_no_messages() -> None:
    form = filled(note="one\ntwo", address="ann@council.example", guests=["a", "b"])
    assert errors(form) == {}
    assert (form.name.data, form.note.data, form.guests.data) == ("Ann", "one\ntwo", ["a", "b"])


def test_blanks_go_from_around_lines_and_stay_in_texts() -> None:
    form = filled(name="  Ann ", note="  as typed \n")
    assert errors(form) == {}
    assert (form.name.data, form.note.data) == ("Ann", "  as typed \n")


@pytest.mark.parametrize("name", ["", "   ", "\t"])
def test_what_is_needed_must_be_there(name: str) -> None:
    assert errors(filled(name=name)) == {"name": ["Enter a name"]}


def test_a_field_that_was_not_sent_is_empty_not_an_accident() -> None:
    form = Invitation(Fields())
    assert errors(form) == {"name": ["Enter a name"]}
    assert (form.name.data, form.note.data, form.address.data, form.guests.data) == ("", "", "", [])


@pytest.mark.parametrize("length", [30, 31, 100_000])
def test_the_limit_counts_characters(length: int) -> None:
    message = [f"The note must be 30 characters or fewer. It has {length:,}"]
    assert errors(filled(note="😀" * length)) == ({"note": message} if length > 30 else {})


@pytest.mark.parametrize("line_break", ["\n", "\r", "\u2028", "\u2029", "\x85"])
def test_a_single_line_has_no_line_break(line_break: str) -> None:
    assert errors(filled(name=f"Ann{line_break}Bcc: x")) == {"name": ["The name must be on one line"]}


def test_what_cannot_be_kept_is_refused_beside_its_field_and_shown() -> None:
    form = Invitation(parse(b"name=An%00n&note=b%1b"))
    assert set(errors(form)) == {"name", "note"}
    assert "The name has a character that cannot be kept" in errors(form)["name"][0]
    assert form.name.data == "An\ufffdn"


def test_a_field_that_the_form_does_not_have_is_refused_and_named() -> None:
    form = filled(is_admin="1", day__hour="3")
    assert errors(form) == {
        "": ["This page has no field called is_admin, day-hour. Go back and fill in the form again"]
    }
    assert form.validate() is False


def test_a_long_list_of_foreign_fields_is_cut_short() -> None:
    fields = Fields({"name": ["Ann"]} | {f"{n}" + "x" * 100: ["1"] for n in range(50)})
    (message,) = errors(Invitation(fields))[""]
    assert len(message) < 320


def test_fields_of_the_page_around_the_form_may_be_allowed() -> None:
    fields = Fields({"name": ["Ann"], "step": ["2"]})
    assert errors(Invitation(fields, also=["step"])) == {}


# Addresses ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["ann@council.example", "Ann.Green+posts@mail.council.test", "a@bücher.example", "o'neil@council.example", ""],
)
def test_addresses_that_mail_can_go_to(address: str) -> None:
    assert errors(filled(address=address)) == {}


@pytest.mark.parametrize(
    "address",
    [
        "ann",
        "ann@",
        "@council.example",
        "ann@localhost",
        "ann@council..example",
        "ann green@council.example",
        '"ann green"@council.example',
        "ann@[127.0.0.1]",
        "Ann <ann@council.example>",
        "ann@council.example, bob@council.example",
        "ann@council.example\nBcc: x@council.example",
        "ann@council.example\x00",
        # SES takes no letters beyond ASCII before the @.
        "siân@council.example",
        "a" * 65 + "@council.example",
        "a@" + "b" * 250 + ".example",
    ],
)
def test_addresses_that_mail_cannot_go_to(address: str) -> None:
    assert errors(filled(address=address)) == {"address": ["Enter an e-mail address like name@example.org"]}
