"""Plain Internet addresses are valid without email-validator, which gives the same verdict on each of them."""

from __future__ import annotations

from unittest import mock

import email_validator
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proxyaddr.formats import internet
from tests.cases import texts
from tests.strategies import joined

LOCAL_PARTS = st.one_of(
    joined([*"a.-_+=!'/@ ", "jane", "é", '"', "IMCEAFAX-", "+2B1", "imcea"], 6),
    st.integers(60, 70).map("a".__mul__),
    st.just("IMCEAFAX-" + "1" * 80),
)
SPECIAL = [*email_validator.SPECIAL_USE_DOMAIN_NAMES, "home.arpa", "internal", "_rpa", "ARPA", "Local", "testing"]
DOMAINS = st.one_of(
    joined([*"a-1._", "b", "com", "xn--", "--", "xn--9ca", "é", " ", "\n", "test", "[10.0.0.1]"], 6),
    st.builds("{}{}".format, joined(["a.", "x-y.", "_.", "."], 2), st.sampled_from(SPECIAL)),
    st.integers(60, 66).map("b".__mul__),
    st.tuples(st.integers(55, 63), st.integers(3, 4)).map(lambda size: ".".join(["c" * size[0]] * size[1])),
)
VALUES = st.builds("{}@{}".format, LOCAL_PARTS, DOMAINS) | st.sampled_from(texts())


def is_plain(value: str) -> bool:
    """Whether an address is judged to be valid without email-validator."""
    with mock.patch("email_validator.validate_email", side_effect=AssertionError):
        try:
            return not internet.findings(value)
        except AssertionError:
            return False


def is_valid(value: str) -> bool:
    """Whether an address is valid by all the rules, email-validator's among them."""
    with mock.patch.object(internet, "is_plain", return_value=False):
        return not internet.findings(value)


@example(f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 60}")
@example(f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 61}")
@example("a@b\n")
@given(VALUES)
def test_what_is_plain_is_valid(value: str) -> None:
    assert is_valid(value) or not is_plain(value)


@pytest.mark.parametrize("name", SPECIAL)
def test_a_reserved_domain_is_plain_only_where_exchange_serves_it(name: str) -> None:
    for value in (f"a@{name}", f"a@{name.upper()}", f"a@contoso.{name}"):
        assert is_valid(value) or not is_plain(value)


def test_most_valid_addresses_are_plain() -> None:
    values = {value for value in (text.strip("[]<>").rpartition(":")[2] for text in texts()) if is_valid(value)}
    assert len(values) > 100
    assert sum(map(is_plain, values)) > 0.8 * len(values)


@pytest.mark.parametrize(
    "value", ["jane.o'neil+x@contoso.com", "a@b", "x@1", f"{'a' * 64}@{'b' * 63}.test", "a/b=c@contoso.local"]
)
def test_what_is_plain(value: str) -> None:
    assert is_plain(value)


@pytest.mark.parametrize(
    "value",
    [
        *("a.@b", ".a@b", "a..b@c", "a@b.", "a@-b", "a@b-", "a@xn--9ca", "a@x.invalid", "a@ONION", "é@b", '"a"@b'),
        *("a@[1]", "a", "", "a@b@c", "a b@c", "a@b\n", f"{'a' * 65}@b", f"a@{'b' * 64}", f"a@{'b.' * 127}b"),
    ],
)
def test_what_is_left_to_email_validator(value: str) -> None:
    assert not is_plain(value)
