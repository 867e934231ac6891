"""Names and types: from the raw tree of an expression to one in which every name has its meaning and every node its type."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from lark import Token, Tree

from accountability.document import Reading, Scalar
from accountability.errors import Span, closest
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
    OrganisationFact,
    ParameterRef,
    Present,
    SameKey,
)
from accountability.policy.keywords import ENGLISH, FACTS, OPERATORS, SIGNS, WORDS
from accountability.policy.scope import Scope, Word, bare, limit_type
from accountability.policy.vocabulary import (
    BOOLEAN,
    CLOCK,
    DATE,
    NUMBER,
    POST,
    TEXT,
    UNIT,
    WORD,
    EventType,
    Sort,
    Type,
)
from accountability.workdays import Limit

ORGANISATION_FACTS: Mapping[str, tuple[Type, Type]] = {
    "unit": (POST, UNIT), "role": (POST, WORD), "rank": (POST, NUMBER), "level": (UNIT, WORD), "parent": (UNIT, UNIT),
}
IN_ENGLISH = {chinese: english for english, chinese in FACTS.items()}
MAX_PARTS = 100
YES, NO = ("yes", "true", "是"), ("no", "false", "否")
"""What an author may compare a condition with, which is true or false by itself."""


class Refused(Exception):
    """The expression cannot be used; the diagnostic is already written down."""


def a(kind: Type | None) -> str:
    if kind is None or kind.sort is Sort.CHOICE:
        return "no value" if kind is None else str(kind)
    return f"{'an' if str(kind)[0] in 'aeio' else 'a'} {kind}"


def named(words: Tree[Token]) -> str:
    """What the words of a name say together, without the quotes around them."""
    text = " ".join(map(str, words.children))
    return text[1:-1] if text[0] in "\"'" else text


Resolved = tuple[Expression | Word, Type | None]


class Resolver:
    """Gives every name its meaning and every node its type."""

    def __init__(self, node: Scalar, scope: Scope, reading: Reading) -> None:
        self.node, self.scope, self.reading = node, scope, reading

    def span(self, tree: Tree[Token] | Token) -> Span:
        if isinstance(tree, Token):
            return self.node.part(tree.start_pos or 0, tree.end_pos or 0)
        return self.node.part(tree.meta.start_pos, tree.meta.end_pos) if not tree.meta.empty else self.node.span

    def words(self, tree: Tree[Token]) -> str:
        """What stands there in the text."""
        return " ".join(self.node.text[tree.meta.start_pos:tree.meta.end_pos].split())

    def refuse(self, tree: Tree[Token] | Token | Span, check: str, what: str, way_out: str) -> Refused:
        self.reading.fail(tree if isinstance(tree, Span) else self.span(tree), check, what, way_out)
        return Refused()

    def unknown(self, word: Word, way_out: str = "") -> Refused:
        return self.refuse(word.span, "unknown-name", f"`{word.text}` is no field or parameter here",
                           way_out or self.meant(word.text) or closest(word.text, self.scope.names()))

    def meant(self, text: str) -> str | None:
        """The way out for a word that runs together with another one, or stands apart from the field whose choice it is."""
        names = self.scope.names()
        for name in sorted(names, key=len, reverse=True):
            rest = text.removeprefix(name)
            if rest[:1] in ("-", "/") and name + rest == text:
                return f"to reckon, write `{name} {rest[0]} {rest[1:]}`"
            if rest and rest != text and not (name + rest[0]).isascii():
                return f"if `{name}` was meant, write a space behind it"
        for key in ("_NO", "_ANY", "_NOT"):
            if text.startswith(OPERATORS[key][1]) and text != OPERATORS[key][1]:
                return f"if `{OPERATORS[key][1]}` was meant, write a space behind it"
        fields = (n for n in names if (f := self.scope.find(n)) is not None and text in f.type.choices)
        return next((f"if it is meant to be the value of `{field}`, write `{field} is {text}`" for field in fields), None)

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

    def on_name(self, tree: Tree[Token], *words: Token) -> Resolved:
        text = " ".join(map(str, words))
        field = self.scope.find(text)
        if field is not None:
            return field, field.type
        if text in self.scope.parameters:
            parameter = self.scope.parameters[text]
            if any(v.table is not None for v in parameter.versions):
                raise self.refuse(tree, "table-without-row", f"`{text}` is a table", f"say which row: `{text}[…]`")
            return ParameterRef(text, parameter.type), parameter.type
        return Word(text, self.span(tree)), None

    def on_lookup(self, tree: Tree[Token], name: Tree[Token], key: Tree[Token]) -> Resolved:
        text = named(name)
        parameter = self.scope.parameters.get(text)
        if parameter is None:
            raise self.refuse(name, "unknown-name", f"there is no parameter `{text}`", closest(text, self.scope.parameters))
        if any(v.table is None for v in parameter.versions):
            raise self.refuse(tree, "row-without-table", f"`{text}` is one value, not a table", f"write `{text}` alone")
        row, kind = self.value(key)
        if kind.sort not in (Sort.CHOICE, Sort.TEXT, Sort.REFERENCE):
            raise self.refuse(key, "wrong-type", f"a row is chosen by a text, this is {a(kind)}", "name a field with choices")
        for version in parameter.versions:
            if kind.choices and version.table is not None and (lacking := sorted(kind.choices - version.table.keys())):
                since = f" of {version.since}" if version.since > date.min else ""
                raise self.refuse(tree, "missing-tier", f"`{text}`{since} has no row for `{lacking[0]}`",
                                  f"add `{lacking[0]}: …` to `{text}`")
        return ParameterRef(text, parameter.type, row), parameter.type

    def on_attribute(self, tree: Tree[Token], name: Tree[Token], of: Tree[Token]) -> Resolved:
        text = named(name)
        if isinstance(of, Tree) and of.data == "name" and named(of) in ("trigger", WORDS["when"]):
            field = self.scope.trigger.get(text)
            if field is None:
                raise self.refuse(name, "unknown-name", f"the trigger has no field `{text}`", closest(text, self.scope.trigger))
            return field, field.type
        subject, kind = self.value(of)
        fact = IN_ENGLISH.get(text, text)
        if fact not in ORGANISATION_FACTS:
            raise self.refuse(name, "unknown-name", f"the organisation says nothing of a `{text}`",
                              closest(text, FACTS if text.isascii() else IN_ENGLISH))
        wanted, result = ORGANISATION_FACTS[fact]
        if kind != wanted:
            raise self.refuse(of, "wrong-type", f"`{text} of` asks about a {wanted}, this is {a(kind)}",
                              f"name a field declared `{wanted}`")
        return OrganisationFact(fact, subject, result), result

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

    def word(self, word: Word, wanted: Type) -> tuple[Expression, Type]:
        if wanted.sort is Sort.CHOICE:
            if word.text not in wanted.choices:
                raise self.refuse(word.span, "unknown-choice", f"`{word.text}` is none of the choices",
                                  closest(word.text, wanted.choices))
            return Constant(word.text, wanted), wanted
        if wanted == WORD:
            return Constant(word.text, wanted), wanted
        if wanted.sort is Sort.REFERENCE:
            near = difflib.get_close_matches(word.text, self.scope.names(), n=1, cutoff=0.75)
            if near and "/" not in word.text:
                raise self.refuse(word.span, "unknown-name", f"`{word.text}` is nearly `{near[0]}`",
                                  f"write `{near[0]}`, or `{wanted.kind}/{word.text}` if that is the name of a {wanted.kind}")
            return Constant(bare(word.text, wanted.kind), wanted), wanted
        if wanted.sort is Sort.BOOLEAN and word.text in (*YES, *NO):
            raise self.unknown(word, "write the condition alone" if word.text in YES else "write `not` before the condition")
        if wanted.sort is Sort.TEXT and not closest(word.text, self.scope.names()).startswith("did"):
            raise self.unknown(word, f"put a text in quotes: `\"{word.text}\"`")
        raise self.unknown(word)

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

    def on_no_same(self, tree: Tree[Token], event: Tree[Token], key: Tree[Token]) -> Resolved:
        return self.same_key(event, key, negated=True)

    def on_any_same(self, tree: Tree[Token], event: Tree[Token], key: Tree[Token]) -> Resolved:
        return self.same_key(event, key, negated=False)

    def same_key(self, event: Tree[Token], key: Tree[Token], *, negated: bool) -> Resolved:
        declared, field = self.of_same_key(event, key)
        return SameKey(declared.name, field, negated, by_then=self.scope.by_then), BOOLEAN

    def of_same_key(self, event: Tree[Token], key: Tree[Token]) -> tuple[EventType, str]:
        """The event type that a condition asks about, and the field by which its events belong to the trigger."""
        name, field = map(named, (event, key))
        declared = self.scope.vocabulary.get(name)
        if declared is None:
            raise self.refuse(event, "unknown-event", f"no event type is named `{name}`", closest(name, self.scope.vocabulary))
        if declared.raises_case:
            raise self.refuse(event, "case-raised-as-condition", f"`{name}` says that a case was raised",
                              "let it start a duty, nothing else (SG2, SG3)")
        mine = self.scope.trigger.get(field)
        if mine is None or field not in declared.fields or declared.fields[field].type != mine.type:
            shared = [n for n in declared.fields if n in self.scope.trigger]
            raise self.refuse(key, "unknown-name", f"`{field}` is not a field of both the trigger and `{name}`",
                              closest(field, shared))
        return declared, field

    def on_last_of(self, _: Tree[Token], of: Tree[Token], event: Tree[Token], key: Tree[Token]) -> Resolved:
        """`f of last T of the same k`."""
        declared, same = self.of_same_key(event, key)
        text = named(of)
        field = declared.fields.get(text)
        if field is None:
            raise self.refuse(of, "unknown-name", f"`{declared.name}` has no field `{text}`", closest(text, declared.fields))
        return LastOf(declared.name, same, text, field.type, self.scope.by_then), field.type

    def on_no_fact(self, _: Tree[Token], made: Tree[Token], rule: Tree[Token], key: Tree[Token]) -> Resolved:
        return self.same_fact(made, rule, key, negated=True)

    def on_any_fact(self, _: Tree[Token], made: Tree[Token], rule: Tree[Token], key: Tree[Token]) -> Resolved:
        return self.same_fact(made, rule, key, negated=False)

    def same_fact(self, made: Tree[Token], rule: Tree[Token], key: Tree[Token], *, negated: bool) -> Resolved:
        """`standing of R` and its like, of the same field."""
        words, name, field = map(named, (made, rule, key))
        asked = f"{ENGLISH.get(words, words)} of {name}"
        if asked not in self.scope.conclusions:
            raise self.refuse(rule, "unknown-rule", f"there is no «{asked}»",
                              closest(asked, map(self.reading.said, self.scope.conclusions)))
        fields, mine = self.scope.conclusions[asked], self.scope.trigger.get(field)
        if mine is None or field not in fields or fields[field].type != mine.type or fields[field].optional:
            raise self.refuse(key, "unknown-name", f"`{field}` is not a field of both the trigger and «{asked}»",
                              closest(field, [n for n in fields if n in self.scope.trigger]))
        return SameKey(asked, field, negated, concluded=True, by_then=self.scope.by_then), BOOLEAN

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
