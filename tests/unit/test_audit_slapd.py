"""Fixes in a real directory: OpenLDAP takes them, and what it then holds is clean of what was mended."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

import proxyaddr as px
from proxyaddr.auditing.ldif_lines import ldif_line
from tests.planted import CONTEXT, Record, planted

RECIPIENTS = 400
NOT_IN_A_DIRECTORY = frozenset({"proxy-repeated"})
"""Rules of what a server that compares values without case does not take."""

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"])
SCHEMAS = [Path(folder) for folder in ("/etc/ldap/schema", "/etc/openldap/schema")]
MODULES = [Path(folder) for folder in ("/usr/lib/ldap", "/usr/lib64/openldap", "/usr/lib/openldap")]

TEXT = "EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15"
ATTRIBUTES = {
    "proxyAddresses": ("1.2.840.113556.1.2.210", ""),
    "targetAddress": ("1.2.840.113556.1.2.352", "SINGLE-VALUE"),
    "mailNickname": ("1.2.840.113556.1.2.447", "SINGLE-VALUE"),
    "legacyExchangeDN": ("1.2.840.113556.1.4.655", "SINGLE-VALUE"),
    "userPrincipalName": ("1.2.840.113556.1.4.656", "SINGLE-VALUE"),
    "msExchRemoteRecipientType": ("1.3.6.1.4.1.99999.1.1", "SINGLE-VALUE"),
    "previousLegacyExchangeDN": ("1.3.6.1.4.1.99999.1.2", ""),
}
"""Attributes of Active Directory by their identifiers, and two that have ones for tests."""

CONFIGURATION = """\
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
include {folder}/exchange.schema
{modules}
pidfile {folder}/slapd.pid
database mdb
suffix "dc=contoso,dc=com"
rootdn "cn=root,dc=contoso,dc=com"
rootpw secret
directory {folder}/db
maxsize 268435456
"""

TOP = """\
dn: dc=contoso,dc=com
objectClass: dcObject
objectClass: organization
o: Contoso
dc: contoso

dn: ou=People,dc=contoso,dc=com
objectClass: organizationalUnit
ou: People

"""


def schema() -> str:
    """Return the attributes as a server that is not Active Directory can compare them, and classes that hold them."""
    lines = [
        f"attributetype ( {number} NAME '{name}' {TEXT} {single} )" for name, (number, single) in ATTRIBUTES.items()
    ]
    held = " $ ".join([*ATTRIBUTES, "mail", "displayName", "givenName"])
    lines += [
        f"objectclass ( 1.3.6.1.4.1.99999.2.{number} NAME '{name}' SUP top STRUCTURAL MUST cn MAY ( {held} ) )"
        for number, name in enumerate(("user", "contact", "group"), 1)
    ]
    return "\n".join(lines) + "\n"


def program(name: str) -> str:
    found = shutil.which(name, path=PATH)
    if found is None:
        pytest.skip(f"{name} is not installed (packages slapd and ldap-utils)")
    return found


def ldif(records: list[Record]) -> str:
    entries = [TOP]
    for record in records:
        lines = [
            ldif_line(name, text)
            for name, value in record.items()
            for text in (value if isinstance(value, list) else [value])
            if text
        ]
        entries.append("".join([*lines, "\n"]))
    return "".join(entries)


class Server:
    """A slapd of its own in a folder, which listens at a socket there."""

    def __init__(self, folder: Path) -> None:
        self._where = f"ldapi://{quote(str(folder / 'socket'), safe='')}"

    def call(self, name: str, *arguments: str) -> str:
        bind = ("-x", "-H", self._where, "-D", "cn=root,dc=contoso,dc=com", "-w", "secret")
        done = subprocess.run([program(name), *bind, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def export(self, path: Path) -> None:
        """Write the recipients to a file, as ldapsearch prints them."""
        path.write_text(self.call("ldapsearch", "-b", "ou=People,dc=contoso,dc=com", "-s", "one"), "utf-8")


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that holds the planted recipients; skips where there is none."""
    slapd, slapadd = program("slapd"), program("slapadd")
    schemas = next((folder for folder in SCHEMAS if (folder / "inetorgperson.schema").exists()), None)
    if schemas is None:
        pytest.skip("the schemas of slapd are not installed")
    folder = Path(tempfile.mkdtemp(prefix="slapd"))  # a socket's name has 107 characters at most
    modules = next((f"modulepath {path}\nmoduleload back_mdb" for path in MODULES if path.exists()), "")
    (folder / "db").mkdir()
    (folder / "exchange.schema").write_text(schema())
    configuration = folder / "slapd.conf"
    configuration.write_text(CONFIGURATION.format(schemas=schemas, folder=folder, modules=modules))
    records = planted(RECIPIENTS, leave_out=NOT_IN_A_DIRECTORY).records
    (folder / "people.ldif").write_text(ldif(records), "utf-8")
    loaded = subprocess.run(
        [slapadd, "-q", "-f", str(configuration), "-l", str(folder / "people.ldif")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr
    made = Server(folder)
    arguments = [slapd, "-f", str(configuration), "-h", made._where, "-d", "0"]
    with (folder / "log").open("w") as log, subprocess.Popen(arguments, stdout=log, stderr=log) as running:
        try:
            while not (folder / "socket").exists() and running.poll() is None:
                time.sleep(0.05)
            assert running.poll() is None, (folder / "log").read_text()
            yield made
        finally:
            running.terminate()
    shutil.rmtree(folder)


def told(report: px.AuditReport, *, unmended: bool = False) -> Counter[tuple[str, str]]:
    """Return what was found of each object, whose name a server writes with other capitals."""
    found = (each for each in report.findings if not unmended or each.fix is None)
    return Counter((str(each.object or each.key).lower(), each.rule) for each in found)


def test_a_directory_takes_the_fixes_and_is_clean_of_what_was_mended(server: Server, tmp_path: Path) -> None:
    export, fixes, after = tmp_path / "export.ldif", tmp_path / "fixes.ldif", tmp_path / "after.ldif"
    server.export(export)
    report = px.audit(export, context=CONTEXT)
    assert report.objects == RECIPIENTS
    wanted = planted(RECIPIENTS, leave_out=NOT_IN_A_DIRECTORY).findings
    assert told(report) == Counter((name.lower(), rule) for name, rule in wanted)
    changed = report.write_fixes(fixes)
    said = server.call("ldapmodify", "-f", str(fixes))
    assert said.count("modifying entry") == changed
    server.export(after)
    assert told(px.audit(after, context=CONTEXT)) <= told(report, unmended=True)
