"""Each guard in front of the C engine fires. The engine is the real one; faults are real ones, made behind the matcher's back."""

from __future__ import annotations

import gc
import importlib.machinery
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from accountability.engine.encoding import ALIASES, RESERVED, check_compiled, encode_rules, fnv1a, short_names
from accountability.engine.logic import (
    DurableMatcher,
    LogicFact,
    LogicRule,
    Pattern,
    PlainMatcher,
    Ref,
    Test,
    availability,
    make_matcher,
    ruleset_json,
)
from accountability.errors import EngineFault

usable, why = availability()
needs_engine = pytest.mark.skipif(not usable, reason=why)

PAIR = LogicRule("pair", (Pattern("a", 1), Pattern("b", 2, (Test("v", ">=", Ref("a", "v")),))))
RULES = [PAIR, LogicRule("one", (Pattern("c", 1, (Test("v", "==", 1),)),))]


def fact(kind: int, v: int) -> LogicFact:
    return LogicFact((v,), kind, {"v": v})


def durable(rules: list[LogicRule] | None = None, clear_every: int = 1) -> DurableMatcher:
    matcher = make_matcher(RULES if rules is None else rules, "durable-rules", clear_every=clear_every)
    assert isinstance(matcher, DurableMatcher)
    return matcher


# What reaches C: numbers and our own names.


def test_the_ruleset_is_canonical_json_of_short_names_and_numbers() -> None:
    assert ruleset_json(RULES) == (
        '[\n{"w":{"all":[{"a0":{"$and":[{"k":0}]}}]},'
        '"r0":{"all":[{"a0":{"$and":[{"k":1}]}},'
        '{"a1":{"$and":[{"k":2},{"s":{"a0":"s"}},{"$gte":{"f0":{"a0":"f0"}}},{"z":{"a0":"z"}}]}}]},'
        '"r1":{"all":[{"a0":{"$and":[{"k":1},{"f0":1}]}}]}}\n]\n'
    )


def test_nothing_an_author_wrote_reaches_the_engine() -> None:
    author = '敏感词"}'
    rule = LogicRule(author, (Pattern(author, 1), Pattern("b", 1, (Test(author, "<", Ref(author, author)),))))
    (ruleset,) = encode_rules([rule])
    body = ruleset.body(LogicFact((author,), 1, {author: 7, "other": 8}, payload=author))
    assert body == '"k":1,"f0":7'
    assert "敏" not in ruleset.text
    assert "\\u" not in ruleset.text


def test_the_hash_is_that_of_the_engine() -> None:
    assert (fnv1a("id"), fnv1a("sid"), fnv1a("all")) == (926444256, 3593476751, 321211332)


def test_short_names_have_hashes_of_their_own() -> None:
    names = short_names(f"field {n}" for n in range(2000)).values()
    assert len({fnv1a(name) for name in [*names, *RESERVED, *ALIASES, "k", "s", "z"]}) == 2000 + len(RESERVED) + len(ALIASES) + 3


def test_a_joined_pattern_begins_with_its_kind_and_ends_with_a_join_that_is_true() -> None:
    (ruleset,) = json.loads(ruleset_json([PAIR]))
    joined = ruleset["r0"]["all"][1]["a1"]["$and"]
    assert joined[0] == {"k": 2}
    assert joined[-1] == {"z": {"a0": "z"}}


def test_a_large_policy_is_split_within_the_limits_of_one_engine() -> None:
    rules = [LogicRule(f"r{n}", (Pattern("a", n % 3 + 1), Pattern("b", n + 10))) for n in range(500)]
    rulesets = encode_rules(rules)
    assert len(rulesets) == 4
    assert [place for ruleset in rulesets for place, _ in ruleset.rules.values()] == list(range(500))
    for ruleset in rulesets:
        check_compiled(ruleset.text)


def test_many_fields_of_one_kind_are_split_too() -> None:
    """Above 252 fields the engine refuses a fact."""
    rules = [LogicRule(f"r{n}", (Pattern("a", 1, tuple(Test(f"f{n}.{m}", "==", 1) for m in range(20))),)) for n in range(30)]
    rulesets = encode_rules(rules)
    assert [len(ruleset.bodies[1].fields) for ruleset in rulesets] == [200, 200, 200]


