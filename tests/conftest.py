"""What every test runs under: the Hypothesis profile, its seed, and the way to the shared folder."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import settings

# Built on the stock profile by name: where CI is set, Hypothesis's own default fixes the seed, and no run finds anything new.
for name, max_examples in {"dev": 50, "ci": 200, "nightly": 20_000}.items():
    settings.register_profile(
        name, settings.get_profile("default"), max_examples=max_examples, deadline=None, derandomize=False, print_blob=True
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Load the profile that HYPOTHESIS_PROFILE names (dev if none) and draw a seed where none is given."""
    name = os.environ.get("HYPOTHESIS_PROFILE", "dev")
    if name not in ("dev", "ci", "nightly"):
        raise pytest.UsageError(f"HYPOTHESIS_PROFILE: `{name}` is not a profile; use dev, ci or nightly")
    settings.load_profile(name)
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(random.SystemRandom().randrange(2**32))


def pytest_report_header(config: pytest.Config) -> str:
    """The seed, how many examples, and how to run with the same again."""
    seed = config.option.hypothesis_seed
    return f"hypothesis: {settings().max_examples} examples a law, seed {seed} (the same again: --hypothesis-seed={seed})"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the checkout: scenarios, real logs and vectors that are not part of the project."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("there is no folder `shared` beside the checkout; what it holds is not part of the project")
    return folder
