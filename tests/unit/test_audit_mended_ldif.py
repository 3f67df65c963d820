"""A mended export of ldifde keeps the ends of its lines, in lines that change too."""

from __future__ import annotations

from pathlib import Path

import pytest

import proxyaddr as px

ENTRY = "dn: CN=J\nchangetype: add\nmail: j@contoso.com\nproxyAddresses: SMTP:j@contoso.com\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_all_lines_end_alike(end: str, tmp_path: Path) -> None:
    long = f"smtp:{'j' * 40} \n x@a-department.of.contoso.com"
    text = f"{ENTRY}proxyAddresses: {long}\ndescription: x\n\n"
    text += "dn: CN=K\nmail: k@contoso.com\nproxyAddresses: smtp:k@fabrikam.com\n"
    Path(tmp_path / "export.ldf").write_bytes(text.replace("\n", end).encode())
    report = px.audit(tmp_path / "export.ldf", ignore=["mail-differs-from-primary", "smtp-syntax"])
    assert report.write_mended(tmp_path / "mended.ldf") == 2
    mended = (tmp_path / "mended.ldf").read_bytes().decode()
    assert mended.count("\n") == mended.count(end) > 8
    assert f"proxyAddresses: SMTP:k@contoso.com{end}" in mended
    assert px.audit(tmp_path / "mended.ldf", ignore=["mail-differs-from-primary", "smtp-syntax"]).counts == {}