# The last look at a rule set before C sees it.


def pattern(*parts: object, alias: str = "a0") -> dict[str, object]:
    return {alias: {"$and": list(parts)}}


K, S, Z = {"k": 1}, {"s": {"a0": "s"}}, {"z": {"a0": "z"}}


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"r0": {"all": [pattern({"f0": 1}, K)]}}, "does not begin with its kind"),
        ({"r0": {"all": [pattern({"k": "1"})]}}, "does not begin with its kind"),
        ({"r0": {"all": [pattern({"k": 2**53})]}}, "does not begin with its kind"),
        ({"r0": {"all": [pattern(K), pattern(K, S, {"f0": {"a0": "f0"}}, alias="a1")]}}, "does not end with the join that is"),
        ({"r0": {"all": [pattern(K), pattern(K, S, Z, {"f0": 1}, alias="a1")]}}, "does not end with the join"),
        ({"r0": {"all": [pattern(K), pattern(K, S, {"f0": 1}, Z, alias="a1")]}}, "has a join before a plain test"),
        ({"r0": {"all": [pattern(K, *({"f0": n} for n in range(30)))]}}, "has 31 parts"),
        ({"r0": {"all": [pattern(K, alias=f"a{n}") for n in range(5)]}}, "no rule of 1 to 4"),
        ({"r0": {"all": []}}, "no rule of 1 to 4"),
        ({"r0": {"any": [pattern(K)]}}, "no rule of 1 to 4 positive patterns"),
        ({"r0": {"all": [pattern(K)], "count": 2}}, "no rule of 1 to 4 positive patterns"),
        ({"rule": {"all": [pattern(K)]}}, "`rule` is no rule"),
        ({"r0": {"all": [pattern(K, alias="m")]}}, "is not one `\\$and` called `a0`"),
        ({"r0": {"all": [pattern(K), pattern(K, S, Z, alias="a1$not")]}}, "is not one `\\$and` called `a1`"),
        ({"r0": {"all": [{"a0": {"$or": [K]}}]}}, "is not one `\\$and`"),
        *(
            ({"r0": {"all": [pattern(K, part)]}}, "not in the safe subset")
            for part in (
                {"f0": "x"}, {"f0": 1.5}, {"f0": None}, {"f0": True}, {"f0": 2**53}, {"f0": [1]}, {"id": 1}, {"sid": 1}, {"k": 2},
                {"$mt": {"f0": "[一-龥]+"}}, {"$ex": {"f0": 1}}, {"$nex": {"f0": 1}}, {"$or": [{"f0": 1}, {"f0": 2}]},
                {"f0": {"$div": {"$l": {"$m": "f1"}, "$r": 0}}}, {"f0": {"a0": "f1"}}, {"f0": {"a1": "f1"}},
            )
        ),
        ({"r0": {"all": [pattern(K, Z)]}}, "not in the safe subset"),
        ({"r0": {"all": [pattern(K), pattern(K, S, {"f0": {"a0": "id"}}, Z, alias="a1")]}}, "not in the safe subset"),
        ({f"r{n}": {"all": [pattern({"k": n % 100})]} for n in range(202)}, "over 200 rules"),
        ({f"r{n}": {"all": [pattern({"k": 3 * n}), *(pattern({"k": 3 * n + m}, S, Z, alias=f"a{m}") for m in (1, 2))]}
          for n in range(150)}, "400 kinds"),
        ({f"r{n}": {"all": [pattern(K)]} for n in range(51)}, "50 patterns of one kind"),
    ],
)  # fmt: skip
def test_a_rule_set_outside_the_safe_subset_never_reaches_the_engine(rules: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_compiled(json.dumps(rules))


# Faults of the engine.


@needs_engine
def test_a_lost_handle_is_met_by_a_new_engine_and_the_step_again() -> None:
    import durable_rules_engine

    matcher = durable()
    (memory,) = matcher.memories
    assert matcher.add([fact(1, 3)]) == []
    durable_rules_engine.delete_state(memory._engine._handle, "0")
    durable_rules_engine.delete_ruleset(memory._engine._handle)
    assert [f.rule for f in matcher.add([fact(2, 4), fact(1, 1)])] == ["pair", "pair", "one"]
    assert memory.rebuilt == 1
    assert [f.rule for f in matcher.add([fact(2, 5)])] == ["pair", "pair"], "the step goes on where it was"
    matcher.clear()
    assert matcher.add([fact(2, 4)]) == []


@needs_engine
def test_an_unexpected_answer_is_a_fault_too(caplog: pytest.LogCaptureFixture) -> None:
    """The engine takes a fact for one that it has seen, as it does when two ids have one hash."""
    import durable_rules_engine

    matcher = durable(clear_every=32)
    (memory,) = matcher.memories
    matcher.add([fact(1, 3)])
    durable_rules_engine.assert_fact(memory._engine._handle, '{"id":2,"k":1,"f0":3,"s":9,"z":1}')
    assert [f.rule for f in matcher.add([fact(2, 4)])] == ["pair"]
    assert memory.rebuilt == 1
    assert "durable-rules answered 2 to a new fact; running the step again on a new engine" in caplog.text


@needs_engine
def test_a_firing_on_facts_that_the_step_does_not_have_is_a_fault() -> None:
    import durable_rules_engine

    matcher = durable()
    (memory,) = matcher.memories
    matcher.add([fact(1, 3)])
    durable_rules_engine.assert_fact(memory._engine._handle, '{"id":77,"k":1,"f0":1,"s":0,"z":1}')
    assert [f.facts["a"].key for f in matcher.add([fact(2, 4)])] == [(3,)]
    assert memory.rebuilt == 1


class AlwaysSeen:
    """The real engine, but after the first *honest* facts it says of every fact that it has seen it."""

    def __init__(self, honest: int) -> None:
        import durable_rules_engine

        self.real, self.honest, self.error = durable_rules_engine, honest, durable_rules_engine.error

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    def assert_fact(self, handle: int, text: str) -> tuple[int, int]:
        if text.startswith('{"id":1,"k":0,'):
            return self.real.assert_fact(handle, text)
        self.honest -= 1
        answer, state = self.real.assert_fact(handle, text)
        return (answer if self.honest >= 0 else 2), state


@needs_engine
def test_a_second_fault_on_the_same_step_is_raised_and_clear_is_the_way_out() -> None:
    core = AlwaysSeen(honest=1)
    matcher = DurableMatcher(RULES, core)
    assert [f.rule for f in matcher.add([fact(1, 1)])] == ["one"]
    with pytest.raises(EngineFault, match="answered 2 to a new fact"):
        matcher.add([fact(2, 4)])
    with pytest.raises(EngineFault, match="end the step with `clear`"):
        matcher.add([fact(2, 4)])
    core.honest = 100
    matcher.clear()
    assert matcher.add([fact(2, 4)]) == []
    assert [f.rule for f in matcher.add([fact(1, 1)])] == ["pair", "one"]


@needs_engine
def test_after_a_fault_the_first_answers_must_come_again() -> None:
    """A new engine that says something else about the facts of this step leaves no way to tell which was right."""
    matcher = durable()
    (memory,) = matcher.memories
    assert len(matcher.add([fact(1, 1)])) == 1
    memory._done[0] = (memory._done[0][0], [])
    with pytest.raises(EngineFault, match="other firings for the same facts"):
        memory._again([])


@needs_engine
def test_an_engine_that_will_not_start_is_a_fault() -> None:
    core = AlwaysSeen(honest=0)
    core.create_ruleset = lambda name, rules: core.real.create_ruleset(name, "{")
    with pytest.raises(EngineFault, match="refused a checked rule set"):
        DurableMatcher(RULES, core)


@needs_engine
def test_a_call_that_was_cut_off_leaves_nothing_behind() -> None:
    class Interrupting(AlwaysSeen):
        def complete_and_start_action(self, handle: int, state: int) -> str | None:
            self.honest -= 1
            if self.honest == 0:
                raise KeyboardInterrupt
            return self.real.complete_and_start_action(handle, state)

    core = Interrupting(honest=1_000)
    matcher = DurableMatcher(RULES, core)
    core.honest = 3
    with pytest.raises(KeyboardInterrupt):
        matcher.add([fact(1, 1), fact(2, 4)])
    core.honest = 1_000
    with pytest.raises(EngineFault, match="an earlier call was cut off"):
        matcher.add([fact(2, 5)])
    matcher.clear()
    assert matcher.add([fact(2, 5)]) == []


# Handles.


@needs_engine
def test_engines_come_and_go_without_using_up_handles() -> None:
    """The engine has 131,071 handles; an engine that is dropped gives its handle back, its name is never used again."""
    import durable_rules_engine

    first = durable()
    handle = first.memories[0]._engine._handle
    gone = weakref.ref(first.memories[0])
    del first
    gc.collect()
    assert gone() is None
    with pytest.raises(durable_rules_engine.error, match="error code: 111"):  # no such handle
        durable_rules_engine.delete_ruleset(handle)


@needs_engine
def test_two_matchers_do_not_share_facts() -> None:
    one, other = durable(), durable()
    one.add([fact(1, 3)])
    assert other.add([fact(2, 4)]) == []
    assert len(one.add([fact(2, 4)])) == 1


@needs_engine
@pytest.mark.parametrize("clear_every", [1, 3, 32])
def test_facts_of_an_earlier_step_never_match_however_seldom_the_engine_is_wiped(clear_every: int) -> None:
    matcher = durable(clear_every=clear_every)
    for _ in range(70):
        assert matcher.add([fact(2, 4)]) == []
        assert len(matcher.add([fact(1, 3)])) == 1
        matcher.clear()


@needs_engine
def test_many_facts_are_wiped_at_the_end_of_their_step_however_seldom_the_others_are() -> None:
    matcher = durable(clear_every=10_000)
    (memory,) = matcher.memories
    matcher.add([fact(2, n) for n in range(1_001)])
    matcher.clear()
    assert not memory._engine._holds


def test_clear_every_is_at_least_one() -> None:
    if not usable:
        pytest.skip(why)
    with pytest.raises(ValueError, match="clear-every: `0` steps"):
        durable(clear_every=0)


# Which matcher.


@needs_engine
def test_durable_rules_is_taken_where_it_is_there() -> None:
    assert availability() == (True, "durable-rules 2.0.28")
    assert isinstance(make_matcher(RULES), DurableMatcher)
    assert isinstance(make_matcher(RULES, "plain"), PlainMatcher)


ELSEWHERE = """
from accountability.engine.logic import *
print(make_matcher([]).name)
print(*availability())
try:
    make_matcher([], "durable-rules")
except ImportError as error:
    print("refused:", error)
"""


def said_with(folder: Path) -> list[str]:
    """What a new Python says that looks for modules in *folder* first."""
    env = {**os.environ, "PYTHONPATH": str(folder)}
    run = subprocess.run([sys.executable, "-c", ELSEWHERE], env=env, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()


def test_plain_python_takes_over_where_the_c_module_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / f"durable_rules_engine{importlib.machinery.EXTENSION_SUFFIXES[0]}").write_bytes(b"not a shared library")
    name, words, refused = said_with(tmp_path)
    assert name == "plain Python"
    assert words.startswith("False durable-rules cannot be imported (")
    assert "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install" in words
    assert refused.startswith("refused: durable-rules cannot be imported (")


def test_another_version_is_not_used(tmp_path: Path) -> None:
    """Only 2.0.28 was examined."""
    info = tmp_path / "durable_rules-2.0.29.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: durable_rules\nVersion: 2.0.29\n", encoding="utf-8")
    (tmp_path / "durable_rules_engine.py").write_text("", encoding="utf-8")
    assert said_with(tmp_path)[:2] == [
        "plain Python",
        "False durable-rules 2.0.29 is installed, but only 2.0.28 was examined; "
        "run `pip install --force-reinstall --no-cache-dir durable_rules==2.0.28`",
    ]


def test_the_wrapper_that_starts_threads_is_never_imported() -> None:
    """`durable.lang` and `durable.engine` start timer threads that run actions of their own."""
    code = "import sys; from accountability.engine.logic import *; print(make_matcher([]).name, 'durable' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split()[-1] == "False"
