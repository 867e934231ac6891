"""What the names in an expression mean: fields, parameters, what the organisation says, what other events and rules say."""

from __future__ import annotations

import difflib
from abc import abstractmethod
from collections.abc import Mapping
from datetime import date

from lark import Token, Tree

from accountability.document import Reading, Scalar
from accountability.errors import Span, closest
from accountability.policy.expression import Constant, Expression, LastOf, OrganisationFact, ParameterRef, SameKey
from accountability.policy.keywords import ENGLISH, FACTS, OPERATORS, WORDS
from accountability.policy.scope import Scope, Word, bare
from accountability.policy.vocabulary import BOOLEAN, NUMBER, POST, UNIT, WORD, EventType, Sort, Type

ORGANISATION_FACTS: Mapping[str, tuple[Type, Type]] = {
    "unit": (POST, UNIT), "role": (POST, WORD), "rank": (POST, NUMBER), "level": (UNIT, WORD), "parent": (UNIT, UNIT),
}
IN_ENGLISH = {chinese: english for english, chinese in FACTS.items()}
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


class Naming:
    """Gives every name of one expression its meaning, or says what was meant by it."""

    def __init__(self, node: Scalar, scope: Scope, reading: Reading) -> None:
        self.node, self.scope, self.reading = node, scope, reading

    def span(self, tree: Tree[Token] | Token) -> Span:
        if isinstance(tree, Token):
            return self.node.part(tree.start_pos or 0, tree.end_pos or 0)
        return self.node.part(tree.meta.start_pos, tree.meta.end_pos) if not tree.meta.empty else self.node.span

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

    @abstractmethod
    def value(self, tree: Tree[Token] | Token) -> tuple[Expression, Type]:
        """What stands beside a name, with its type: the row of a table that is meant, the unit of which something is asked."""

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

    def word(self, word: Word, wanted: Type) -> tuple[Expression, Type]:
        """What a bare word means where the other side wants a value of that type."""
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
