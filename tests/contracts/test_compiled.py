"""What is compiled, and what never is: `make compiled` runs the same tests over the compiled library."""

from __future__ import annotations

import gc
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import accountability
from accountability.policy import read_rules
from accountability.testing import run_scenario, scenarios_of

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HOOK = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["mypyc"]
BESIDE_THE_SOURCES = Path(accountability.__file__).is_relative_to(SOURCES)


def names(pattern: str) -> list[str]:
    """The modules whose source *pattern* names."""
    return [".".join(path.relative_to(SOURCES).with_suffix("").parts) for path in sorted(ROOT.glob(pattern))]


def is_source(module: str) -> bool:
    """Whether *module* is run from its source."""
    return str(import_module(module).__file__).endswith(".py")


@pytest.mark.parametrize("pattern", HOOK["include"])
def test_what_judges_events_is_run_from_source_in_a_checkout_and_else_compiled(pattern: str) -> None:
    found = names(pattern)
    assert found, f"pyproject.toml names {pattern}, and there is no such file"
    assert [module for module in found if is_source(module) != BESIDE_THE_SOURCES] == []


def test_what_a_policy_means_is_never_compiled() -> None:
    assert [module for module in names("src/accountability/semantics/*.py") if not is_source(module)] == []
    assert not any("/semantics/" in pattern for pattern in HOOK["include"])


@pytest.mark.skipif(BESIDE_THE_SOURCES, reason="run from source; `make compiled` runs it")
def test_no_class_declares_an_attribute_again_that_it_has_from_another() -> None:
    """Once it is compiled, whoever collects garbage would see it twice, and take what others still hold for garbage."""
    modules = [import_module(name) for pattern in HOOK["include"] for name in names(pattern)]
    declared = {one.__name__: one.__mypyc_attrs__ for module in modules for one in vars(module).values()
                if hasattr(one, "__mypyc_attrs__")}
    assert len(declared) > 30
    assert {name: found for name, found in declared.items() if len(found) > len(set(found))} == {}


def test_a_kind_of_rule_is_run_by_its_own_operator() -> None:
    """Classes that come of `ABC` share, once they are compiled, what they know of one another: each would be any other."""
    operators = [import_module(f"accountability.engine.operators.{name}") for name in ("duties", "thresholds", "effects")]
    kinds = [operators[0].Duties, operators[1].Thresholds, operators[2].Effects]
    assert [[issubclass(one, other) for other in kinds] for one in kinds] == [
        [one is other for other in kinds] for one in kinds]


@pytest.mark.parametrize("pack", ["accident-reports", "boston-311", "governance-ladder"])
def test_when_a_policy_has_been_judged_nothing_holds_it_that_did_not_before(pack: str) -> None:
    policy = read_rules(ROOT / "rules" / pack)
    played = [scenario for _, scenario in scenarios_of(ROOT / "rules" / pack, policy)][:2]

    def holders() -> list[int]:
        for scenario in played:
            assert list(run_scenario(policy, scenario)) == []
        gc.collect()
        return [sys.getrefcount(one) for one in (policy, *policy.judged)]

    holders()  # what is made once, and kept, is there now
    assert holders() == holders()
