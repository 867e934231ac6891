"""What the C engine is given for a policy, to the letter: a change of it is seen before it is felt.

`pytest tests/golden/test_rulesets.py --rewrite` writes the files anew; read the difference before you keep it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accountability.engine.encoding import check_compiled, encode_rules, ruleset_json
from accountability.engine.operators.joins import compile_logic
from accountability.policy import read_rules

ROOT = Path(__file__).resolve().parents[2]
RULESETS = ROOT / "tests" / "golden" / "rulesets"
POLICIES = {path.stem: path for path in sorted(RULESETS.glob("*.yaml"))}


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_is_compiled_to_the_letter(name: str, request: pytest.FixtureRequest) -> None:
    compiled, file = ruleset_json(compile_logic(read_rules(POLICIES[name]))), RULESETS / f"{name}.json"
    if request.config.getoption("rewrite"):
        file.write_text(compiled, encoding="utf-8")
    assert compiled == file.read_text(encoding="utf-8")
    assert all(len(rule["all"]) == 2 for rules in json.loads(compiled) for name, rule in rules.items() if name.startswith("r"))


def test_every_file_belongs_to_a_policy() -> None:
    assert {path.stem for path in RULESETS.glob("*.json")} == POLICIES.keys()


@pytest.mark.parametrize("pack", sorted(ROOT.glob("rules/*/pack.yaml")), ids=lambda path: path.parent.name)
def test_every_pack_is_compiled_inside_the_safe_subset(pack: Path) -> None:
    rules = compile_logic(read_rules(pack.parent))
    compiled = encode_rules(rules)
    for ruleset in compiled:
        check_compiled(ruleset.text)
    assert sum(len(ruleset.rules) for ruleset in compiled) == len(rules)
