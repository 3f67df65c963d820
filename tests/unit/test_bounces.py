"""Encapsulated addresses in messages and copied texts: every encoding undone once, and no other proxy than the one."""

from __future__ import annotations

import base64
import html
import json
import quopri
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr._files.mail_bytes import from_octets, to_octets
from proxyaddr._files.messages import read_message
from proxyaddr._text import powershell
from proxyaddr.addresses.encapsulated_text import FoundAddress, find_encapsulated
from proxyaddr.cli.main import main
from tests.cases import Case, cases

HEADER = "From: postmaster@contoso.com\nTo: jane@contoso.com\n"
DN = "/o=Contoso/ou=Site/cn=Recipients/cn=jane"


@pytest.mark.parametrize("case", cases("bounces"), ids=str)
def test_cases(case: Case) -> None:
    found = list(find_encapsulated(case["text"], tolerant=case.get("tolerant", False)))
    read = [one for one in found if isinstance(one, FoundAddress)]
    codes = [[one.type, one.value, *(finding.code for finding in one.findings)] for one in read]
    assert codes == case.get("found", [])
    assert [one.code for one in found if not isinstance(one, FoundAddress)] == case.get("errors", [])
    if "domains" in case:
        assert [one.domain for one in read] == case["domains"]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"), (b"", "utf-8")],
)
@pytest.mark.parametrize("before", ["", HEADER + "\n"])
def test_byte_order_marks(mark: bytes, encoding: str, before: str) -> None:
    data = mark + f"{before}Jürgen IMCEAFAX-1@contoso.com".encode(encoding)
    assert values(data) == {"1"}


def test_bytes_that_are_not_utf_8() -> None:
    assert values("J\xfcrgen IMCEAFAX-1@b\xfccher.example".encode("latin-1")) == {"1"}
    text = (
        from_octets(b"J\xfc", "punycode")
        + from_octets("+".encode("utf-16-le"), "utf-16-le")
        + from_octets(b"+-", "utf-7")
    )
    assert (text, from_octets(b"\xa4", "iso-8859-15"), from_octets(b"\xfc", "undefined")) == ("Jü++", "€", "ü")
    assert to_octets("\ufeffa\udcfc\ud800") == b"a??"


def test_the_delivery_status_has_fields_for_each_recipient() -> None:
    message = read_message(
        f"{HEADER}Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mail.contoso.com\n\nFinal-Recipient: rfc822;\n a@contoso.com\nAction: failed\n\n"
        "Original-Recipient: rfc822; b@contoso.com\n\nX-Other: 1\n\n--x--\n"
    )
    assert message.report == {"reporting-mta": "dns; mail.contoso.com"}
    assert message.recipients == (
        {"final-recipient": "rfc822; a@contoso.com", "action": "failed"},
        {"original-recipient": "rfc822; b@contoso.com"},
    )
    assert read_message("no report: here").report is None


def test_the_text_of_a_message_is_plain() -> None:
    assert read_message(HEADER + as_base64("a=3Db")).text.endswith("a=3Db")
    assert read_message("a=3Db &lt;c=\nd%40e").text == "a=b <cd@e"
    assert read_message(f"{HEADER}Content-Type: text/html\n\n<p>a&lt;b</p>").text.split("\n")[-2] == "a<b"


def test_parts_that_nest_too_deeply_are_an_error() -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(40))
    with pytest.raises(px.AddressSyntaxError) as caught:
        read_message(HEADER + nested)
    assert caught.value.code == "too-nested"


def test_powershell() -> None:
    assert powershell.quoted("O'Hara\u2019s") == "'O''Hara\u2019\u2019s'"
    line = powershell.add_address("jane", "x", command="Set-MailContact", comment="why")
    assert line == "Set-MailContact -Identity 'jane' -EmailAddresses @{Add='x'}  # why"


# The command


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Call the command with arguments and return its status, its output and its errors."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(["decapsulate", *arguments])
        return status, *capsys.readouterr()

    return call


Command = Callable[..., tuple[int, str, str]]
BROKEN = "IMCEAEX-_o=A_ou=B_cn=Recipients_cn=ja\nne@contoso.com"


def test_the_line_for_joined_lines_says_so(command: Command) -> None:
    status, out, _ = command("--powershell", "--identity", "jane", BROKEN)
    line = "Set-Mailbox -Identity 'jane' -EmailAddresses @{Add='X500:/o=A/ou=B/cn=Recipients/cn=jane'}  # put together"
    assert (status, line in out, "warning [joined-lines]" in out) == (0, True, True)


def test_an_address_is_shown_once_and_as_it_was_whole(command: Command) -> None:
    whole = BROKEN.replace("\n", "").replace("cn=ja", "CN=JA")
    status, out, _ = command("--json", f"{BROKEN}\n\n{whole}\n\n{BROKEN}")
    assert (status, [json.loads(line)["findings"] for line in out.splitlines()]) == (0, [[]])
    status, out, _ = command("--json", "IMCEAFAX-1\n\nIMCEAFAX-1\n\n")
    (error,) = [json.loads(line) for line in out.splitlines()]
    assert (status, error["input"], error["error"]["code"]) == (2, "IMCEAFAX-1", "no-domain")


