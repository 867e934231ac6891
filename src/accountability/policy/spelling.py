"""Which words of a rule file are keywords, and which are names. In: its tree. Out: the same with every keyword in one spelling.

The reader sees the English one; `translate` writes a file anew in either. A word that is not known where it stands is left alone,
so whoever reads the tree can say what is wrong with it, in the author's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from functools import cache, lru_cache
from importlib.resources import files

import attrs
from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from accountability.document import Mapping, Node, parse, spelling, write
from accountability.document.spelling import Phrase, Script, Shape, each, either, every_key, keyword, phrase, plain, respelt
from accountability.organisation.keywords import respelled as organisation_respelled
from accountability.policy import keywords
from accountability.policy.forms import SCENARIO, Either, Expressed, Form, Many, Moment, Plain, Record, Triggers, Words
from accountability.policy.forms import Phrase as PhraseForm
from accountability.policy.keywords import ENGLISH, FACTS, OPERATORS, SIGNS, WORDS
from accountability.policy.kinds import FORMS
from accountability.policy.sections import FILE, PARAMETER

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


def scenario_in_english(node: Node) -> Node:
    """The tree of a scenario with its keywords in English."""
    return shape_of(SCENARIO, False)(node, "en")


def rule_in_english(node: Mapping) -> Node:
    """One rule, respelled: what its version is taken over."""
    return _rule(True)(node, "en")


def is_chinese(nodes: list[Node]) -> bool:
    """Whether most top-level and rule keys of these English trees were written in Chinese."""
    return spelling.is_chinese(key for node in nodes for key in every_key(node) if key.text in WORDS)


def word(*known: str) -> Shape:
    """One of these keywords, given in English."""
    return phrase(keyword(WORDS, known))


def keys(shapes: Table[str, Shape], rest: Shape = plain) -> Shape:
    """A mapping whose keys are the keywords of *shapes*, given in English; any other key is a name, with *rest* below it."""
    return spelling.keys(WORDS, shapes, rest)


def names(shape: Shape) -> Shape:
    """A mapping whose keys are names."""
    return keys({}, shape)


TRIGGERS, MOMENT = each(phrase(keywords.trigger)), phrase(keywords.moment)
PHRASES: Table[str, Phrase] = {
    "window": keywords.window, "declaration": keywords.declaration, "origin": keywords.origin, "above": keywords.above}


def shape_of(form: Form, conditions: bool) -> Shape:
    """How a value of *form* is respelled; its conditions only where *conditions* says so."""
    match form:
        case Words(choices=choices, expressed=True) if conditions:
            known = {*choices, *map(WORDS.__getitem__, choices)}
            return phrase(lambda text, to: keywords.word(text, to) if text in known else expression(text, to))
        case Words(choices=choices):
            return word(*choices)
        case Expressed():
            return phrase(expression) if conditions else plain
        case Triggers():
            return TRIGGERS
        case Moment(unit=unit):
            return _on if unit else MOMENT
        case PhraseForm(what=what):
            return phrase(PHRASES[what])
        case Many(of=of):
            return each(shape_of(of, conditions))
        case Either(scalar=scalar, other=other):
            return either(shape_of(scalar, conditions), shape_of(other, conditions))
        case Record():
            return _record(form, conditions)
        case Plain(what="organisation"):
            return organisation_respelled
        case _:
            return plain


def _record(form: Record, conditions: bool) -> Shape:
    entries = keys({k: shape_of(f, conditions) for k, f in form.keys.items()},
                   shape_of(form.rest, conditions) if form.rest is not None else plain)
    prefixed = {k: shape_of(f, conditions) for k, f in form.prefixed.items()}
    if not prefixed:
        return entries

    def apply(node: Node, to: Script) -> Node:
        done = entries(node, to)
        if not isinstance(done, Mapping):
            return done
        out = []
        for key, value in done.entries:
            said = keywords.prefixed(key.text, to, tuple(prefixed))
            head = keywords.prefixed(said, "en", tuple(prefixed)).partition(" ")[0]
            out.append((respelt(key, said), prefixed[head](value, to)) if head in prefixed and " " in said else (key, value))
        return attrs.evolve(done, entries=tuple(out))
    return apply


@cache
def _rule(conditions: bool) -> Shape:
    shapes = {kind: shape_of(form, conditions) for kind, form in FORMS.items()}

    def apply(node: Node, to: Script) -> Node:
        if not isinstance(node, Mapping):
            return node
        kind = next((w for k, _ in node.entries if (w := ENGLISH.get(k.text, k.text)) in shapes), None)
        return node if kind is None else shapes[kind](node, to)
    return apply


def _on(node: Node, to: Script) -> Node:
    done = word("unit")(node, to)
    return MOMENT(node, to) if done == node else done


def _parameter(conditions: bool) -> Shape:
    """Only a parameter with days has a source; in a table, it is the name of a row."""
    shape = shape_of(PARAMETER, conditions)

    def apply(node: Node, to: Script) -> Node:
        dated = isinstance(node, Mapping) and any(DAY.fullmatch(key.text) for key, _ in node.entries)
        return shape(node, to) if dated else node
    return apply


@cache
def _file(conditions: bool) -> Shape:
    sections = {k: shape_of(f, conditions) for k, f in FILE.keys.items()}
    return keys(sections | {"parameters": names(_parameter(conditions)), "rules": each(_rule(conditions))})


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
        elif part.data in ("no_fact", "any_fact"):
            _put(part.children[1], {m: WORDS[m] for m in keywords.MADE}, to, new)
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
