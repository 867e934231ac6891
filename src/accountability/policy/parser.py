"""From the text of an expression to its typed tree. In: a scalar and the names in scope. Out: a tree, or diagnostics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput

from accountability.document import Reading, Scalar, ascii_of
from accountability.errors import closest
from accountability.policy.expression import Expression
from accountability.policy.keywords import OPERATORS
from accountability.policy.naming import Refused, a, named
from accountability.policy.resolver import Resolver
from accountability.policy.scope import Scope, Word
from accountability.policy.vocabulary import BOOLEAN, CLOCK, NUMBER, Sort, Type
from accountability.workdays import Limit

MAX_CHARACTERS, MAX_DEPTH = 4000, 40
ELSEWHERE = {
    "&&": "_AND", "||": "_OR", "<>": "!=", "=>": ">=", "=<": "<=", "≧": ">=", "≦": "<=", "&": "_AND", "|": "_OR", "!": "_NOT"}
"""Signs of other languages, the longer ones first, and what they are written as here."""
COMPARED = {
    "大于等于": "write `>=`", "大于或等于": "write `>=`", "小于等于": "write `<=`", "小于或等于": "write `<=`",
    "大于": "write `>`", "小于": "write `<`",
    "is greater than": "write `>`", "is less than": "write `<`", "greater than": "write `>`", "less than": "write `<`",
    "between": "write two comparisons, as in `people >= 1 and people <= 5`"}
"""Words before a number that compare in speech, the longer ones first, and the way out."""


@cache
def _lark() -> Lark:
    grammar = files("accountability.policy").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


@lru_cache(1024)
def _tree(text: str) -> Tree[Token]:
    """The words of *text* as they hang together. Kept, for packs repeat themselves, and are read again and again."""
    return _lark().parse(text)


def parse_condition(node: Scalar, scope: Scope, reading: Reading) -> Expression | None:
    """The typed tree of a condition; None (written down) where it has a mistake."""
    return _parse(node, scope, reading, BOOLEAN, "a condition, which is true or false")


def parse_limit(node: Scalar, scope: Scope, reading: Reading) -> Expression | None:
    """The typed tree of a limit such as `24h` or `on-scene limit[place] * 0.75`."""
    return _parse(node, scope, reading, CLOCK, "a limit such as `2h` or `5 working days`")


def parse_instant(node: Scalar, scope: Scope, reading: Reading) -> Expression | None:
    """The typed tree of an instant, such as the name of a field that carries one."""
    return _parse(node, scope, reading, Type(Sort.INSTANT), "an instant, such as a field declared `instant`")


def parse_number(node: Scalar, scope: Scope, reading: Reading) -> Expression | None:
    """The typed tree of a number, such as `penalty * 15%`."""
    return _parse(node, scope, reading, NUMBER, "a number, such as `penalty * 15%`")


def rules_asked(text: str) -> Iterator[str]:
    """The rules that a condition asks about: `no standing of R of the same case`. None where it cannot be read."""
    if len(text) <= MAX_CHARACTERS:
        with suppress(UnexpectedInput):
            yield from map(named, _tree(text).find_data("rule"))


def _parse(node: Scalar, scope: Scope, reading: Reading, wanted: Type, wanted_words: str) -> Expression | None:
    if len(node.text) > MAX_CHARACTERS:
        reading.fail(node.span, "too-long", f"an expression has {len(node.text):,} characters", f"keep it below {MAX_CHARACTERS:,}")
        return None
    try:
        tree = _tree(node.text)
    except UnexpectedInput as error:
        _syntax(error, node, reading)
        return None
    if _depth(tree) > MAX_DEPTH:
        reading.fail(node.span, "too-deep", "the expression is nested deeper than anybody can read",
                     f"keep it below {MAX_DEPTH} levels")
        return None
    resolver = Resolver(node, scope, reading)
    try:
        found, kind = resolver.typed(tree)
    except Refused:
        return None
    if isinstance(found, Word):
        # `两天`, perhaps: numbers are written in digits.
        foreign = not found.text.isascii() and not closest(found.text, scope.names()).startswith("did")
        resolver.unknown(found, f"write {wanted_words}" if wanted.sort is Sort.LIMIT and foreign else "")
        return None
    if kind is None or kind.sort is not wanted.sort:
        reading.fail(node.span, "wrong-type", f"`{node.text}` is {a(kind)}", f"write {wanted_words}")
        return None
    return found


def _depth(tree: Tree[Token]) -> int:
    """How deep *tree* is, told without descending into it."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [child for one in level for child in one.children if isinstance(child, Tree)]
    return depth


def _syntax(error: UnexpectedInput, node: Scalar, reading: Reading) -> None:
    position = None if isinstance(error, UnexpectedEOF) else getattr(error, "pos_in_stream", None)
    at = len(node.text) if position in (None, -1) else position
    token = node.text[at] if isinstance(error, UnexpectedCharacters) else getattr(error, "token", "")
    if getattr(token, "type", "") == "$END" or not token:
        at, token = len(node.text.rstrip()), ""
    instead = _instead(node.text, at, str(token), int(reading.foreign)) if token else None
    if instead is not None:
        start, written, way_out = instead
        reading.fail(node.part(start, start + len(written)), "expression-syntax", f"`{written}` cannot stand here", way_out)
        return
    what = f"`{token}` cannot stand here" if token else "the expression ends too early"
    plain = ascii_of(str(token))
    reading.fail(node.part(at, at + len(token)), "expression-syntax", what,
                 f"write `{plain}` on an ASCII keyboard" if plain != token and plain.isascii() and plain.strip()
                 else "write an ordinary space" if plain != token and plain.isascii()
                 else "write it like `place is city and people >= 5`, words apart by spaces")


def _instead(text: str, at: int, token: str, script: int) -> tuple[int, str, str] | None:
    """What stands around *at* that is written otherwise here, where it begins, and the way out; None where nobody can tell."""
    for written, own in ELSEWHERE.items():
        for start in (at - 1, at):
            if start >= 0 and text.startswith(written, start):
                return start, written, f"write `{OPERATORS[own][script] if own in OPERATORS else own}`"
    if token != token.lower() and any(token.lower() == english for english, _ in OPERATORS.values()):
        return at, token, f"write `{token.lower()}`"
    before = text[:at].rstrip()
    if (said := next((words for words in COMPARED if before.endswith(words)), None)) is not None:
        return len(before) - len(said), said, COMPARED[said]
    if (number := re.search(r"[0-9]+(\.[0-9]+)?$", before)) is not None and token[0].isalpha():
        try:
            Limit.parse(f"{number[0]} {token}")
        except ValueError as error:
            unit_way_out = str(error).partition("; ")[2]
            if unit_way_out.startswith(("did", "write")):
                return at, token, unit_way_out
    return None
