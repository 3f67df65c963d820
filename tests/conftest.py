"""What the tests share: how hypothesis runs, what coverage leaves out, each engine of the matcher in turn."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from hypothesis import settings

import proxyaddr.matcher

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


@pytest.fixture(scope="session", params=list(proxyaddr.matcher.ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Make matchers with one engine, then with the other."""
    name: str = request.param
    if find_spec(proxyaddr.matcher.ENGINES[name][0]) is None:
        pytest.skip(f"the {name} engine was not built: there was no C compiler")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proxyaddr.matcher, "engine", name)
        yield name
