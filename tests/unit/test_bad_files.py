"""Files that are cut off, in another encoding, huge in one way, or hostile: one clear error, or rows with errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import proxyaddr as px
from proxyaddr.cli.main import main
from proxyaddr.routing.accepted_files import read_accepted_domains
from tests.measured import bytes_held, lines_run

PEOPLE = [
    {"DisplayName": "Jané One", "proxyAddresses": "SMTP:one@contoso.com"},
    {"DisplayName": "Jané Two", "proxyAddresses": "SMTP:two@contoso.com"},
]
CONNECTORS = [
    {"Name": "Oné", "AddressSpaces": "SMTP:contoso.com;1", "DomainName": "contoso.com"},
    {"Name": "Two", "AddressSpaces": "SMTP:fabrikam.com;1", "DomainName": "fabrikam.com"},
]

Objects = list[dict[str, str]]


def _list(objects: Objects) -> str:
    return "\n\n".join("\n".join(f"{name} : {value}" for name, value in each.items()) for each in objects) + "\n"


def _csv(objects: Objects) -> str:
    return (
        "\n".join(",".join(f'"{cell}"' for cell in row) for row in [objects[0], *(o.values() for o in objects)]) + "\n"
    )


def _ldif(objects: Objects) -> str:
    entries = ("".join(f"{name}: {value}\n" for name, value in each.items()) for each in objects)
    return "\n".join(f"dn: CN={number}\n{entry}" for number, entry in enumerate(entries))


def _clixml(objects: Objects) -> str:
    members = ("".join(f'<S N="{name}">{value}</S>\n' for name, value in each.items()) for each in objects)
    body = "".join(f'<Obj RefId="{number}"><MS>\n{each}</MS></Obj>\n' for number, each in enumerate(members))
    return f'<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\n{body}</Objs>'


FORMS: dict[str, tuple[str, Callable[[Objects], str]]] = {
    "array": ("json", lambda objects: json.dumps(objects, ensure_ascii=False)),
    "array of lines": ("json", lambda objects: json.dumps(objects, indent=2, ensure_ascii=False)),
    "objects": ("json", lambda objects: "\n".join(json.dumps(each) for each in objects)),
    "objects of lines": ("json", lambda objects: "\n".join(json.dumps(each, indent=2) for each in objects)),
    "Graph": ("json", lambda objects: json.dumps({"@odata.context": "x", "value": objects})),
    "OData 2": ("json", lambda objects: json.dumps({"d": {"results": objects}})),
    "PowerShell 5.1": ("json", lambda objects: json.dumps({"value": objects, "Count": 2}, indent=4)),
    "CSV": ("csv", _csv),
    "csvde": ("csv", lambda objects: _csv([{"DN": f"CN={each['Name']}", **each} for each in objects])),
    "Format-List": ("txt", _list),
    "LDIF": ("ldif", _ldif),
    "CLIXML": ("xml", _clixml),
}


def _people(path: Path) -> tuple[int, int]:
    read = px.Directory.from_file(path)
    return len(read), len(read.errors)


def _routes(path: Path) -> tuple[int, int]:
    read = px.RoutingTable.from_file(path)
    return len(read.routes), len(read.errors)


def _domains(path: Path) -> tuple[int, int]:
    read = read_accepted_domains(path)
    return len(read.domains), len(read.errors)


READERS: dict[str, Callable[[Path], tuple[int, int]]] = {
    "directory": _people,
    "routes": _routes,
    "accepted domains": _domains,
}


def _given(form: str, reader: str) -> str:
    objects = PEOPLE if reader == "directory" else CONNECTORS
    if form == "csvde":
        objects = [{"Name": "n", **each} for each in objects]
    return FORMS[form][1](objects)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Return a function that writes a file of a form."""

    def write(form: str, content: str | bytes) -> Path:
        path = tmp_path / f"export.{FORMS[form][0]}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


Write = Callable[[str, str | bytes], Path]


