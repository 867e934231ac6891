"""In which order the rules of a pack are read: each after those that it waits for, asks about, is defeated or barred by."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from accountability.document import Mapping, Node, Reading, Scalar, Sequence
from accountability.policy.declarations import Pack
from accountability.policy.forms import Either, Expressed, Form, Many, Record, Triggers
from accountability.policy.kinds import FORMS, WORDS
from accountability.policy.parser import rules_asked
from accountability.policy.rule import Trigger
from accountability.policy.triggers import read_triggers


@attrs.frozen
class Draft:
    """A rule before it is read: the word that it begins with, its name, its node, and the rules that are read before it."""

    word: str
    name: Scalar
    node: Mapping
    after: frozenset[str]
    index: int
    beaten_by: frozenset[str] = frozenset()
    """The rules that defeat it."""


def drafts_of(items: list[Mapping], reading: Reading) -> list[Draft]:
    """The rules that are written in *items*; what is none is written down."""
    drafts: list[Draft] = []
    for item in items:
        words = [k.text for k, _ in item.entries if k.text in FORMS and item.get(k.text) is not None]
        if not words:
            near = next((reading.closest(key.text, WORDS) for key, _ in item.entries[:1]), "")
            reading.fail(item.span, "no-kind", "a rule does not say what kind it is",
                         near if near.startswith("did") else "begin it with one of " + ", ".join(f"«{k}:»" for k in WORDS))
            continue
        name = item.get(words[0])
        if reading.text(name, "the name of a rule") is None or not isinstance(name, Scalar):
            continue
        if not reading.once(name.span, f"the rule `{name.text}`"):
            continue
        form = FORMS[words[0]]
        after = frozenset((*(t.rule for t in _triggers(item, form) if t.rule is not None), *_asked(item, form)))
        drafts.append(Draft(words[0], name, item, after, len(drafts)))
    silent = Reading()
    beaten = {d.name.text: silent.names(d.node.get("defeats"), "") for d in drafts}
    return [_after_all(d, frozenset(n for n, others in beaten.items() if d.name.text in others)) for d in drafts]


def _after_all(draft: Draft, beaten_by: frozenset[str]) -> Draft:
    return attrs.evolve(draft, after=draft.after | beaten_by, beaten_by=beaten_by)


def _triggers(node: Node, form: Form) -> Iterator[Trigger]:
    """Everything that *node*, written in *form*, waits for, as far as it can be read."""
    for inner, shape in _leaves(node, form):
        if isinstance(shape, Triggers):
            yield from read_triggers(inner, "", Reading())


def _asked(node: Node, form: Form) -> Iterator[str]:
    """The rules that conditions in *node* ask about: `no standing of R of the same case`."""
    for inner, shape in _leaves(node, form):
        if isinstance(shape, Expressed) and isinstance(inner, Scalar):
            yield from rules_asked(inner.text)


def _leaves(node: Node, form: Form) -> Iterator[tuple[Node, Form]]:
    """The parts of *node* that stand alone, each with its form."""
    match form:
        case Many(of=of):
            for item in node.items if isinstance(node, Sequence) else (node,):
                yield from _leaves(item, of)
        case Either(scalar=scalar, other=other):
            yield from _leaves(node, scalar if isinstance(node, Scalar) else other)
        case Record() if isinstance(node, Mapping):
            for key, value in node.entries:
                if (below := form.below(key.text)) is not None:
                    yield from _leaves(value, below)
        case Record():
            pass
        case _:
            yield node, form


def bars_of(draft: Draft) -> tuple[str, ...]:
    """The acts that its standing bars, as far as they can be read."""
    standing = draft.node.get("standing")
    bars = standing.get("bars") if isinstance(standing, Mapping) else None
    return Reading().names(bars, "")


def with_bars(drafts: list[Draft], pack: Pack) -> list[Draft]:
    """A gate is read after every effect that bars what it is about."""
    found = []
    for draft in drafts:
        barred = draft.node.get("barred")
        acts = Reading().names(barred.get("from"), "") if isinstance(barred, Mapping) else ()
        found.append(attrs.evolve(draft, after=draft.after | {*pack.barring(acts)}))
    return found


def ordered(drafts: list[Draft], reading: Reading) -> Iterator[Draft]:
    """Every rule after those it waits for; a circle is written down once, and its rules are not read."""
    names = {d.name.text for d in drafts}
    done: set[str] = set()
    left = list(drafts)
    while left:
        ready = [d for d in left if all(name in done or name not in names for name in d.after)]
        if not ready:
            circle = " → ".join(f"`{d.name.text}`" for d in left)
            if any(all(name in done or name not in names for name in d.after - d.beaten_by) for d in left):
                reading.fail(left[0].name.span, "circular-defeat", f"these rules defeat each other: {circle}",
                             "let one of them yield to all the others")
                return
            reading.fail(left[0].name.span, "circular-derivation", f"these rules wait for each other: {circle}",
                         "let one of them start from an event")
            return
        for draft in ready:
            yield draft
            done.add(draft.name.text)
            left.remove(draft)
