"""What a rule waits for, under which condition, and by which fields what comes in belongs together."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from accountability.document import Node, Reading, Scalar, Sequence
from accountability.errors import closest
from accountability.policy.declarations import Pack
from accountability.policy.expression import Expression, FieldRef, Present, parts_of
from accountability.policy.keywords import JOINED, MADE
from accountability.policy.keywords import trigger as trigger_in
from accountability.policy.parser import parse_condition
from accountability.policy.rule import Made, Trigger
from accountability.policy.scope import Scope
from accountability.policy.vocabulary import UNIT

TRIGGER = re.compile(rf"(?:({'|'.join(MADE)}) of )?(.+)")


def read_triggers(node: Node | None, what: str, reading: Reading) -> tuple[Trigger, ...]:
    """`event.type`, `breach of R`, … joined by `or`, or a list of them."""
    found = []
    for item in reading.items(node, what):
        text = reading.text(item, what)
        for part in JOINED.split(text.strip()) if text else ():
            match = TRIGGER.fullmatch(part.strip())
            if match is None:
                reading.fail(item.span, "not-a-trigger", f"`{part}` names neither an event nor a conclusion",
                             "write an event type, or what a rule concludes: " + ", ".join(f"«{m} of RULE»" for m in MADE))
            else:
                found.append(Trigger(Made(match[1] or "event"), match[2]))
    return tuple(found)


def misread(event: Scalar) -> bool:
    """Whether the name of an event type is read as something else where a rule waits for it: `a or b`, `breach of R`."""
    text = trigger_in(event.text, "en")
    return read_triggers(Scalar(text, event.span, quoted=True), "", Reading()) != (Trigger(Made.EVENT, event.text),)


def several(name: str, between: str = ", ") -> str | None:
    """What was meant by commas between several names, with *between* in their place; None where *name* is one."""
    parts = re.split(r"\s*[，、,]\s*", name.strip())
    return between.join(parts) if len(parts) > 1 and all(parts) else None


class Unread(Exception):
    """What a rule waits for could not be read, so the rest of it would only give mistakes that are none."""


class TriggerReader:
    """Reads what one rule waits for in *pack*'s terms. *entries* are its keys, *start* the key that says what starts it."""

    def __init__(self, kind: str, name: Scalar, entries: Mapping[str, Node], pack: Pack, start: str | None) -> None:
        self.kind, self.name, self.entries, self.pack, self.reading = kind, name, entries, pack, pack.reading
        self.when: tuple[Trigger, ...] = ()
        self.trigger: dict[str, FieldRef] = {}
        self.where: Expression | None = None
        if start is not None:
            when = self.wanted(start)
            self.begin(when, self.shared_fields(when))

    def wanted(self, key: str) -> tuple[Trigger, ...]:
        """What stands under *key*, which says what starts the rule. Raises Unread where nothing of it can be read."""
        found = self.triggers(key)
        if not found:
            raise Unread
        return found

    def begin(self, when: tuple[Trigger, ...], fields: Mapping[str, FieldRef]) -> None:
        """Says what starts the rule (nothing where time alone does) and which fields its conditions see."""
        self.when, self.trigger = when, dict(fields)
        shared = {*self.trigger}
        self.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
        self.where = self.condition("where")
        if "bearer" not in shared:
            del self.trigger["bearer"]
        self.trigger |= {p.of.name: attrs.evolve(p.of, optional=False) for p in parts_of(self.where)
                         if isinstance(p, Present) and not p.negated and isinstance(p.of, FieldRef)}

    def text(self, key: str) -> str | None:
        return self.reading.text(self.entries.get(key), f"«{key}»")

    def scalar(self, key: str) -> Scalar | None:
        node = self.entries.get(key)
        return node if self.reading.text(node, f"«{key}»") is not None and isinstance(node, Scalar) else None

    def triggers(self, key: str, node: Node | None = None) -> tuple[Trigger, ...]:
        node = node or self.entries.get(key)
        found = []
        if (isinstance(node, Sequence) and not node.items) or (isinstance(node, Scalar) and node.quoted and not node.text.strip()):
            self.reading.fail(node.span, "empty-value", f"«{key}» is empty", "name an event, or what another rule concludes")
            return ()
        for item in self.reading.items(node, f"«{key}»"):
            if isinstance(item, Scalar) and (name := self._joined_name(item.text)) is not None:
                self.reading.fail(item.span, "reserved-name",
                                  f"`{name}` is the name of one rule, and is read here as several things",
                                  "choose a name without `or` and `或` between its words")
                return ()
        for trigger in read_triggers(node, f"«{key}»", self.reading):
            assert node is not None
            if trigger in self.pack.fields:
                found.append(trigger)
            elif trigger.rule in self.pack.unread:
                continue
            elif (listed := several(trigger.name, " or ")) is not None:
                self.reading.fail(node.span, "not-a-list", f"`{trigger.name}` is one name, not a list", f"write `{listed}`")
            elif trigger.made is Made.EVENT:
                near = closest(trigger.name, [self.reading.said(str(t)) for t in self.pack.fields if t.made is not Made.EVENT])
                self.reading.fail(node.span, "unknown-event", f"no event type is named `{trigger.name}`",
                                  near if near.startswith("did") else closest(trigger.name, self.pack.vocabulary))
            else:
                same_rule = [str(t) for t in self.pack.fields if t.name == trigger.name and t.made is not Made.EVENT]
                rules = [str(t) for t in self.pack.fields if t.made is trigger.made]
                self.reading.fail(node.span, "unknown-rule", f"there is no «{trigger}»",
                                  closest(self.reading.said(str(trigger)), map(self.reading.said, same_rule or rules)))
        return tuple(found)

    def _joined_name(self, text: str) -> str | None:
        """The rule in *text* whose own name holds `or`."""
        parts = JOINED.split(text.strip())
        said = (" or ".join(parts[a:b]) for a in range(len(parts)) for b in range(a + 2, len(parts) + 1))
        names = (match[2] for one in said if (match := TRIGGER.fullmatch(one)) and match[1])
        known = {" or ".join(JOINED.split(name)): name for name in self.pack.bars if JOINED.search(name)}
        return next((known[name] for name in names if name in known), None)

    def shared_fields(self, triggers: tuple[Trigger, ...], scope: str = "trigger") -> dict[str, FieldRef]:
        """The fields that every one of *triggers* has with one type."""
        if not triggers:
            return {}
        first, *rest = (self.pack.fields[t] for t in triggers)
        out = {}
        for name, field in first.items():
            others = [fields.get(name) for fields in rest]
            if all(o is not None and o.type == field.type for o in others):
                out[name] = FieldRef(scope, name, field.type, field.optional or any(o is not None and o.optional for o in others))
        return out

    def scope(self, act: Mapping[str, FieldRef] | None = None, by_then: bool = False) -> Scope:
        return Scope(self.trigger, act or {}, self.pack.parameters, self.pack.vocabulary, self.pack.conclusions, by_then)

    def shared_names(self, node: Node | None, one: Mapping[str, FieldRef], other: Mapping[str, FieldRef]) -> tuple[str, ...]:
        """The fields in *node* that both sides have with one type."""
        found = []
        for item in self.reading.items(node, "«same»"):
            name = self.reading.text(item, "«same»")
            if name is None:
                continue
            if name not in one or name not in other or one[name].type != other[name].type:
                self.reading.fail(item.span, "unknown-field", f"`{name}` is not a field of both sides with one type",
                                  closest(name, [n for n in one if n in other]))
            else:
                found.append(name)
        return tuple(found)

    def keyed(self, key: str, same: tuple[str, ...], node: Node | None = None) -> tuple[tuple[Trigger, ...], dict[str, FieldRef]]:
        """The triggers under *key*, which must carry the fields *same* as the rule's own trigger does; and their fields."""
        triggers = self.triggers(key, node)
        fields = self.shared_fields(triggers, "act") if triggers else {}
        for name in same if triggers else ():
            if name not in fields or fields[name].type != self.trigger[name].type:
                self.reading.fail((node or self.entries[key]).span, "unknown-field",
                                  f"what «{key}» waits for has no field `{name}`",
                                  f"declare `{name}`, by which it belongs to the rule")
        return triggers, fields

    def joined(self) -> tuple[Trigger, ...]:
        """What «joined with» names; «same» must say how it belongs to the trigger."""
        if "same" not in self.entries:
            self.reading.fail(self.entries["joined with"].span, "missing-key",
                              f"the {self.kind} `{self.name.text}` lacks «same»",
                              "name the field by which the failure and the event belong together" if self.kind == "prohibition"
                              else "name the field by which the two belong together")
        return self.triggers("joined with")

    def condition(self, key: str, act: Mapping[str, FieldRef] | None = None) -> Expression | None:
        node = self.scalar(key)
        return None if node is None else parse_condition(node, self.scope(act), self.reading)

    def field_names(self, key: str, *, of: Mapping[str, FieldRef] | None = None) -> tuple[str, ...]:
        """A list of fields of the trigger (and, with *of*, of the act too, with the same type)."""
        found = []
        for item in self.reading.items(self.entries.get(key), f"«{key}»"):
            name = self.reading.text(item, f"«{key}»")
            if name is None:
                continue
            if name not in self.trigger and (listed := several(name)) is not None:
                self.reading.fail(item.span, "not-a-list", f"`{name}` is one name, not a list", f"write `[{listed}]`")
            elif name not in self.trigger:
                self.reading.fail(item.span, "unknown-field", f"the trigger has no field `{name}`", closest(name, self.trigger))
            elif of is not None and (name not in of or of[name].type != self.trigger[name].type):
                self.reading.fail(item.span, "unknown-field", f"`{name}` is not a field of both sides with one type",
                                  closest(name, [n for n in of if n in self.trigger]))
            elif self.trigger[name].optional:
                self.reading.fail(item.span, "optional-key", f"`{name}` may be missing, so nothing can be told apart by it",
                                  f"declare `{name}` without «optional», or use another field")
            else:
                found.append(name)
        return tuple(found)

    def key(self, key: str, *, of: Mapping[str, FieldRef] | None = None) -> tuple[str, ...]:
        """The fields by which happenings belong together, as `field_names` reads them; an empty list is a mistake."""
        node = self.entries.get(key)
        if isinstance(node, Sequence) and not node.items:
            self.reading.fail(node.span, "no-key", f"«{key}» of `{self.name.text}` does not say what belongs together",
                              f"name a field, such as `{key}: case`")
        return self.field_names(key, of=of)
