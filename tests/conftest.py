"""What the tests share: how hypothesis runs, what coverage leaves out, each engine of the matcher in turn."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from proxyaddr.matcher.engines import ENGINES, is_installed

# No test depends on time, so a busy machine fails none; where CI is set hypothesis loads its own profile, as it comes.
settings.register_profile("default", settings.default, deadline=None)
settings.register_profile("mutation", derandomize=True, max_examples=30, deadline=None, database=None)


@pytest.fixture(autouse=True)
def _measured(request: pytest.FixtureRequest) -> Iterator[None]:
    """Pause the measuring of coverage for what takes several times as long with it, where it is measured at all."""
    measuring = sys.modules.get("coverage") if "unmeasured" in request.keywords else None
    running = measuring.Coverage.current() if measuring is not None else None
    if running is None:
        yield
        return
    running.stop()
    yield
    running.start()


@pytest.fixture(scope="session", params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each engine in turn, as the environment chooses it."""
    name: str = request.param
    if not is_installed(name):
        pytest.skip(f"the {name} engine was not built: there was no C compiler")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXYADDR_ENGINE", name)
        yield name
