"""What every test runs under: the Hypothesis profile, its seed, and the way to the shared folder."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import settings

EXAMPLES = {"dev": (50, 50), "ci": (100, 500), "nightly": (20_000, 20_000)}
"""How many examples a law takes, and one of those on which the others rest (`tests/laws/foundation.py`), by profile."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--rewrite` writes the pinned output of the compiler anew."""
    parser.addoption("--rewrite", action="store_true", help="write the rule sets of tests/golden anew; read the difference after")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Load the profile that HYPOTHESIS_PROFILE names (dev if none) and draw a seed where none is given."""
    name = os.environ.get("HYPOTHESIS_PROFILE", "dev")
    if name not in EXAMPLES:
        raise pytest.UsageError(f"HYPOTHESIS_PROFILE: `{name}` is not a profile; use dev, ci or nightly")
    # Built on the stock profile by name: where CI is set, Hypothesis's own default fixes the seed, and no run finds anything new.
    plain = settings(settings.get_profile("default"), deadline=None, derandomize=False, print_blob=True)
    for profile, examples in zip((name, "foundation"), EXAMPLES[name], strict=True):
        settings.register_profile(profile, plain, max_examples=examples)
    settings.load_profile(name)
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(random.SystemRandom().randrange(2**32))


def pytest_report_header(config: pytest.Config) -> str:
    """The seed, how many examples, and how to run with the same again."""
    seed = config.option.hypothesis_seed
    of_each = f"{settings().max_examples} examples a law, {settings.get_profile('foundation').max_examples} of a foundation"
    return f"hypothesis: {of_each}, seed {seed} (the same again: --hypothesis-seed={seed})"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the checkout: scenarios, real logs and vectors that are not part of the project."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("there is no folder `shared` beside the checkout; what it holds is not part of the project")
    return folder
