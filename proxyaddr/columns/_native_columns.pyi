UNTYPED: int

class TextColumn:
    def __init__(self, width: int, buffers: list[int], first: int, count: int) -> None: ...
    @property
    def octets(self) -> int: ...

class Types:
    def number(self, name: str) -> int: ...
    @property
    def words(self) -> list[str]: ...
    def parse(
        self,
        column: TextColumn,
        numbers: int,
        offsets: int,
        data: int,
        valid: int,
        primary: int,
        proxy: int,
        odd: int,
    ) -> int: ...
    def decapsulate(
        self,
        column: TextColumn,
        numbers: int,
        offsets: int,
        data: int,
        domain_offsets: int,
        domain_data: int,
        valid: int,
        bad: int,
        odd: int,
    ) -> int: ...

def normalize(column: TextColumn, offsets: int, data: int, valid: int, odd: int) -> int: ...

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
        self, column: TextColumn, indices: int, connectors: int, costs: int, kinds: int, valid: int, odd: int
    ) -> int: ...