def test_a_prefix_that_ends_in_no_type_is_told_of(command: Command) -> None:
    assert "[bad-type]" in command("IMCEA FAX-1@contoso.com")[2]
    assert "[no-domain]" in command("--tolerant", "IMCEA FAX-1")[2]
    assert command("--tolerant", " imcea FAX-1@contoso.com")[0] == 0


def test_the_code_page_is_one(command: Command) -> None:
    ansi = px.OneOffEntryId("Ива", "SMTP", "i@contoso.com", px.OneOffFlags(0), "cp1251").to_bytes().hex()
    assert "Ива" in command("--code-page", "cp1251", ansi)[1]
    status, _, err = command("--code-page", "none", ansi)
    assert (status, "no code page none" in err) == (2, True)


def test_a_legacy_dn_of_an_identifier_gets_a_line(command: Command) -> None:
    data = f"00000000DCA740C8C042101AB4B908002B2FE1820100000000000000{DN.encode().hex()}00"
    assert f"@{{Add='X500:{DN}'}}\n" in command("--powershell", data)[1]


def test_o_r_addresses_in_other_forms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "--json", "--form", "rfc2156", "/PD-PN=Jane/ISDN=1/DD.ID=7/OU=East/C=gb/"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["value"] == "c=gb;a= ;ou1=East;isdn=1;pd-pn=Jane;dda:ID=7;"
    assert record["components"]["DDA"] == {"ID": "7"}
    assert main(["parse", "--form", "rfc1685", "DDA:ID=1; DDA:ID=2; S=Doe; C=gb"]) == 1
    assert "  DDA ID:     1\n  DDA ID:     2\n" in capsys.readouterr().out
    assert main(["parse", "--form", "rfc1685", "--list", "C=gb"]) == 2
    assert main(["parse", "--form", "rfc2156", "C=gb/S=Doe"]) == 2
    assert "leading slash is missing" in capsys.readouterr().err


# Whatever carries an address: it comes back, or with a finding, or not at all


NAMES = st.text(st.sampled_from("abcDEF019 .,()-_+%&;=@'?~/"), min_size=1, max_size=30)
ADDRESSES = st.builds(
    lambda kind, value: (kind, value, px.encapsulate(kind, value, "contoso.com")),
    st.sampled_from(["EX", "FAX", "X400"]),
    NAMES,
)


def values(text: str | bytes, *, tolerant: bool = False) -> set[str]:
    """The values of the addresses that a text gives without a finding that they may be others."""
    found = [one for one in find_encapsulated(text, tolerant=tolerant) if isinstance(one, FoundAddress)]
    return {
        one.value
        for one in found
        if {finding.code for finding in one.findings}.isdisjoint({"joined-lines", "still-encoded"})
    }


def quoted_printable(text: str) -> str:
    return quopri.encodestring(text.encode(), quotetabs=True).decode()


def as_base64(text: str) -> str:
    return f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(text.encode()).decode()}"


@given(ADDRESSES)
def test_whatever_carries_an_address_it_comes_back(address: tuple[str, str, str]) -> None:
    _, value, text = address
    entities = "".join(c if c.isalnum() else f"&#{ord(c)};" for c in text)
    link = f'<a href="mailto:{html.escape(quote(text))}">Jane</a>'
    carried = [
        f"Your message to {text} was not delivered.",
        f"<{text}>",
        f"{HEADER}Content-Transfer-Encoding: quoted-printable\n\n{quoted_printable(f'x {text} y')}",
        HEADER + as_base64(f"x {text} y"),
        f"{HEADER}Content-Type: text/html\n\n<p>{html.escape(text)}</p>",
        f"{HEADER}Content-Type: text/html\n\n{link}",
        f"{HEADER}Content-Type: text/html\n{as_base64(link)}",
        f"{HEADER}X-Failed-Recipients: {text}\n\n",
        f"<td>{entities}</td>",
        quote(text),
        text.replace("%", "%25"),
    ]
    assert [values(one) for one in carried] == [{value}] * len(carried)


@given(ADDRESSES)
def test_copied_quoted_printable_gives_the_address_or_none(address: tuple[str, str, str]) -> None:
    _, value, text = address
    assert values(quoted_printable(f"x {text} y")) <= {value, value.replace("=", "=3D")}


@given(ADDRESSES, st.data())
def test_a_broken_address_gives_no_other_one(address: tuple[str, str, str], data: st.DataObject) -> None:
    _, value, text = address
    places = sorted(data.draw(st.sets(st.integers(1, len(text) - 1), min_size=1, max_size=4)), reverse=True)
    at = text.index("@")
    for place in places:
        text = text[:place] + data.draw(st.sampled_from(["\n", "\r\n", "\n   ", "\n> "])) + text[place:]
    found = [one for one in find_encapsulated(text) if isinstance(one, FoundAddress)]
    assert {one.value for one in found} <= {value}
    assert all(one.is_joined or min(places) > at for one in found)


@given(st.text(st.sampled_from("IMCEAX-_o=3D+20@.com\n\r <>&;%41#"), max_size=80), st.booleans())
def test_any_text_is_read(text: str, tolerant: bool) -> None:
    for part in ("", HEADER + "\n", f"{HEADER}Content-Type: text/html\n\n"):
        for one in find_encapsulated(part + "IMCEAEX-" + text, tolerant=tolerant):
            if isinstance(one, FoundAddress) and one.proxy is not None:
                assert px.X500Address.parse(one.proxy)
