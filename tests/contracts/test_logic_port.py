"""What every matcher does, whoever answers: one suite for durable-rules and for plain Python."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable, Sequence

import pytest

from accountability.engine.logic import Firing, LogicFact, LogicRule, Matcher, Pattern, Ref, Test, availability, make_matcher

OBLIGATION, ARRIVAL, WARNING, UNUSED = 1, 2, 3, 99

MET = LogicRule(
    "met",
    (
        Pattern("owed", OBLIGATION),
        Pattern("came", ARRIVAL, (Test("case", "==", Ref("owed", "case")), Test("at", "<=", Ref("owed", "due")))),
    ),
)
WARNED = LogicRule("warned", (Pattern("w", WARNING, (Test("level", ">=", 2),)),))

Make = Callable[[Sequence[LogicRule]], Matcher]


@pytest.fixture(params=["durable-rules", "plain"])
def make(request: pytest.FixtureRequest) -> Make:
    usable, why = availability()
    if request.param == "durable-rules" and not usable:
        pytest.skip(why)
    return lambda rules: make_matcher(rules, request.param)


def obligation(n: int, case: int, due: int) -> LogicFact:
    return LogicFact((n,), OBLIGATION, {"case": case, "due": due}, payload=f"obligation {n}")


def arrival(n: int, case: int, at: int) -> LogicFact:
    return LogicFact((n,), ARRIVAL, {"case": case, "at": at}, payload=f"arrival {n}")


def told(firings: list[Firing]) -> list[tuple[str, dict[str, object]]]:
    return [(firing.rule, {alias: fact.key[0] for alias, fact in firing.facts.items()}) for firing in firings]


def test_it_says_who_answers(make: Make) -> None:
    assert make([MET]).name in ("durable-rules 2.0.28", "plain Python")


def test_facts_join(make: Make) -> None:
    firings = make([MET]).add([obligation(1, case=7, due=100), obligation(2, case=8, due=100), arrival(1, case=7, at=100)])
    assert told(firings) == [("met", {"owed": 1, "came": 1})]


def test_a_firing_carries_the_very_facts_that_were_added(make: Make) -> None:
    owed, came = obligation(1, case=7, due=100), arrival(1, case=7, at=100)
    (firing,) = make([MET]).add([owed, came])
    assert list(firing.facts) == ["owed", "came"]
    assert firing.facts["owed"] is owed
    assert firing.facts["came"] is came


def test_a_comparison_that_fails_does_not_fire(make: Make) -> None:
    assert make([MET]).add([obligation(1, case=7, due=100), arrival(1, case=7, at=101)]) == []


@pytest.mark.parametrize(
    ("op", "passing"),
    [("==", [0]), ("!=", [-1, 1]), ("<", [-1]), ("<=", [-1, 0]), (">", [1]), (">=", [0, 1])],
)
def test_operators_with_a_number_and_with_a_field(make: Make, op: str, passing: list[int]) -> None:
    numbers = LogicRule("number", (Pattern("x", 1, (Test("v", op, 0),)),))
    fields = LogicRule("field", (Pattern("zero", 2), Pattern("x", 1, (Test("v", op, Ref("zero", "v")),))))
    firings = make([numbers, fields]).add([LogicFact((), 2, {"v": 0}), *(LogicFact((v,), 1, {"v": v}) for v in (-1, 0, 1))])
    assert [f.facts["x"].key[0] for f in firings if f.rule == "number"] == passing
    assert [f.facts["x"].key[0] for f in firings if f.rule == "field"] == passing


def test_only_new_firings_are_returned(make: Make) -> None:
    matcher = make([MET])
    assert told(matcher.add([obligation(1, case=7, due=100), arrival(1, case=7, at=1)])) == [("met", {"owed": 1, "came": 1})]
    assert matcher.add([obligation(2, case=8, due=100)]) == []
    assert told(matcher.add([arrival(2, case=7, at=2)])) == [("met", {"owed": 1, "came": 2})]


def test_later_facts_join_with_earlier_ones_in_either_order(make: Make) -> None:
    matcher = make([MET])
    assert matcher.add([arrival(1, case=7, at=1)]) == []
    assert told(matcher.add([obligation(1, case=7, due=100)])) == [("met", {"owed": 1, "came": 1})]


def test_nothing_is_left_after_clear(make: Make) -> None:
    matcher = make([MET])
    matcher.add([obligation(1, case=7, due=100)])
    matcher.clear()
    assert matcher.add([arrival(1, case=7, at=1)]) == []
    matcher.clear()
    matcher.clear()
    assert len(matcher.add([obligation(1, case=7, due=100), arrival(1, case=7, at=1)])) == 1


def test_one_fact_is_not_bound_twice_by_one_firing(make: Make) -> None:
    pair = LogicRule("pair", (Pattern("a", 1), Pattern("b", 1)))
    firings = make([pair]).add([LogicFact((1,), 1, {}), LogicFact((2,), 1, {})])
    assert told(firings) == [("pair", {"a": 1, "b": 2}), ("pair", {"a": 2, "b": 1})]


def test_a_fact_added_twice_is_two_facts(make: Make) -> None:
    same = LogicFact((1,), WARNING, {"level": 2})
    assert told(make([WARNED]).add([same, same])) == [("warned", {"w": 1}), ("warned", {"w": 1})]


def test_four_patterns_each_joined_with_an_earlier_one(make: Make) -> None:
    chain = LogicRule("chain", tuple(
        Pattern(f"p{n}", 1, (Test("up", "==", Ref(f"p{n - 1}", "id")),) if n else (Test("up", "==", 0),)) for n in range(4)
    ))
    firings = make([chain]).add(LogicFact((n,), 1, {"id": n, "up": n - 1}) for n in range(1, 7))
    assert told(firings) == [("chain", {"p0": 1, "p1": 2, "p2": 3, "p3": 4})]


def test_firings_stand_in_order_of_rules_then_keys_then_arrival(make: Make) -> None:
    second = LogicRule("second", (Pattern("w", WARNING),))
    first, again = LogicFact(("a", 1), WARNING, {"level": 2}, "first"), LogicFact(("a", 1), WARNING, {"level": 2}, "again")
    late = LogicFact(("b", 0), WARNING, {"level": 3}, "late")
    firings = make([WARNED, second]).add([late, first, again])
    assert [(f.rule, f.facts["w"].payload) for f in firings] == [
        (rule, payload) for rule in ("warned", "second") for payload in ("first", "again", "late")
    ]


def test_the_order_of_arrival_does_not_show_where_keys_differ(make: Make) -> None:
    facts = [obligation(n, case=7, due=100) for n in range(5)] + [arrival(n, case=7, at=1) for n in range(5)]
    assert make([MET]).add(facts) == make([MET]).add(facts[::-1])


def test_kinds_and_fields_that_no_rule_asks_for_are_ignored(make: Make) -> None:
    matcher = make([WARNED])
    assert matcher.add([LogicFact((1,), UNUSED, {"level": 2, "text": 10**30})]) == []
    assert len(matcher.add([LogicFact((1,), WARNING, {"level": 2, "other": 10**30})])) == 1


def test_no_facts_no_firings(make: Make) -> None:
    assert make([MET]).add([]) == []
    assert make([]).add([obligation(1, case=7, due=100)]) == []


def test_names_in_any_script_and_with_any_sign(make: Make) -> None:
    hostile = 'id":0,"$or":[ %d {x} 到场\n\0\ud800'
    rule = LogicRule(hostile, (
        Pattern("sid", 1, (Test("sid", "==", 1), Test("字段刡儂喖乜", "==", 1))),
        Pattern(hostile, 1, (Test(hostile, "==", Ref("sid", "sid")), Test("id", "!=", Ref("sid", "id")))),
    ))
    fields = {"字段刡儂喖乜": 1, "字段凢侊勪呅": 2, "sid": 1, hostile: 1}
    (firing, _) = make([rule]).add([LogicFact((1,), 1, {**fields, "id": 1}), LogicFact((2,), 1, {**fields, "id": 2})])
    assert (firing.rule, list(firing.facts)) == (hostile, ["sid", hostile])


def test_names_that_the_engine_would_confuse_are_told_apart(make: Make) -> None:
    # The two names have one FNV-1a hash, which is all by which durable-rules knows a name.
    rule = LogicRule("one of two", (Pattern("f", 1, (Test("字段刡儂喖乜", "==", 1), Test("字段凢侊勪呅", "==", 2))),))
    assert make([rule]).add([LogicFact((1,), 1, {"字段刡儂喖乜": 2, "字段凢侊勪呅": 1})]) == []


def test_integers_up_to_the_limit_are_exact(make: Make) -> None:
    big = 2**53 - 1
    rule = LogicRule("less", (Pattern("a", 1), Pattern("b", 1, (Test("v", "<", Ref("a", "v")),))))
    firings = make([rule]).add(LogicFact((v,), 1, {"v": v}) for v in (big, big - 1, -big, 1 - big))
    assert len(firings) == 6
    assert told(firings)[-1] == ("less", {"a": big, "b": big - 1})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, r"missing-field: rule `warned` compares `level`"),
        ({"level": None}, r"integer: `level` is `None`"),
        ({"level": True}, r"integer: `level` is `True`"),
        ({"level": 2.0}, r"integer: `level` is `2.0`"),
        ({"level": "2"}, r"integer: `level` is `2`"),
        ({"level": 2**53}, r"integer: `level` is `9007199254740992`"),
        ({"level": -(2**53)}, r"integer: `level` is `-9007199254740992`"),
    ],
)
def test_a_compared_field_is_an_integer_in_range(make: Make, fields: dict[str, int], words: str) -> None:
    matcher = make([WARNED])
    with pytest.raises(ValueError, match=words):
        matcher.add([LogicFact((1,), WARNING, {"level": 5}), LogicFact((2,), WARNING, fields)])
    # Nothing of the refused call was used.
    assert told(matcher.add([LogicFact((3,), WARNING, {"level": 5})])) == [("warned", {"w": 3})]


def test_a_field_that_only_a_later_pattern_asks_for_is_compared_too(make: Make) -> None:
    with pytest.raises(ValueError, match="missing-field: rule `met` compares `due`"):
        make([MET]).add([LogicFact((1,), OBLIGATION, {"case": 7})])


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([WARNED, WARNED], "rule `warned`: same-name: 2 rules"),
        ([LogicRule("r", ())], "rule `r`: pattern-count: 0 patterns"),
        ([LogicRule("r", tuple(Pattern(f"p{n}", 1) for n in range(5)))], "pattern-count: 5 patterns"),
        ([LogicRule("r", (Pattern("a", 1), Pattern("a", 1)))], "pattern `a`: same-alias"),
        ([LogicRule("r", (Pattern("a", 0),))], "kind: `0` is no kind"),
        ([LogicRule("r", (Pattern("a", "1"),))], "kind: `1` is no kind"),
        ([LogicRule("r", (Pattern("a", 1, tuple(Test("x", "!=", n) for n in range(21))),))], "test-count: 21 tests"),
        ([LogicRule("r", (Pattern("a", 1, (Test("x", "=~", 1),)),))], "operator: `=~` is unknown"),
        ([LogicRule("r", (Pattern("a", 1, (Test("x", "==", 1.5),)),))], "integer: `x` is compared with `1.5`"),
        ([LogicRule("r", (Pattern("a", 1, (Test("x", "==", 2**53),)),))], "integer: `x` is compared with `9007199254740992"),
        ([LogicRule("r", (Pattern("a", 1, (Test("x", "==", Ref("a", "y")),)),))], "unbound: no earlier pattern is called `a`"),
        ([LogicRule("r", (Pattern("a", 1, (Test("x", "==", Ref("b", "y")),)), Pattern("b", 1)))], "unbound: no earlier pattern"),
    ],
)
def test_rules_outside_the_safe_subset_are_refused(make: Make, rules: list[LogicRule], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make(rules)


def test_every_reason_is_told_at_once(make: Make) -> None:
    with pytest.raises(ValueError, match="pattern-count") as caught:
        make([LogicRule("one", ()), LogicRule("two", (Pattern("a", 0),))])
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["rule `one`", "rule `two`"]


def test_more_rules_than_one_engine_can_hold(make: Make) -> None:
    """260 patterns of one kind: one C rule set of that would crash on the next event."""
    second = Pattern("b", 1, (Test("x", "==", Ref("a", "x")),))
    rules = [LogicRule(f"r{n}", (Pattern("a", 1, (Test("x", "==", n % 2),)), second)) for n in range(130)]
    firings = make(rules).add([LogicFact((n,), 1, {"x": 1}) for n in range(2)])
    assert [f.rule for f in firings] == [f"r{n}" for n in range(1, 130, 2) for _ in range(2)]


def test_more_kinds_than_one_engine_can_hold(make: Make) -> None:
    """Of 512 distinct kinds in one C rule set, creating it would never end."""
    rules = [LogicRule(f"r{n}", (Pattern("a", 2 * n + 1), Pattern("b", 2 * n + 2))) for n in range(300)]
    assert [f.rule for f in make(rules).add([LogicFact((n,), n, {}) for n in range(1, 601)])] == [rule.name for rule in rules]


@pytest.mark.parametrize("call", [lambda m: m.add([]), lambda m: m.clear()], ids=["add", "clear"])
def test_another_thread_is_refused(make: Make, call: Callable[[Matcher], object]) -> None:
    matcher, caught = make([MET]), []

    def elsewhere() -> None:
        try:
            call(matcher)
        except RuntimeError as error:
            caught.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(caught) == 1
    assert "wrong-thread" in caught[0]


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps])
def test_copying_and_pickling_are_refused(make: Make, way: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="no-copy: a matcher cannot be copied or pickled"):
        way(make([MET]))
