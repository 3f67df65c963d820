from collections.abc import Callable

from typing_extensions import Buffer

SOUND: int
FREE: int
ACCEPTED: int
COEXISTENCE: int
USER: int
NEEDS_TARGET: int
MAILBOX: int
MAILBOX_AND_TARGET: int
ODD: int

class Domains:
    def __init__(self, seed: int) -> None: ...

class Holdings:
    def __init__(self, seed: int) -> None: ...
    def __len__(self) -> int: ...
    def add(self, key: str, place: int, /) -> None: ...
    def shared(self, count: int, /) -> bytearray: ...
    def holder(self, key: str, /) -> int | None: ...

def judge(
    count: int,
    proxies: object,
    offsets: Buffer,
    kinds: Buffer,
    columns: tuple[object, ...],
    limits: tuple[int, int, bool, bool],
    domains: Domains,
    flags_of: Callable[[str], int],
    held: Holdings,
    first_row: int,
) -> list[int]: ...
