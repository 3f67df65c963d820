"""What all tests share: hypothesis profiles, tests that coverage does not measure, the engines of the matcher."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from proxyaddr.matcher.engines import ENGINES, is_installed

# No deadline: a busy machine must not fail a test. Where CI is set, hypothesis loads its own profile instead.
settings.register_profile("default", settings.default, deadline=None)
settings.register_profile("mutation", derandomize=True, max_examples=30, deadline=None, database=None)


@pytest.fixture(autouse=True)
def _measured(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stop measuring coverage during a test marked `unmeasured`, which would take several times as long."""
    measuring = sys.modules.get("coverage") if "unmeasured" in request.keywords else None
    running = measuring.Coverage.current() if measuring is not None else None
    if running is None:
        yield
        return
    running.stop()
    yield
    running.start()


@pytest.fixture(scope="module", params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a test once with each engine of the matcher, chosen by the environment; return its name."""
    name: str = request.param
    if not is_installed(name):
        pytest.skip(f"the {name} engine was not built: there was no C compiler")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXYADDR_ENGINE", name)
        yield name