def answer(call: Callable[[Path], tuple[int, int]], path: Path) -> tuple[int, int] | str:
    """Return how many rows and errors were read, or the code of the error of the file."""
    try:
        return call(path)
    except px.ConfigurationError as error:
        refused = error
    assert refused.source is None or Path(refused.source) == path
    assert len(str(refused)) < 2_000
    return refused.code


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_whole_file_is_read_in_every_encoding_of_exports(
    written: Write, form: str, reader: str, encoding: str
) -> None:
    path = written(form, _given(form, reader).encode(encoding))
    assert answer(READERS[reader], path) == (2, 0)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_is_cut_off_gives_its_first_rows_or_an_error(written: Write, form: str, reader: str) -> None:
    text = _given(form, reader)
    for part in range(1, 16):
        found = answer(READERS[reader], written(form, text[: len(text) * part // 16]))
        rows, errors = (0, 1) if isinstance(found, str) else found
        assert rows <= 2, part
        assert errors <= 2, part
        assert rows + errors > 0 or reader == "directory" or form in ("CSV", "csvde", "Format-List"), part


@pytest.mark.parametrize("form", [form for form in FORMS if FORMS[form][0] in ("json", "xml")])
def test_json_and_clixml_that_are_cut_off_say_so(written: Write, form: str) -> None:
    text = _given(form, "directory")
    end = text.rindex("two@")
    error: px.RowError | px.ConfigurationError
    path = written(form, text[:end])
    if form in ("objects", "objects of lines"):  # the first object is kept
        (error,) = px.Directory.from_file(path).errors
    else:
        with pytest.raises(px.ConfigurationError) as caught:
            _people(path)
        error = caught.value
    assert error.code == ("bad-clixml" if form == "CLIXML" else "bad-json")
    assert error.line is not None


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["cp500", "utf-7"])
def test_another_encoding_is_an_error_or_text(written: Write, form: str, reader: str, encoding: str) -> None:
    found = answer(READERS[reader], written(form, _given(form, reader).encode(encoding)))
    assert encoding == "utf-7" or isinstance(found, str) or found[0] == 0


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("nuls", ["\0", "\0" * 4096])
def test_nuls_are_an_error_or_part_of_a_value(written: Write, form: str, reader: str, nuls: str) -> None:
    text = _given(form, reader)
    for place in (0, len(text) // 2, len(text)):
        found = answer(READERS[reader], written(form, text[:place] + nuls + text[place:]))
        assert isinstance(found, str) or sum(found) <= 4, place
    assert isinstance(answer(READERS[reader], written(form, nuls * 64)), str)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("damage", ["cut", "NULs", "UTF-16"])
def test_a_bulk_run_says_what_is_wrong(
    written: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, damage: str
) -> None:
    pytest.importorskip("pyarrow")
    text = _given(form, "directory")
    content: bytes = {
        "cut": text[: len(text) * 2 // 3].encode(),
        "NULs": ("\0" * 100 + text).encode(),
        "UTF-16": text.encode("utf-16"),
    }[damage]
    out = tmp_path / "out.csv"
    status = main(["parse", "--in", str(written(form, content)), "--out", str(out)])
    said = capsys.readouterr().err
    assert status in (0, 1, 2)
    assert "Traceback" not in said
    assert said if status == 2 else out.exists()
    if damage == "UTF-16":
        assert "two@contoso.com" in out.read_text("utf-8")


BOMB = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
DOCUMENT_TYPES = {
    "bomb": f'<!DOCTYPE Objs [<!ENTITY e0 "x">{BOMB}]><Objs><S>&e9;</S></Objs>',
    "file": '<!DOCTYPE Objs [<!ENTITY f SYSTEM "file:///etc/passwd">]><Objs><S>&f;</S></Objs>',
    "parameter": '<!DOCTYPE Objs [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]><Objs><S>x</S></Objs>',
    "external": '<!DOCTYPE Objs SYSTEM "http://127.0.0.1:9/x.dtd"><Objs><S>x</S></Objs>',
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
def test_a_document_type_is_refused(written: Write, kind: str, reader: str) -> None:
    with pytest.raises(px.ConfigurationError, match="no document type") as caught:
        READERS[reader](written("CLIXML", DOCUMENT_TYPES[kind]))
    assert caught.value.code == "bad-clixml"


DEEP = 100_000
NESTED = {
    "arrays": ("array", "[" * DEEP),
    "objects": ("array", '[{"proxyAddresses":' + '{"a":' * DEEP),
    "closed": ("array", '[{"proxyAddresses":' + "[" * DEEP + "]" * DEEP + "}]"),
    "elements": ("CLIXML", "<Objs>" + "<Obj><MS>" * DEEP),
    "lists": ("CLIXML", "<Objs>" + "<Obj><LST>" * 200 + "</LST></Obj>" * 200 + "</Objs>"),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", NESTED)
def test_deep_nesting_is_an_error(written: Write, kind: str, reader: str) -> None:
    with pytest.raises(px.ConfigurationError, match=r"nested|recursion|ends|not JSON") as caught:
        READERS[reader](written(*NESTED[kind]))
    assert caught.value.code in ("bad-json", "bad-clixml")


SIZE = 200_000
"""Characters at which work that grows with their square would not end in a minute."""

LONG: dict[str, tuple[str, Callable[[int], str]]] = {
    "a value": ("Format-List", lambda n: f"Name : {'a' * n}\nproxyAddresses : SMTP:a@contoso.com\n"),
    "blanks": ("Format-List", lambda n: f"proxyAddresses : SMTP:a@contoso.com\nb{' ' * n}x\n"),
    "blanks before a colon": ("Format-List", lambda n: f"proxyAddresses : SMTP:a@contoso.com\nb{' ' * n}: x\n"),
    "continued": ("Format-List", lambda n: "proxyAddresses : SMTP:a@contoso.com\nName : a\n" + " a\n" * (n // 3)),
    "names": ("Format-List", lambda n: "proxyAddresses : x\n" + "".join(f"k{i} : x\n" for i in range(n // 10))),
    "a cell": ("CSV", lambda n: f"proxyAddresses,a\n{'a' * n},\n"),
    "columns": ("CSV", lambda n: f"proxyAddresses{''.join(f',{i:05}' for i in range(n // 2))}\nx{',' * (n // 2)}\n"),
    "quotes": ("CSV", lambda n: "proxyAddresses,a\n" + '"a,' * (n // 3)),
    "a string": ("array", lambda n: '[{"proxyAddresses":"SMTP:a@contoso.com","Name":"' + "a" * n + '"}]'),
    "members": ("array", lambda n: "[{" + ",".join(f'"k{i}":1' for i in range(n // 8)) + ',"proxyAddresses":"x"}]'),
    "keys": ("array", lambda n: '[{"proxyAddresses":"x"},' + ",".join(f'{{"k{i}":1}}' for i in range(n // 12)) + "]"),
    "numbers": ("array", lambda n: "[" + "1,            \n" * (n // 15) + "1]"),
    "pages": ("Graph", lambda n: '{"value":[{"proxyAddresses":"x"}]}\n' * (n // 36)),
    "folded": ("LDIF", lambda n: "dn: a\nproxyAddresses: SMTP:a@contoso.com\ncn: a\n" + " a\n" * (n // 3)),
    "attributes": ("LDIF", lambda n: "dn: a\nproxyAddresses: x\n" + "".join(f"k{i}: a\n" for i in range(n // 8))),
    "text": ("CLIXML", lambda n: f'<Objs><Obj><MS><S N="proxyAddresses">{"a" * n}</S></MS></Obj></Objs>'),
    "elements": (
        "CLIXML",
        lambda n: "<Objs>" + '<Obj><MS><S N="proxyAddresses">x</S></MS></Obj>' * (n // 48) + "</Objs>",
    ),
    "an open tag": ("CLIXML", lambda n: f'<Objs><Obj RefId="{"a" * n}'),
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", LONG)
def test_work_is_linear(written: Write, kind: str, reader: str) -> None:
    form, text = LONG[kind]
    counted = []
    for size in (1_500, 1_500, 3_000, 6_000):  # the first time something may be loaded
        path = written(form, text(size))
        counted.append(lines_run(partial(answer, READERS[reader], path)))
    _, first, second, third = counted
    assert third - second <= 2.3 * max(second - first, 0) + 2_000, counted


@pytest.mark.unmeasured
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", LONG)
def test_what_is_huge_is_read_in_bounded_memory(written: Write, kind: str, reader: str) -> None:
    form, text = LONG[kind]
    answer(READERS[reader], written(form, text(1_000)))
    path = written(form, text(SIZE // 4))
    peak = bytes_held(partial(answer, READERS[reader], path))
    assert peak < 100 * SIZE, peak


MANY = px.Limits(file_errors=2)


def test_errors_beyond_the_limit_are_counted(written: Write) -> None:
    path = written("array", '[1,\n2,\n{"proxyAddresses":"SMTP:a@contoso.com"},\n3,\n4]')
    read = px.Directory.from_file(path, limits=MANY)
    assert len(read) == 1
    assert [(error.code, error.line) for error in read.errors] == [
        ("not-an-object", 1),
        ("not-an-object", 2),
        ("more-errors", 4),
    ]
    assert read.errors[-1].message.startswith("2 more errors from here on")
    assert len(px.Directory.from_file(path).errors) == 4


@pytest.mark.parametrize("limits", [MANY, px.Limits()])
def test_errors_of_addresses_are_counted_too(written: Write, limits: px.Limits) -> None:
    name, bad = "N" * 10_000, ["SMTP:"] * 1_000
    path = written("array", json.dumps([{"Name": name, "proxyAddresses": [*bad, 5]}]))
    errors = px.Directory.from_file(path, limits=limits).errors
    assert len(errors) == (3 if limits is MANY else 1_001)
    assert all(len(error.message) < 1_000 for error in errors)


def test_an_object_of_several_lines_that_is_no_json_is_one_error(written: Write) -> None:
    people = [json.dumps(person, indent=1) for person in PEOPLE]
    broken = people[1].replace(": ", "; ")
    for text, kept in (("\n".join([people[0], broken, people[1]]), 2), ("\n".join([people[0], broken]), 1)):
        read = px.Directory.from_file(written("objects", text))
        assert [(error.code, error.line) for error in read.errors] == [("bad-json", 5)]
        assert len(read) == kept


def test_errors_of_connectors_name_them_in_short(written: Write) -> None:
    spaces = ["SMTP:contoso.com;1", *(["SMTP:a b;x"] * 50)]
    path = written("array", json.dumps([{"Name": "N" * 10_000, "AddressSpaces": spaces, "Enabled": "maybe"}]))
    errors = px.RoutingTable.from_file(path).errors
    assert errors
    assert all(len(error.message) < 1_000 for error in errors)


def test_errors_of_tables_and_accepted_domains_are_counted(written: Write) -> None:
    path = written("array", '[{"Name":"A","AddressSpaces":"SMTP:contoso.com;1"},1,2,3]')
    codes = [error.code for error in px.RoutingTable.from_file(path, limits=MANY).errors]
    assert codes == ["not-an-object", "not-an-object", "more-errors"]
    path = written("array", '[{"DomainName":"contoso.com"},{},{},{}]')
    read = read_accepted_domains(path, MANY)
    assert read.domains == ["contoso.com"]
    assert [error.code for error in read.errors] == ["bad-accepted-domain", "bad-accepted-domain", "more-errors"]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("form", "start"), [("LDIF", "dn: a\nproxyAddresses: x\ncn: a\n"), ("Format-List", "proxyAddresses : x\n\n")]
)
def test_short_lines_are_not_all_held_at_once(written: Write, form: str, start: str, reader: str) -> None:
    """The text is held, and its bytes; a list of its lines would take more than twenty times as much."""
    path = written(form, start + "  \n" * SIZE)
    answer(READERS[reader], written(form, start))
    peak = bytes_held(partial(answer, READERS[reader], path))
    assert peak < 2_000_000 + 8 * 3 * SIZE, peak


COLLECTION = '<Obj RefId="1"><TN RefId="0"><T>X</T></TN>{}</Obj>'


@pytest.mark.parametrize(
    "members",
    [
        "<LST><S>SMTP:a@contoso.com</S></LST>",
        "<IE><S>SMTP:a@contoso.com</S></IE>",
        '<LST><Obj RefId="2"><ToString>SMTP:a@contoso.com</ToString><SN>x</SN><D>1</D></Obj></LST>',
    ],
)
def test_elements_that_say_nothing_of_a_value_are_left_out(written: Write, members: str) -> None:
    held = COLLECTION.format(members).replace("<Obj ", '<Obj N="EmailAddresses" ', 1)
    one = f'<Obj RefId="5"><MS>{held}</MS></Obj>'
    both = f"<Objs>{one}</Objs>", f'<Objs><Obj RefId="9"><LST>{one}</LST></Obj></Objs>'
    assert [_people(written("CLIXML", text)) for text in both] == [(1, 0), (1, 0)]
