"""In which order the keys of a rule file are written: that of their forms. Names of the author's own keep the author's order."""

from __future__ import annotations

import re

import attrs

from accountability.document import Mapping, Node, Scalar, Sequence
from accountability.policy.forms import SHARED, Either, Expressed, Form, Many, Moment, Phrase, Record, Triggers, Words
from accountability.policy.keywords import ENGLISH, prefixed
from accountability.policy.kinds import FORMS, KINDS, Kind, kind_of
from accountability.policy.pack import HEADER, SECTIONS
from accountability.policy.sections import FILE, PARAMETER

CHECKLISTS = frozenset(
    key for kind in KINDS for key, form in kind.form.keys.items()
    if isinstance(form, Record) and isinstance(form.rest.scalar if isinstance(form.rest, Either) else form.rest, Expressed))
"""The keys of a rule below which conditions stand by name."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def in_order(root: Mapping) -> Mapping:
    """The tree of a rule file, its keywords in either spelling, as its one form has it.

    Values that hold a keyword or a condition lose the mark that they stood in quotes: those are not needed for what they mean.
    """
    entries = []
    for key, value in root.entries:
        section = english(key)
        if section == "rules" and isinstance(value, Sequence):
            value = attrs.evolve(value, items=tuple(map(_rule, value.items)))
        elif section == "parameters" and isinstance(value, Mapping):
            value = attrs.evolve(value, entries=tuple((k, _arranged(v, PARAMETER) if _dated(v) else v) for k, v in value.entries))
        elif section in FILE.keys:
            value = _arranged(value, FILE.keys[section])
        entries.append((key, value))
    order = (*HEADER, *SECTIONS)
    return attrs.evolve(root, entries=tuple(sorted(entries, key=lambda e: _place(english(e[0]), order))))


def order_of(kind: Kind) -> tuple[str, ...]:
    """The keys of a rule of *kind*: what it is, when and where it applies, to whom, what it asks, and what follows."""
    shared = tuple(SHARED)
    where, about, answers = map(shared.index, ("where", "about", "answers"))
    start, *own = (k for k in kind.form.keys if k not in SHARED and k != kind.word)
    bearer = own[: own[:1] == ["bearer"]]
    order = (kind.word, *shared[:where], start, *shared[where:about], *bearer, *shared[about:answers], *own[len(bearer):],
             *shared[answers:])
    return tuple(key for key in order if key in kind.form.keys)


def english(key: Scalar) -> str:
    """The keyword that *key* is in either spelling; else its text."""
    return ENGLISH.get(key.text, key.text)


def _dated(node: Node) -> bool:
    """Only a parameter with days has a source; in a table, it is the name of a row."""
    return isinstance(node, Mapping) and any(DAY.fullmatch(key.text) for key, _ in node.entries)


def _place(word: str, order: tuple[str, ...]) -> int:
    return order.index(word) if word in order else len(order)


def _rule(node: Node) -> Node:
    if not isinstance(node, Mapping):
        return node
    words = [english(key) for key, _ in node.entries]
    word = next((w for w in words if w in FORMS), None)
    if word is None:
        return node
    # What several rules are written as at once is no kind, and is in the order of its form.
    order = order_of(kind_of(word, words)) if any(k.word == word for k in KINDS) else tuple(FORMS[word].keys)
    done = _arranged(node, FORMS[word])
    assert isinstance(done, Mapping)
    # `during PERIOD` says more about the limit, so it follows that.
    limit = max(_place(k, order) for k in ("within", "due") if k in order) if {"within", "due"} & {*order} else len(order)
    heads = tuple(FORMS[word].prefixed)

    def place(entry: tuple[Scalar, Node]) -> tuple[int, bool]:
        here = _place(english(entry[0]), order)
        return (limit, True) if here == len(order) and _head(entry[0], heads) else (here, False)
    return attrs.evolve(done, entries=tuple(sorted(done.entries, key=place)))


def _head(key: Scalar, heads: tuple[str, ...]) -> str | None:
    """The keyword before a name in *key*."""
    word, space, _ = prefixed(key.text, "en", heads).partition(" ")
    return word if space and word in heads else None


def _arranged(node: Node, form: Form) -> Node:
    match form:
        case Record() if isinstance(node, Mapping):
            entries = [(key, _entry(key, value, form)) for key, value in node.entries]
            order = tuple(form.keys)
            return attrs.evolve(node, entries=tuple(sorted(entries, key=lambda e: _place(english(e[0]), order))))
        case Many(of=of):
            return _each(node, of)
        case Triggers():
            return _each(node, Phrase("trigger"))
        case Either(scalar=scalar, other=other):
            return _arranged(node, scalar if isinstance(node, Scalar) else other)
        case Words(choices=choices) if isinstance(node, Scalar) and english(node) in choices:
            return attrs.evolve(node, quoted=False)
        case Expressed() | Moment() | Phrase() if isinstance(node, Scalar) and node.text:
            return attrs.evolve(node, quoted=False)
        case _:
            return node


def _each(node: Node, form: Form) -> Node:
    if isinstance(node, Sequence):
        return attrs.evolve(node, items=tuple(_arranged(item, form) for item in node.items))
    return _arranged(node, form)


def _entry(key: Scalar, value: Node, form: Record) -> Node:
    word, head = english(key), _head(key, tuple(form.prefixed))
    below = form.keys.get(word) or (form.prefixed[head] if head is not None else form.rest)
    return _arranged(value, below) if below is not None else value
