"""What `resolve` says of the recipient that was found, and what mends each report, which never contradicts another."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proxyaddr as px
from proxyaddr.cli.main import main
from tests.strategies import DN_NAMES

NAME = "/o=Contoso/ou=Site/cn=Recipients/cn=jane"
ENCAPSULATED = "IMCEAEX-_o=Contoso_ou=Site_cn=Recipients_cn=jane@contoso.com"
PROXY = f"add the proxy address X500:{NAME} to the recipient that had this name (KB2807779)"
X400 = "X400:c=US;a= ;p=Contoso;o=Exchange;s=Doe;g=Jane;"
JANE = px.Recipient("Jane Doe", ["SMTP:jane@contoso.com", X400, "X500:/o=Old/ou=Site/cn=jd"], legacy_dn=NAME)
DIRECTORY = px.Directory([JANE, px.Recipient("Joe", ["SMTP:joe@contoso.com"])])
NO_PRIMARY = {"code": "no-primary", "message": "no SMTP address is the primary"}
LOCAL = px.InternetMailService(site_domain="contoso.com")
CONNECTORS = [
    px.InternetMailService(),
    LOCAL,
    px.InternetMailService(site_domain="contoso.com", address_spaces=["SMTP:*;1"]),
    px.InternetMailService(address_spaces=["FAX:*;1"]),
    px.InternetMailService(site_domain="contoso.com", override_proxy_out="SMTPOUT"),
    px.InternetMailService(site_domain="contoso.com", directory=px.Directory([])),
]


@pytest.mark.parametrize("service", CONNECTORS, ids=repr)
@pytest.mark.parametrize("text", [f"[EX:{NAME}]", f"[X500:{NAME}]", ENCAPSULATED, ENCAPSULATED.replace("EX", "X500")])
def test_a_legacy_dn_that_nobody_holds_is_mended_by_its_proxy(service: px.InternetMailService, text: str) -> None:
    found = service.resolve(text)
    if found.delivered:  # an Internet address whose domain may be another's
        assert service.local_domain is None
    else:
        assert found.remedy == (PROXY,)


@given(st.lists(DN_NAMES, min_size=2, max_size=4), st.sampled_from(CONNECTORS), st.booleans())
def test_the_proxy_that_is_advised_delivers(names: list[str], service: px.InternetMailService, upper: bool) -> None:
    dn = f"/o=Contoso/ou=Site/cn={'/cn='.join(names)}"
    found = service.resolve(px.OneOffAddress("EX", dn))
    assert not found.delivered
    advice = "".join(found.remedy)
    if "X500:" not in advice:
        assert "is broken" in advice
        assert px.OneOffAddress("EX", dn).validate()
        return
    proxy = advice[advice.index("X500:") : advice.index(" to the recipient that had")]
    read = px.parse_proxy(proxy)  # a name with `;A:` in it has a finding of how it was read: it looks like a list
    assert not [found for found in read.validate() if found not in read.reading]
    outbound = f"{service.outbound_type}:jane@contoso.com"
    holder = px.Recipient(
        "Jane", [outbound, px.ProxyAddress("X500", proxy[5:].upper() if upper and proxy.isascii() else proxy[5:])]
    )
    mended = px.InternetMailService(
        override_proxy_out=service.override_proxy_out,
        site_domain=service.site_domain,
        directory=px.Directory([holder]),
    ).resolve(px.OneOffAddress("EX", dn))
    assert mended.delivered
    assert mended.recipient == "Jane"


def test_at_another_domain_the_mail_has_to_get_there_first() -> None:
    service = px.InternetMailService(site_domain="contoso.com", address_spaces=["FAX:*;1"])
    found = service.resolve(ENCAPSULATED.replace("@contoso", "@fabrikam"))
    assert not found.delivered
    assert found.remedy == (
        "add an address space of the right type and cost: SMTP:*;1",
        f"add the proxy address X500:{NAME} to the recipient at fabrikam.com that had this name (KB2807779)",
    )


def test_a_broken_name_makes_no_proxy() -> None:
    found = LOCAL.resolve("[EX:/o=Contoso/cn=jane]")
    assert not found.delivered
    (remedy,) = found.remedy
    assert remedy.startswith("choose the recipient from the address book anew: the name /o=Contoso/cn=jane is broken, ")


def test_what_a_sender_marked_as_invalid_is_chosen_anew() -> None:
    found = LOCAL.resolve("IMCEAINVALID-jane@contoso.com")
    assert not found.delivered
    assert "choose the recipient from the address book anew" in found.remedy[0]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("JANE@contoso.com", "SMTP:jane@contoso.com"),
        (f"[EX:{NAME.upper()}]", f"[EX:{NAME}]"),
        (f"[X500:{NAME}]", f"[EX:{NAME}]"),
        ("[EX:/o=old/ou=site/cn=JD]", "X500:/o=Old/ou=Site/cn=jd"),
        ("[X400:g=JANE;s=doe;o=Exchange;p=Contoso;a= ;c=us]", X400),
        ("[X400:/c=US/p=Contoso/o=Exchange/s=Doe/g=Jane/]", X400),
        (ENCAPSULATED, f"[EX:{NAME}]"),
    ],
)
def test_who_was_found_and_by_which_address(text: str, held: str) -> None:
    for service in (
        px.InternetMailService(directory=DIRECTORY),
        px.InternetMailService(site_domain="contoso.com", directory=DIRECTORY),
    ):
        found = service.resolve(text)
        assert found.delivered
        assert (found.recipient, found.envelope_recipient) == ("Jane Doe", "jane@contoso.com")
        assert found.matches is not None
        assert [(name, str(address)) for name, address in found.matches] == [("Jane Doe", held)]


@pytest.mark.parametrize(
    "text", ["[X400:c=US;a= ;p=Contoso;o=Exchange;s=Doe;]", "[X400:nonsense]", "[EX:/o=x]", "a@b.example"]
)
def test_what_is_in_no_directory(text: str) -> None:
    assert px.InternetMailService(directory=DIRECTORY).resolve(text).matches == ()
    assert px.InternetMailService().resolve(text).matches is None


def test_an_unreadable_or_address_is_compared_as_text() -> None:
    directory = px.Directory([px.Recipient("Jane", ["X400:nonsense", "SMTP:jane@contoso.com"])])
    assert [recipient.display_name for recipient in directory.find("[X400:NONSENSE]")] == ["Jane"]


def test_all_who_hold_an_ambiguous_address_are_named_up_to_five() -> None:
    twins = [px.Recipient(f"Twin {number}", ["smtp:twin@contoso.com"]) for number in range(7)]
    found = px.InternetMailService(directory=px.Directory(twins)).resolve("twin@contoso.com")
    assert not found.delivered
    assert "Twin 0 and Twin 1 and Twin 2 and Twin 3 and Twin 4 and 2 more hold it" in found.remedy[0]
    assert len(found.matches or ()) == 7


def test_a_recipient_is_known_by_its_name_in_the_absence_of_a_display_name(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(f"Name,DisplayName,LegacyExchangeDN,EmailAddresses\nj,Jane,{NAME},SMTP:a@b.de\nk,,,SMTP:k@b.de\n")
    directory = px.Directory.from_csv(path)
    assert [recipient.display_name for recipient in directory] == ["Jane", "k"]
    assert [recipient.legacy_dn for recipient in directory] == [NAME, None]


def test_outcomes_are_one_short_line() -> None:
    delivered = px.InternetMailService(directory=DIRECTORY).resolve("jane@contoso.com")
    assert repr(delivered) == "Delivery('Jane Doe', envelope_recipient='jane@contoso.com', rule='primary-proxy')"
    assert str(delivered) == "Jane Doe: delivered to jane@contoso.com by the rule primary-proxy"
    returned = LOCAL.resolve(px.OneOffAddress("FAX", "1", display_name="\x1b[31m"))
    assert "\x1b" not in repr(returned) + str(returned)
    assert str(returned).endswith(
        ": returned, 000D06B5: Unable to deliver the message due to a communications failure (rule no-proxy)"
    )
    assert repr(returned).startswith("NonDelivery(")
    assert "code='000D06B5'" in repr(returned)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text(
        f'DisplayName,legacyExchangeDN,EmailAddresses\n"Jane",{NAME},"SMTP:jane@contoso.com"\nTwin,,smtp:t@b.de\n'
        "Other,,smtp:t@b.de\n"
    )
    (tmp_path / "bad.csv").write_text("DisplayName,EmailAddresses\nJane,SMTP:jane@contoso.com\nJoe,:x\n")
    (tmp_path / "empty.csv").write_text("DisplayName,EmailAddresses\nJane,\n")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_command_says_who_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--directory", "d.csv", f"[EX:{NAME}]", "nobody@b.de", "t@b.de"]
    assert main(["resolve", *given]) == 1
    shown = capsys.readouterr().out
    assert f"recipient   Jane, which holds [EX:{NAME}]\n" in shown
    assert "directory   the address is in no directory\n" in shown
    finding = "finding     no-primary: no SMTP address is the primary\n"
    twins = [f"recipient   {name}, which holds smtp:t@b.de\n{finding}" for name in ("Twin", "Other")]
    assert "".join(twins) in shown
    main(["resolve", "--json", *given])
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["matches"] for record in records] == [
        [{"recipient": "Jane", "address": f"[EX:{NAME}]", "legacy_dn": NAME, "source": "d.csv", "row": 2}],
        [],
        [
            {"recipient": name, "address": "smtp:t@b.de", "source": "d.csv", "row": row, "findings": [NO_PRIMARY]}
            for name, row in (("Twin", 3), ("Other", 4))
        ],
    ]
    assert [record["recipient"] for record in records] == ["Jane", "nobody@b.de", "t@b.de"]


@pytest.mark.usefixtures("folder")
def test_a_directory_that_was_not_read_whole_does_not_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", "--directory", "bad.csv", "jane@contoso.com"]) == 2
    assert "bad.csv, line 3" in capsys.readouterr().err
    assert main(["resolve", "--directory", "empty.csv", "jane@contoso.com"]) == 2
    assert "empty.csv: no recipient in this file has an address" in capsys.readouterr().err


def test_flags_are_those_of_the_type_that_came_back(capsys: pytest.CaptureFixture[str]) -> None:
    main(["resolve", "--site-domain", "contoso.com", "IMCEAFAX-123@contoso.com"])
    shown = capsys.readouterr().out
    assert "OverrideProxyOut = FAX" in shown
    assert "--override-proxy-out FAX" in shown


@pytest.mark.parametrize("command", ["resolve", "parse"])
def test_nothing_on_standard_input_is_said(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert main([command]) == 2
    assert f"proxyaddr {command} --help has examples [usage]" in capsys.readouterr().err
