from typing_extensions import Buffer

UNTYPED: int

class TextColumn:
    def __init__(self, array: object) -> None: ...
    @property
    def text_bytes(self) -> int: ...

class Types:
    def number(self, name: str) -> int: ...
    @property
    def words(self) -> list[str]: ...
    def parse(
        self,
        column: TextColumn,
        numbers: Buffer,
        offsets: Buffer,
        data: Buffer,
        valid: Buffer,
        primary: Buffer,
        proxy: Buffer,
        undecided: Buffer,
    ) -> int: ...
    def decapsulate(
        self,
        column: TextColumn,
        numbers: Buffer,
        offsets: Buffer,
        data: Buffer,
        domain_offsets: Buffer,
        domain_data: Buffer,
        valid: Buffer,
        bad: Buffer,
        undecided: Buffer,
    ) -> int: ...

def normalize(column: TextColumn, offsets: Buffer, data: Buffer, valid: Buffer, undecided: Buffer) -> int: ...

class RouteKinds:
    def __init__(
        self,
        patterns: list[str],
        costs: list[int],
        connectors: list[int],
        known: dict[int, tuple[int, int]],
        by_domain: bool,
    ) -> None: ...
    def fill(
        self,
        column: TextColumn,
        indices: Buffer,
        connectors: Buffer,
        costs: Buffer,
        kinds: Buffer,
        valid: Buffer,
        undecided: Buffer,
    ) -> int: ...
