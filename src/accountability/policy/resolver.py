"""Types: from the raw tree of an expression to one in which every node has its type. What names mean is said in `naming`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lark import Token, Tree

from accountability.errors import closest
from accountability.policy.expression import (
    And,
    Arithmetic,
    Compare,
    Constant,
    Expression,
    FieldRef,
    LastOf,
    Not,
    OneOf,
    Or,
    Present,
)
from accountability.policy.keywords import OPERATORS, SIGNS
from accountability.policy.naming import Naming, Resolved, a
from accountability.policy.scope import Word, limit_type
from accountability.policy.vocabulary import BOOLEAN, CLOCK, DATE, NUMBER, TEXT, Sort, Type
from accountability.workdays import Limit

MAX_PARTS = 100


class Resolver(Naming):
    """Gives every node of an expression its type, or says what cannot be compared or reckoned so."""

    def words(self, tree: Tree[Token]) -> str:
        """What stands there in the text."""
        return " ".join(self.node.text[tree.meta.start_pos:tree.meta.end_pos].split())

    def typed(self, tree: Tree[Token] | Token) -> Resolved:
        assert isinstance(tree, Tree)
        if tree.data != "name" and not tree.meta.empty:
            text = self.words(tree)
            if self.scope.find(text) is not None or text in self.scope.parameters:
                raise self.refuse(tree, "reserved-name",
                                  f"`{text}` is the name of a field or parameter, and says something else here",
                                  "choose another name for it, such as one without spaces")
        method = getattr(self, f"on_{tree.data}")
        result: Resolved = method(tree, *tree.children)
        return result

    def value(self, tree: Tree[Token] | Token) -> tuple[Expression, Type]:
        found, kind = self.typed(tree)
        if isinstance(found, Word):
            raise self.unknown(found)
        assert kind is not None
        return found, kind

    def condition(self, tree: Tree[Token] | Token) -> Expression:
        found, kind = self.value(tree)
        if kind.sort is not Sort.BOOLEAN:
            raise self.refuse(tree, "wrong-type", f"this is {a(kind)}, not a condition", "compare it with something")
        return found

    def on_or(self, _: Tree[Token], *parts: Tree[Token]) -> Resolved:
        return Or(tuple(map(self.condition, parts))), BOOLEAN

    def on_and(self, _: Tree[Token], *parts: Tree[Token]) -> Resolved:
        return And(tuple(map(self.condition, parts))), BOOLEAN

    def on_negation(self, _: Tree[Token], part: Tree[Token]) -> Resolved:
        return Not(self.condition(part)), BOOLEAN

    def on_yes(self, _: Tree[Token]) -> Resolved:
        return Constant(True, BOOLEAN), BOOLEAN

    def on_limit(self, tree: Tree[Token], token: Token) -> Resolved:
        try:
            limit = Limit.parse(str(token))
        except ValueError as error:
            what, _, way_out = str(error).partition("; ")
            raise self.refuse(tree, "not-a-limit", f"`{token}` is no limit: {what}", way_out or "write one such as `2h`") from None
        kind = limit_type(limit)
        return Constant(limit, kind), kind

    def on_number(self, tree: Tree[Token], token: Token) -> Resolved:
        text = str(token)
        if len(text) > 30:
            raise self.refuse(tree, "not-a-number", "a number has more than 30 digits", "write a shorter one")
        return Constant(Decimal(text) if "." in text else int(text), NUMBER), NUMBER

    def on_signed(self, tree: Tree[Token], sign: Token, of: Tree[Token]) -> Resolved:
        value, kind = self.value(of)
        if kind.sort is not Sort.NUMBER:
            raise self.refuse(tree, "wrong-type", f"{a(kind)} has no sign", "write a sign before a number only")
        if sign == "+":
            return value, kind
        if isinstance(value, Constant) and isinstance(value.value, (int, Decimal)):
            return Constant(-value.value, NUMBER), NUMBER
        return Arithmetic("-", Constant(0, NUMBER), value, NUMBER), NUMBER

    def on_percent(self, tree: Tree[Token], token: Token) -> Resolved:
        text = str(token)[:-1].strip()
        if len(text) > 30:
            raise self.refuse(tree, "not-a-number", "a number has more than 30 digits", "write a shorter one")
        return Constant(Decimal(text) / 100, NUMBER), NUMBER

    def on_string(self, _: Tree[Token], token: Token) -> Resolved:
        return Constant(str(token)[1:-1], TEXT), TEXT

    def on_date(self, tree: Tree[Token], token: Token) -> Resolved:
        try:
            return Constant(date.fromisoformat(str(token)), DATE), DATE
        except ValueError:
            raise self.refuse(tree, "not-a-date", f"`{token}` is no day", "write a date such as `2026-03-01`") from None

    def on_missing(self, tree: Tree[Token], of: Tree[Token]) -> Resolved:
        return self.known(tree, of, negated=True)

    def on_present(self, tree: Tree[Token], of: Tree[Token]) -> Resolved:
        return self.known(tree, of, negated=False)

    def known(self, tree: Tree[Token], of: Tree[Token], *, negated: bool) -> Resolved:
        """Whether there is a value; a choice that is called `present` or `missing` must stand in quotes."""
        value, kind = self.value(of)
        both = [OPERATORS[key] for key in ("_MISSING", "_PRESENT")]
        for word in both[not negated]:
            if word in kind.choices:
                other = (f"`not ({self.words(of)} is {both[negated][0]})`" if not {*both[negated]} & kind.choices
                         else "give it another name")
                raise self.refuse(tree, "reserved-name", f"`{word}` is one of the choices, and asks here whether there is a value",
                                  f"write `\"{word}\"` in quotes for the choice, or {other}")
        return Present(value, negated=negated), BOOLEAN

    def on_compare(self, tree: Tree[Token], left: Tree[Token], op: Token, right: Tree[Token]) -> Resolved:
        return self.comparison(tree, left, SIGNS.get(str(op), str(op)), right)

    def on_equal(self, tree: Tree[Token], left: Tree[Token], right: Tree[Token]) -> Resolved:
        return self.comparison(tree, left, "=", right)

    def on_differ(self, tree: Tree[Token], left: Tree[Token], right: Tree[Token]) -> Resolved:
        kind = self.typed(left)[1]
        for choice in (f"{word} {self.words(right)}" for word in OPERATORS["_NOT"]):
            if kind is not None and choice in kind.choices:
                raise self.refuse(tree, "reserved-name", f"`{choice}` is one of the choices, and is read here as `not`",
                                  f"write `\"{choice}\"` in quotes for the choice, or `!= {self.words(right)}`")
        said = self.words(right)
        if said in (*OPERATORS["_MISSING"], *OPERATORS["_PRESENT"]) and self.scope.find(said) is None and (
                kind is None or said not in kind.choices):
            asked = OPERATORS["_PRESENT" if said in OPERATORS["_MISSING"] else "_MISSING"][not said.isascii()]
            raise self.refuse(right, "expression-syntax", f"`{said}` cannot stand behind `not`", f"write `{asked}` without `not`")
        return self.comparison(tree, left, "!=", right)

    def comparison(self, tree: Tree[Token], left: Tree[Token], op: str, right: Tree[Token]) -> Resolved:
        (a_, a_kind), (b_, b_kind) = self.typed(left), self.typed(right)
        if isinstance(a_, Word):
            raise self.unknown(a_)
        assert a_kind is not None
        if isinstance(b_, Word):
            b_, b_kind = self.word(b_, a_kind)
        assert b_kind is not None
        self.same(tree, a_kind, b_kind)
        self.choice(left, a_, b_kind)
        self.choice(right, b_, a_kind)
        if op not in ("=", "!=") and a_kind.sort not in (Sort.NUMBER, Sort.INSTANT, Sort.DATE, Sort.LIMIT):
            raise self.refuse(tree, "wrong-type", f"{a(a_kind)} has no order", "compare with `is` or `is not`")
        return Compare(op, a_, b_), BOOLEAN

    def same(self, tree: Tree[Token], left: Type, right: Type) -> None:
        both_text = {left.sort, right.sort} <= {Sort.TEXT, Sort.CHOICE}
        if left.sort is not right.sort and not both_text:
            sorts = {left.sort, right.sort}
            raise self.refuse(tree, "wrong-type", f"{a(left)} is compared with {a(right)}",
                              "write a day such as `2026-03-01`" if Sort.DATE in sorts and sorts & {Sort.NUMBER, Sort.TEXT} else
                              "put a text in quotes, such as `\"1\"`" if sorts & {Sort.TEXT, Sort.CHOICE} else
                              "compare values of one type")
        if left.sort is Sort.REFERENCE and left.kind != right.kind:
            raise self.refuse(tree, "wrong-type", f"{a(left)} is compared with {a(right)}", "compare references of one kind")
        if left.sort is Sort.LIMIT and "calendar" in (left.kind, right.kind):
            raise self.refuse(tree, "wrong-type", "days, months and working days have no length of their own to compare",
                              "compare hours with hours")

    def choice(self, tree: Tree[Token], value: Expression, other: Type) -> None:
        """A text that stands in the rule and is compared with a choice must be one of the choices."""
        if isinstance(value, Constant) and other.sort is Sort.CHOICE and value.value not in other.choices:
            raise self.refuse(tree, "unknown-choice", f"`{value.value}` is none of the choices",
                              closest(str(value.value), other.choices))

    def on_one_of(self, tree: Tree[Token], left: Tree[Token], options: Tree[Token]) -> Resolved:
        value, kind = self.value(left)
        found = []
        for item in options.children:
            option, option_kind = self.typed(item)
            if isinstance(option, Word):
                option, option_kind = self.word(option, kind)
            assert option_kind is not None
            assert isinstance(item, Tree)
            self.same(item, kind, option_kind)
            self.choice(item, option, kind)
            found.append(option)
        return OneOf(value, tuple(found)), BOOLEAN

    def on_sum(self, tree: Tree[Token], *parts: Tree[Token] | Token) -> Resolved:
        return self.chain(tree, parts)

    def on_term(self, tree: Tree[Token], *parts: Tree[Token] | Token) -> Resolved:
        return self.chain(tree, parts)

    def chain(self, tree: Tree[Token], parts: tuple[Tree[Token] | Token, ...]) -> Resolved:
        if len(parts) > MAX_PARTS:
            raise self.refuse(tree, "too-deep", f"more than {MAX_PARTS // 2} values are joined here", "write fewer")
        value, kind = self.value(parts[0])
        for sign, part in zip(parts[1::2], parts[2::2], strict=True):
            right, right_kind = self.value(part)
            op = SIGNS.get(str(sign), str(sign))
            kind = self.result(tree, op, kind, right_kind, right if kind.sort is Sort.LIMIT else value)
            value = Arithmetic(op, value, right, kind)
        return value, kind

    def result(self, tree: Tree[Token], op: str, left: Type, right: Type, factor: Expression) -> Type:
        sorts = (left.sort, right.sort)
        if sorts == (Sort.NUMBER, Sort.NUMBER):
            return NUMBER
        if (sorts == (Sort.LIMIT, Sort.NUMBER) and op in "*/") or (sorts == (Sort.NUMBER, Sort.LIMIT) and op == "*"):
            limit = left if left.sort is Sort.LIMIT else right
            if limit.kind == "clock":
                return CLOCK
            if op == "*" and isinstance(factor, FieldRef | LastOf):  # whole days that an event says; any other is missing
                return limit
            raise self.refuse(tree, "mixed-units", "a part of a day or month has no fixed length",
                              "write the shorter limit out, or count in hours")
        raise self.refuse(tree, "wrong-type", f"{a(left)} and {a(right)} cannot be joined by `{op}`",
                          "use numbers, or a limit in hours times a number")
