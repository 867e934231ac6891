"""What every rule may say: what it waits for, who bears it, who answers for it, what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import attrs

from accountability.document import Mapping as MappingNode
from accountability.document import Node, Reading, Scalar, Sequence
from accountability.errors import closest
from accountability.organisation import ResponsibilityKind
from accountability.policy.amounts import Defaults, FindCalendar, read_effective
from accountability.policy.expression import Expression, FieldRef, Parameter, Present, parts_of
from accountability.policy.keywords import JOINED, MADE
from accountability.policy.keywords import trigger as trigger_in
from accountability.policy.parser import parse_condition
from accountability.policy.rule import AnswerSpec, Bearer, Effective, Exemption, Made, Period, RuleBase, Source, Trigger, Weight
from accountability.policy.scope import UNIT_PREFIXES, Scope, bare
from accountability.policy.vocabulary import UNIT, EventType, Sort

TRIGGER = re.compile(rf"(?:({'|'.join(MADE)}) of )?(.+)")


@attrs.define
class Pack:
    """A pack while it is being read."""

    reading: Reading
    calendars: FindCalendar
    defaults: Defaults
    vocabulary: dict[str, EventType] = attrs.Factory(dict)
    parameters: dict[str, Parameter] = attrs.Factory(dict)
    periods: dict[str, Period] = attrs.Factory(dict)
    sources: dict[str, Source] = attrs.Factory(dict)
    responsibility: dict[str, ResponsibilityKind] = attrs.Factory(dict)
    fields: dict[Trigger, Mapping[str, FieldRef]] = attrs.Factory(dict)
    """What is known of every event type and of every conclusion of the rules read so far."""
    conclusions: dict[str, Mapping[str, FieldRef]] = attrs.Factory(dict)
    """The latter, by the words of a condition: `standing of R`."""
    unread: set[str] = attrs.Factory(set)
    """The rules that could not be read; what waits for them is not blamed for it."""
    unborne: set[str] = attrs.Factory(set)
    """The rules that may have no bearer."""
    rules: dict[str, RuleBase] = attrs.Factory(dict)
    """The rules read so far, by name."""
    bars: dict[str, tuple[str, ...]] = attrs.Factory(dict)
    """What the effects of the pack keep from, by their names, whether read by now or not."""

    def barring(self, acts: Iterable[str]) -> Iterator[str]:
        """The effects that keep from one of *acts*."""
        yield from (name for name, bars in self.bars.items() if {*bars} & {*acts})


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


class ClauseReader:
    """Reads the clauses of one rule in *pack*'s terms. *entries* are its keys, *start* the key that says what starts it."""

    def __init__(self, kind: str, name: Scalar, entries: Mapping[str, Node], pack: Pack, start: str | None,
                 moments: tuple[str, ...]) -> None:
        self.kind, self.name, self.entries, self.pack, self.reading = kind, name, entries, pack, pack.reading
        self.moments = moments
        self.when: tuple[Trigger, ...] = ()
        self.trigger: dict[str, FieldRef] = {}
        self.where: Expression | None = None
        self.unborne = False
        """Whether it may have no bearer: neither it nor what it waits for names one."""
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

    def own_subject(self) -> str:
        """The field that a rule is about where it says nothing: the one read from the subject of its events, else the bearer."""
        return next((n for t in self.when for n in self.trigger if self._from_subject(t, n)), "bearer")

    def _from_subject(self, trigger: Trigger, name: str) -> bool:
        declared = self.pack.vocabulary.get(trigger.name)
        return declared is not None and name in declared.fields and declared.fields[name].where == "subject"

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

    def bearer(self, default: str | None = None) -> Bearer:
        node = self.entries.get("bearer")
        text = self.reading.text(node, "«bearer»") if node is not None else default
        if text is None:
            return Bearer(field="bearer")
        field = self.trigger.get(text)
        carried = text == "bearer" and any(t.rule in self.pack.unborne for t in self.when)
        if carried or (node is None and (field is None or field.optional)):
            self.unborne = True
            self.pack.unborne.add(self.name.text)
        if field is not None and field.type.kind in ("unit", "post") and field.type.sort is Sort.REFERENCE:
            if field.optional and node is not None:
                self.reading.fail(node.span, "bearer-may-be-missing", f"`{text}` may be missing, so nobody would owe",
                                  f"declare `{text}` without «optional»")
            return Bearer(field=text)
        if text.startswith(UNIT_PREFIXES):
            return Bearer(unit=bare(text, "unit"))
        if node is None:
            return Bearer(field="bearer")
        candidates = [n for n, f in self.trigger.items() if f.type.kind in ("unit", "post")]
        self.reading.fail(node.span, "unknown-bearer", f"`{text}` is no unit or post of the trigger",
                          closest(text, candidates) if candidates else "name a unit, such as `unit/county`")
        return Bearer(field="bearer")

    def answers(self) -> tuple[AnswerSpec, ...]:
        node = self.entries.get("answers")
        found = []
        for line, value in self.reading.mapping(node, "«answers»").items():
            spec = self.answer(line, self.reading.text(value, f"`{line}`"), value)
            if spec is not None:
                found.append(spec)
        return tuple(found)

    def answer(self, line: str, text: str | None, node: Node) -> AnswerSpec | None:
        match = re.fullmatch(r"(?:(\S+)\s+)?at\s+(\S+)(?:\s+of\s+the\s+same\s+(\S+))?", text or "")
        if match is None:
            if text is not None:
                self.reading.fail(node.span, "no-moment", f"`{text}` does not say at which moment the holder is looked up",
                                  "write «at trigger», «at due», «at finding», or «at FIELD» with a field that holds an instant")
            return None
        post, moment, same = match.groups()
        field = self.trigger.get(moment)
        event = None
        if same is not None:
            event = self.event_moment(moment, same, node)
            if event is None:
                return None
        elif moment not in self.moments and (field is None or field.type.sort is not Sort.INSTANT):
            known = [*self.moments, *(n for n, f in self.trigger.items() if f.type.sort is Sort.INSTANT)]
            shown = moment
            if isinstance(node, Scalar) and node.written is not None:
                shown, *known = (self.reading.other(f"at {m}") for m in (moment, *known))
            self.reading.fail(node.span, "unknown-moment", f"`{shown}` is no moment of this {self.kind}", closest(shown, known))
            return None
        if post is not None:
            declared = self.trigger.get(post)
            if declared is None or declared.type.kind != "post":
                self.reading.fail(node.span, "unknown-field", f"`{post}` is no post of the trigger",
                                  closest(post, [n for n, f in self.trigger.items() if f.type.kind == "post"]))
                return None
            return AnswerSpec(line, moment, post=post, event=event)
        if line not in self.pack.responsibility:
            self.reading.fail(node.span, "unknown-responsibility", f"the pack declares no responsibility `{line}`",
                              closest(line, self.pack.responsibility))
            return None
        return AnswerSpec(line, moment, kind=self.pack.responsibility[line], event=event)

    def event_moment(self, name: str, field: str, node: Node) -> tuple[str, str] | None:
        """`at EVENT of the same FIELD`: when the first event of a type happened that shares a field with the trigger."""
        declared = self.pack.vocabulary.get(name)
        if declared is None:
            self.reading.fail(node.span, "unknown-event", f"no event type is named `{name}`", closest(name, self.pack.vocabulary))
            return None
        mine = self.trigger.get(field)
        if mine is None or field not in declared.fields or declared.fields[field].type != mine.type:
            self.reading.fail(node.span, "unknown-field", f"`{field}` is not a field of both the trigger and `{name}`",
                              closest(field, [n for n in declared.fields if n in self.trigger]))
            return None
        return name, field

    def about(self, default: str) -> tuple[str, str]:
        node = self.entries.get("about")
        name = self.reading.text(node, "«about»") if node is not None else default
        # Other kinds are about their bearer where nothing else can be read, which is a mistake of its own.
        if name == "bearer" and self.unborne and (node is not None or self.kind in ("gate", "effect")):
            known = [n for n, f in self.trigger.items() if f.type.sort is Sort.REFERENCE and not f.optional and n != "bearer"]
            self.reading.fail(self.name.span if node is None else node.span, "no-subject",
                              f"`{self.name.text}` is about its bearer, and what it waits for may name none",
                              "say who it is, «bearer: unit/county»"
                              + (", or what it is about, " + " or ".join(f"«about: {n}»" for n in known) if known else ""))
        field = self.trigger.get(name or default)
        if field is None or field.type.sort is not Sort.REFERENCE or field.optional:
            if name == "bearer" or name is None:
                return "bearer", "unit"
            known = [n for n, f in self.trigger.items() if f.type.sort is Sort.REFERENCE and not f.optional]
            span, way_out = self.name.span, "name it with «about»; " + closest(name, known)
            if node is not None:
                span, way_out = node.span, closest(name, known)
            self.reading.fail(span, "no-subject",
                              f"`{name}` is not a required reference of the trigger, so it cannot name the subject", way_out)
            return "bearer", "unit"
        return field.name, field.type.kind

    def weight(self, key: str) -> Weight:
        entries = self.reading.mapping(self.entries.get(key), f"«{key}»", ("severity", "points"))
        return Weight(self.reading.text(entries.get("severity"), "«severity»"),
                      self.reading.integer(entries.get("points"), "«points»"))

    def exemptions(self, key: str = "unless", act: Mapping[str, FieldRef] | None = None) -> tuple[Exemption, ...]:
        """`unless: {LABEL: CONDITION}`, or with its source `{LABEL: {where: CONDITION, source: KEY}}`; about an *act*, if given."""
        found = []
        for label, node in self.reading.mapping(self.entries.get(key), f"«{key}»").items():
            source = ""
            if isinstance(node, MappingNode):
                entries = self.reading.mapping(node, f"`{label}`", ("where", "source"), ("where",))
                source = self.source(entries.get("source"))
                node = entries.get("where", node)
            if self.reading.text(node, f"`{label}`") is None or not isinstance(node, Scalar):
                continue
            condition = parse_condition(node, self.scope(act), self.reading)
            if condition is not None:
                found.append(Exemption(label, condition, source))
        return tuple(found)

    def source(self, node: Node | None) -> str:
        """The key of a source that the pack declares, or nothing."""
        source = self.reading.text(node, "«source»")
        if source is not None and node is not None and source not in self.pack.sources:
            self.reading.fail(node.span, "unknown-source", f"the pack declares no source `{source}`",
                              closest(source, self.pack.sources))
        return source or ""

    def draft(self) -> bool:
        """Whether the rule is tried out, and in force for nobody yet."""
        if "draft" not in self.entries:
            return self.pack.defaults.draft
        return bool(self.reading.boolean(self.entries["draft"], "«draft»"))

    def effective(self) -> Effective:
        if "effective" not in self.entries:
            return self.pack.defaults.effective
        return read_effective(self.entries["effective"], self.reading)

    def shared(self, default_about: str) -> dict[str, object]:
        about, about_kind = self.about(default_about)
        report = self.reading.keyword(self.entries.get("report"), "«report»", ("all", "exceptions"), "write «all» or «exceptions»")
        return {
            "name": self.name.text, "title": self.text("title") or "", "source": self.source(self.entries.get("source")),
            "when": self.when, "where": self.where, "exemptions": self.exemptions(),
            "defeats": self.reading.names(self.entries.get("defeats"), "«defeats»"), "about": about, "about_kind": about_kind,
            "answers": self.answers(), "report_all": report == "all", "draft": self.draft(), "effective": self.effective(),
            "span": self.name.span}
