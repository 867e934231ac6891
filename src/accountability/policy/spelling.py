"""Which words of a rule file are keywords, and which are names. In: its tree. Out: the same with every keyword in one spelling.

The reader sees the English one; `translate` writes a file anew in either. A word that is not known where it stands is left alone,
so whoever reads the tree can say what is wrong with it, in the author's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Table
from functools import cache, lru_cache
from importlib.resources import files

import attrs
from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from accountability.document import Mapping, Node, Scalar, Sequence, parse, write
from accountability.policy import keywords
from accountability.policy.keywords import ENGLISH, FACTS, OPERATORS, SIGNS, WORDS, Phrase, Script

Shape = Callable[[Node, Script], Node]
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def translate(text: str, to: Script, file: str = "rules.yaml") -> str:
    """The rule file *text* with every keyword in English or Chinese; names stay. Comments and line breaks are not kept.

    Raises DocumentError where *text* is no YAML.
    """
    return write(respelled(parse(text, file), to))


def respelled(node: Node, to: Script) -> Node:
    """The tree of a rule file with every keyword in one spelling, those of its conditions too."""
    return _file(True)(node, to)


def read_as_english(node: Node) -> Node:
    """The tree of a rule file as its reader wants it: keywords in English, what their author wrote beside them.

    Conditions stay as they are, for their places count in characters, and their reader knows both spellings.
    """
    return _file(False)(node, "en")


def rule_in_english(node: Mapping) -> Node:
    """One rule, respelled: what its version is taken over."""
    return _rule(True)(node, "en")


def is_chinese(nodes: list[Node]) -> bool:
    """Whether most top-level and rule keys of these English trees were written in Chinese."""
    found = [key for node in nodes for key in _keys(node) if key.text in WORDS]
    return 2 * sum(key.written is not None for key in found) > len(found)


def _keys(node: Node) -> list[Scalar]:
    if isinstance(node, Mapping):
        return [k for key, value in node.entries for k in (key, *_keys(value))]
    return [k for item in node.items for k in _keys(item)] if isinstance(node, Sequence) else []


def _in(node: Scalar, text: str) -> Scalar:
    return node if text == node.text else attrs.evolve(node, text=text, written=node.text, source=None)


def phrase(how: Phrase) -> Shape:
    """A single value that *how* translates."""
    return lambda node, to: _in(node, how(node.text, to)) if isinstance(node, Scalar) and node.text else node


def word(*known: str) -> Shape:
    """One of these keywords, given in English."""
    return phrase(lambda text, to: keywords.word(text, to) if (text if to == "zh" else ENGLISH.get(text)) in known else text)


def each(shape: Shape) -> Shape:
    """A list, or one value alone."""
    def apply(node: Node, to: Script) -> Node:
        if isinstance(node, Sequence):
            return attrs.evolve(node, items=tuple(shape(item, to) for item in node.items))
        return shape(node, to)
    return apply


def either(scalar: Shape, other: Shape) -> Shape:
    """*scalar* for a single value, *other* for a list or mapping."""
    return lambda node, to: (scalar if isinstance(node, Scalar) else other)(node, to)


def keys(shapes: Table[str, Shape], rest: Shape | None = None) -> Shape:
    """A mapping whose keys are the keywords of *shapes*, given in English; any other key is a name, with *rest* below it."""
    def apply(node: Node, to: Script) -> Node:
        if not isinstance(node, Mapping):
            return node
        entries = []
        for key, value in node.entries:
            english = ENGLISH.get(key.text, key.text)
            if english in shapes:
                entries.append((_in(key, keywords.word(english, to)), shapes[english](value, to)))
            else:
                entries.append((key, rest(value, to) if rest else value))
        return attrs.evolve(node, entries=tuple(entries))
    return apply


def names(shape: Shape) -> Shape:
    """A mapping whose keys are names."""
    return keys({}, shape)


def plain(node: Node, to: Script) -> Node:
    """What holds no keyword."""
    return node


YES = word("yes", "no")
EFFECTIVE = keys({"from": plain, "until": plain})
HOURS = keys({"from": plain, "to": plain, "timezone": plain})
WEIGHT = keys({"severity": plain, "points": plain})
TRIGGERS, MOMENT, OWN = each(phrase(keywords.trigger)), phrase(keywords.moment), word("bearer")
FIELD = either(phrase(keywords.declaration),
               keys({"choices": plain, "from": phrase(keywords.origin), "optional": YES}))
CALENDARS = word(*(w for w in WORDS if w.startswith("calendar ")))


def _parameter(node: Node, to: Script) -> Node:
    """Only a parameter with days has a source; in a table, it is the name of a row."""
    dated = isinstance(node, Mapping) and any(DAY.fullmatch(key.text) for key, _ in node.entries)
    return keys({"source": plain})(node, to) if dated else node


@cache
def _rule(conditions: bool) -> Shape:
    condition = phrase(expression) if conditions else plain
    tiers = either(condition, each(keys({"where": condition, "limit": condition, "otherwise": condition})))
    shared = {"title": plain, "source": plain, "effective": EFFECTIVE, "where": condition, "about": OWN, "answers": names(MOMENT),
              "report": word("all", "exceptions"), "when": TRIGGERS, "bearer": OWN, "same": each(OWN)}
    overlay = keys({"within": tiers})
    kinds = {
        "duty": keys(shared | {
            "duty": plain, "must": TRIGGERS, "provided": condition, "within": tiers, "due": condition, "roll": YES,
            "calendar": plain, "clock starts": word("at once", "next opening", "next working day"), "business hours": HOURS,
            "until close of business": YES, "again": word("new", "ignore", "restart"), "even before": plain, "breach": WEIGHT}),
        "prohibition": keys(shared | {"prohibition": plain, "joined with": TRIGGERS, "within": plain, "breach": WEIGHT}),
        "threshold": keys({k: v for k, v in shared.items() if k not in ("when", "same")} | {
            "threshold": plain, "count": TRIGGERS, "per": each(OWN), "within": phrase(keywords.window), "reaches": plain,
            "fires": word("each", "rising", "once, used up"), "finding": WEIGHT}),
        "effect": keys(shared | {
            "effect": plain, "propose": plain, "on": each(either(_on, plain)), "once per": CALENDARS, "decided by": TRIGGERS,
            "provided": condition, "standing": keys({"term": word("rest of the year", "until ended"), "bars": plain})}),
    }

    def apply(node: Node, to: Script) -> Node:
        if not isinstance(node, Mapping):
            return node
        kind = next((w for k, _ in node.entries if (w := ENGLISH.get(k.text, k.text)) in kinds), None)
        if kind is None:
            return node
        done = kinds[kind](node, to)
        assert isinstance(done, Mapping)
        return done if kind != "duty" else attrs.evolve(done, entries=tuple(
            (_in(k, d), overlay(v, to)) if (d := keywords.during(k.text, to)).startswith(("during ", "期间 ")) else (k, v)
            for k, v in done.entries))
    return apply


def _on(node: Node, to: Script) -> Node:
    done = word("unit")(node, to)
    return MOMENT(node, to) if done == node else done


@cache
def _file(conditions: bool) -> Shape:
    return keys({
        "pack": plain, "title": plain, "effective": EFFECTIVE, "timezone": plain, "calendar": plain, "roll": YES,
        "business hours": HOURS, "unknown events": word("refuse", "ignore"),
        "sources": names(keys({"title": plain, "clause": plain, "address": plain})),
        "vocabulary": names(keys({"raises a case": YES}, FIELD)),
        "parameters": names(_parameter),
        "periods": names(keys({"opened by": plain, "from": plain, "to": plain, "dates": each(keys({"from": plain, "to": plain}))})),
        "responsibility": names(keys({"roles": plain, "of": phrase(keywords.above)})),
        "rules": each(_rule(conditions)),
    })


@cache
def _lark() -> Lark:
    grammar = files("accountability.policy").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False, keep_all_tokens=True)


@lru_cache(maxsize=4096)
def expression(text: str, to: Script) -> str:
    """A condition or amount with its operators in one spelling; one that cannot be read stays as it is."""
    try:
        tree = _lark().parse(text)
    except LarkError:
        return text
    if not isinstance(tree, Tree):
        return text
    new: dict[tuple[int, int], str] = {}
    for token in (child for part in tree.iter_subtrees() for child in part.children if isinstance(child, Token)):
        said = OPERATORS[token.type][to == "zh"] if token.type in OPERATORS else str(token)
        new[token.start_pos or 0, token.end_pos or 0] = SIGNS.get(said, said) if token.type in ("OP", "STAR") else said
    tables = {part.children[0].meta.start_pos for part in tree.iter_subtrees()
              if part.data == "lookup" and isinstance(part.children[0], Tree)}
    for part in tree.iter_subtrees():
        if part.data == "attribute":
            _put(part.children[0], FACTS, to, new)
            _put(part.children[2], {"trigger": WORDS["when"]}, to, new)
        elif part.data == "name" and part.meta.start_pos not in tables:
            _put(part, {"bearer": WORDS["bearer"]}, to, new)
    out, last = "", 0
    for (start, end), said in sorted(new.items()):
        out, last = out + text[last:start] + said, end
    return out + text[last:]


def _put(name: Tree[Token] | Token, known: Table[str, str], to: Script, new: dict[tuple[int, int], str]) -> None:
    """Gives the *name* in a condition its other spelling, if it is one of the *known* words."""
    if isinstance(name, Tree) and name.data == "name" and len(name.children) == 1:
        (token,) = name.children
        spelling = known if to == "zh" else {chinese: english for english, chinese in known.items()}
        if isinstance(token, Token) and token in spelling:
            new[token.start_pos or 0, token.end_pos or 0] = spelling[token]
