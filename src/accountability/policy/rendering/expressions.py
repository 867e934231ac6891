"""Conditions and amounts in words: from a typed tree to a phrase from which the tree could be drawn again."""

from __future__ import annotations

from collections.abc import Mapping

from accountability.policy.expression import (
    And,
    Arithmetic,
    Certainly,
    Compare,
    Constant,
    Expression,
    FieldRef,
    InForce,
    LastOf,
    Not,
    OneOf,
    Or,
    OrganisationFact,
    ParameterRef,
    Present,
    SameKey,
)
from accountability.policy.keywords import FACTS, WORDS
from accountability.policy.rendering.voice import Voice, quoted, word
from accountability.policy.rule import Made, Trigger, asked
from accountability.policy.vocabulary import WORD, Sort

COMPARED: Mapping[str, tuple[str, str]] = {
    "=": ("is", "为"), "!=": ("is not", "不为"), "<": ("is less than", "少于"), "<=": ("is at most", "不超过"),
    ">": ("is more than", "超过"), ">=": ("is at least", "不少于"),
}
IN_TIME: Mapping[str, tuple[str, str]] = {
    "<": ("is before", "早于"), "<=": ("is not after", "不晚于"), ">": ("is after", "晚于"), ">=": ("is not before", "不早于"),
}
SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
NOUNS = {Made.PASSED: "passing", Made.REFUSED: "refusal"}


def made_of(trigger: Trigger, say: Voice) -> str:
    """An event type by its name; what another rule concludes as `the breach of “R”`."""
    if trigger.made is Made.EVENT:
        return quoted(trigger.name)
    return say(f"the {NOUNS.get(trigger.made, trigger.made)} of {quoted(trigger.name)}",
               f"{quoted(trigger.name)}的{WORDS.get(trigger.made, trigger.made)}")


def phrase(tree: Expression, say: Voice, act: bool = False) -> str:
    """*tree* in words. With *act*, plain fields are those of the act that is spoken of, and the trigger's are named as such."""
    match tree:
        case Constant():
            return _constant(tree, say)
        case FieldRef():
            return _field(tree, say, act)
        case ParameterRef(name=name, key=key):
            if key is None:
                return say(f"the parameter {quoted(name)}", f"参数{quoted(name)}")
            row = phrase(key, say, act)
            return say(f"the parameter {quoted(name)} for {row}", f"参数{quoted(name)}中{row}一栏的值")
        case OrganisationFact(what=what, of=of):
            return say(f"the {what} of {phrase(of, say, act)}", f"{phrase(of, say, act)}的{FACTS[what]}")
        case Compare(op=op, left=left, right=right):
            timed = _sort(left) in (Sort.INSTANT, Sort.DATE) and op in IN_TIME
            verb = say(*(IN_TIME if timed else COMPARED)[op])
            return f"{part(left, say, act)}{say(f' {verb} ', verb)}{part(right, say, act)}"
        case OneOf(left=left, options=options):
            listed = say(", ", "、").join(phrase(o, say, act) for o in options)
            return say(f"{part(left, say, act)} is one of ({listed})", f"{part(left, say, act)}属于（{listed}）之一")
        case Present(of=of, negated=negated):
            return part(of, say, act) + (say(" is missing", "缺失") if negated else say(" is known", "已知"))
        case And(parts=parts):
            return say(" and ", "，且").join(_condition(p, say, act) for p in parts)
        case Or(parts=parts):
            return say(" or ", "，或者").join(_condition(p, say, act) for p in parts)
        case Not(part=inner):
            return say(f"it is not so that ({condition(inner, say, act)})", f"并非（{condition(inner, say, act)}）")
        case Arithmetic(op=op, left=left, right=right):
            return f"{part(left, say, act)} {SIGNS[op]} {part(right, say, act)}"
        case SameKey():
            return _same_key(tree, say)
        case LastOf(event_type=event_type, key=key, field=field, by_then=by_then):
            what, known, then = quoted(event_type), say("known", "已知"), say("by then", "届时")
            return say(f"{quoted(field)} of the last {what} {then if by_then else known} with the same {quoted(key)}",
                       f"{then if by_then else known}最近一次同一{quoted(key)}的{what}的{quoted(field)}")
        case Certainly(of=of):
            return say(f"it is certain that ({condition(of, say, act)})", f"可以确定（{condition(of, say, act)}）")
        case InForce(since=since, until=until):
            first = say(f"from {say.day(since)} on", f"自{say.day(since)}起") if since else ""
            last = say(f"before {say.day(until)}", f"在{say.day(until)}之前") if until else ""
            return say("the day is ", "当日") + (say(" ", "").join(w for w in (first, last) if w) or say("any", "不限"))


def condition(tree: Expression, say: Voice, act: bool = False) -> str:
    """*tree* as something that holds or does not."""
    said = phrase(tree, say, act)
    return said + say(" holds", "成立") if isinstance(tree, FieldRef | ParameterRef | Constant | LastOf) else said


def part(tree: Expression, say: Voice, act: bool = False) -> str:
    """*tree* as a part of something else: in brackets, if it has parts that could be taken for those of the whole."""
    said = phrase(tree, say, act)
    return f"({said})" if isinstance(tree, Arithmetic | And | Or | Not | Compare | OneOf | Present | SameKey) else said


def _condition(tree: Expression, say: Voice, act: bool) -> str:
    return say(f"({phrase(tree, say, act)})", f"（{phrase(tree, say, act)}）") if isinstance(tree, And | Or) else condition(
        tree, say, act)


def _constant(tree: Constant, say: Voice) -> str:
    if not isinstance(tree.value, str):
        return say.value(tree.value)
    if tree.type.sort is Sort.REFERENCE:
        return say(f"the {tree.type.kind} ", WORDS.get(tree.type.kind, tree.type.kind)) + word(tree.value)
    # A word and a text of the same letters are two things in the rule file.
    loose = tree.type.sort is Sort.TEXT and tree.type != WORD
    return say("the text ", "文字") * loose + word(tree.value)


def _field(tree: FieldRef, say: Voice, act: bool) -> str:
    if tree.scope == "act":
        own = say("bearer", "责任主体") if tree.name == "bearer" else quoted(tree.name)
        return say("its ", "其") + own
    if tree.name == "bearer":
        return say("the bearer", "责任主体")
    if not act:
        return quoted(tree.name)
    return say(f"{quoted(tree.name)} of the trigger", f"触发事项的{quoted(tree.name)}")


def _same_key(tree: SameKey, say: Voice) -> str:
    what = made_of(asked(tree.event_type) if tree.concluded else Trigger(Made.EVENT, tree.event_type), say)
    field = quoted(tree.field)
    if tree.by_then:
        return say(f"there {'had been no' if tree.negated else 'had been'} {what} with the same {field} by then",
                   f"届时{'没有' if tree.negated else '已有'}同一{field}的{what}")
    if tree.negated:
        return say(f"there is nothing known of {what} with the same {field}", f"没有同一{field}的{what}")
    return say(f"there is known {what} with the same {field}", f"已有同一{field}的{what}")


def _sort(tree: Expression) -> Sort:
    typed = Constant | FieldRef | ParameterRef | OrganisationFact | Arithmetic | LastOf
    return tree.type.sort if isinstance(tree, typed) else Sort.BOOLEAN
