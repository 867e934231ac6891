"""Which words of a tree are keywords, told by its shape. In: a tree. Out: the same with every keyword in one spelling.

Every kind of file has a table of its own, from English to Chinese. A word that is not known where it stands is left alone, so that
whoever reads the tree can say what is wrong with it, in the author's words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Table
from typing import Literal

import attrs

from accountability.document.tree import Mapping, Node, Scalar, Sequence

Script = Literal["en", "zh"]
Phrase = Callable[[str, Script], str]
Shape = Callable[[Node, Script], Node]
Words = Table[str, str]
"""Keywords: the English spelling of each, and the Chinese one."""


def keyword(words: Words, known: Iterable[str]) -> Phrase:
    """What puts one of the *known* words, which are English, into the other spelling, and leaves any other text alone."""
    chinese, english = _both(words, known)
    return lambda text, to: (chinese if to == "zh" else english).get(text, text)


def _both(words: Words, known: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The Chinese spelling of each of the *known* words, and the English one."""
    names = set(known)
    # The words are those of the table: a member of an enumeration is equal to one, and shown as something else.
    chinese = {name: word for name, word in words.items() if name in names}
    return chinese, {word: name for name, word in chinese.items()}


def respelt(node: Scalar, text: str) -> Scalar:
    """*node* with *text* instead, which is another spelling of what its author wrote."""
    return node if text == node.text else attrs.evolve(node, text=text, written=node.text, source=None)


def plain(node: Node, to: Script) -> Node:
    """What holds no keyword."""
    return node


def phrase(how: Phrase) -> Shape:
    """A single value that *how* translates."""
    return lambda node, to: respelt(node, how(node.text, to)) if isinstance(node, Scalar) and node.text else node


def each(shape: Shape) -> Shape:
    """A list, or one value alone."""
    def apply(node: Node, to: Script) -> Node:
        if isinstance(node, Sequence):
            return Sequence(tuple([shape(item, to) for item in node.items]), node.span)
        return shape(node, to)
    return apply


def either(scalar: Shape, other: Shape) -> Shape:
    """*scalar* for a single value, *other* for a list or mapping."""
    return lambda node, to: (scalar if isinstance(node, Scalar) else other)(node, to)


def keys(words: Words, shapes: Table[str, Shape], rest: Shape = plain) -> Shape:
    """A mapping whose keys are the keywords of *shapes*, given in English; any other key is a name, with *rest* below it."""
    chinese, english = _both(words, shapes)

    def apply(node: Node, to: Script) -> Node:
        if not isinstance(node, Mapping):
            return node
        entries = []
        for key, value in node.entries:
            name = english.get(key.text, key.text)
            if name in shapes:
                entries.append((respelt(key, name if to == "en" else chinese.get(name, name)), shapes[name](value, to)))
            else:
                entries.append((key, rest(value, to)))
        return Mapping(tuple(entries), node.span)
    return apply


def every_key(node: Node) -> list[Scalar]:
    """The keys of all mappings in the tree *node*."""
    if isinstance(node, Mapping):
        return [k for key, value in node.entries for k in (key, *every_key(value))]
    return [k for item in node.items for k in every_key(item)] if isinstance(node, Sequence) else []


def is_chinese(keywords: Iterable[Scalar]) -> bool:
    """Whether most of these *keywords*, which are in English, were written in Chinese."""
    found = [keyword.written is not None for keyword in keywords]
    return 2 * sum(found) > len(found)
