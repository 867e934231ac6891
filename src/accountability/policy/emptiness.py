"""Keys under which nothing stands. In: a rule file or a scenario in English, by its forms. Out: each such key, written down.

`on: []` proposes nothing to anybody, and `unless: {}` excepts nothing: what is written, and asks for nothing, was meant to ask for
something. Where nothing says something, too, as in `findings: []`, the form says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from accountability.document import Mapping, Node, Reading, Scalar, Sequence
from accountability.policy.forms import Either, Form, Many, Plain, Record, Triggers
from accountability.policy.kinds import WORDS, kind_of
from accountability.policy.kinds.ladder import FORM as LADDER
from accountability.policy.sections import FILE


@attrs.frozen
class Empty:
    """A *key* under which the *node* holds nothing. *needed*: whether it cannot be left out."""

    key: Scalar
    node: Node
    needed: bool


def empty_in(file: Node) -> Iterator[Empty]:
    """Every key in *file* that stands there for nothing. Sections may be empty: a file is begun so."""
    if not isinstance(file, Mapping):
        return
    for key, value in file.entries:
        if key.text == "rules":
            for item in value.items if isinstance(value, Sequence) else (value,):
                yield from empty_below(item, _form_of(item))
        elif (form := FILE.keys.get(key.text)) is not None:
            yield from _under(key, value, form, key.text in FILE.required)


def empty_below(node: Node, form: Form) -> Iterator[Empty]:
    """The same below *node*, which has that *form*."""
    match form:
        case Either(scalar=scalar, other=other):
            yield from empty_below(node, scalar if isinstance(node, Scalar) else other)
        case Many(of=of):
            for item in node.items if isinstance(node, Sequence) else (node,):
                yield from empty_below(item, of)
        case Record() if isinstance(node, Mapping):
            for key, value in node.entries:
                if (below := form.below(key.text)) is not None:
                    yield from _under(key, value, below, key.text in form.required)


def refuse(found: Iterable[Empty], reading: Reading) -> None:
    """Writes each of *found* down, unless it is written down already what is missing there."""
    said = {d.span for d in reading.diagnostics if d.check != "wrong-kind"}
    for empty in found:
        if empty.node.span not in said:
            reading.fail(empty.node.span, "empty-value", f"`{empty.key.written or empty.key.text}` is empty",
                         "write a value" if empty.needed else "write a value, or leave it out")


def _form_of(rule: Node) -> Form:
    keys = [key.text for key, _ in rule.entries] if isinstance(rule, Mapping) else []
    word = next((key for key in keys if key in WORDS), None)
    return Record() if word is None else LADDER if word == "ladder" else kind_of(word, keys).form


def _under(key: Scalar, node: Node, form: Form, needed: bool) -> Iterator[Empty]:
    if _nothing(node, form):
        yield Empty(key, node, needed)
    elif isinstance(form, Many) and isinstance(node, Sequence):
        for item in node.items:
            yield from _under(key, item, form.of, needed=True)
    else:
        yield from empty_below(node, form)


def _nothing(node: Node, form: Form) -> bool:
    """Whether *node* holds nothing where *form* wants something. Quotes around nothing are a text, where one text is wanted."""
    match node, form:
        case _, Many(empty=True) | Record(empty=True) | Plain(what="anything" | "organisation"):
            return False
        case Scalar(text=text, quoted=quoted), _:
            return not text and (not quoted or isinstance(form, Many | Record | Triggers))
        case Sequence(items=items), _:
            return not items
        case Mapping(entries=entries), _:
            return not entries
