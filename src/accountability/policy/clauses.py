"""What every rule may say: who bears it, who answers for it, what it is about. What it waits for is read by `triggers`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from accountability.document import Mapping as MappingNode
from accountability.document import Node, Scalar
from accountability.errors import closest
from accountability.policy.amounts import read_effective
from accountability.policy.declarations import Pack
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.parser import parse_condition
from accountability.policy.rule import AnswerSpec, Bearer, Effective, Exemption, Trigger, Weight
from accountability.policy.scope import UNIT_PREFIXES, bare
from accountability.policy.triggers import TriggerReader
from accountability.policy.vocabulary import Sort


class ClauseReader(TriggerReader):
    """Reads the clauses of one rule. *moments* are those at which one may look up who answers, beside its own fields."""

    def __init__(self, kind: str, name: Scalar, entries: Mapping[str, Node], pack: Pack, start: str | None,
                 moments: tuple[str, ...]) -> None:
        super().__init__(kind, name, entries, pack, start)
        self.moments = moments
        self.unborne = False
        """Whether it may have no bearer: neither it nor what it waits for names one."""

    def own_subject(self) -> str:
        """The field that a rule is about where it says nothing: the one read from the subject of its events, else the bearer."""
        return next((n for t in self.when for n in self.trigger if self._from_subject(t, n)), "bearer")

    def _from_subject(self, trigger: Trigger, name: str) -> bool:
        declared = self.pack.vocabulary.get(trigger.name)
        return declared is not None and name in declared.fields and declared.fields[name].where == "subject"

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
                names = ", ".join(f"`{self.reading.said(f'at {moment}')}`" for moment in self.moments)
                self.reading.fail(node.span, "no-moment", f"`{text}` does not say at which moment the holder is looked up",
                                  f"write {names}, or «at FIELD» with a field that holds an instant")
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

    def requirements(self) -> tuple[tuple[str, Expression], ...]:
        """The conditions under `requires` by their labels, of what is known by then."""
        found = []
        for label, node in self.reading.mapping(self.entries.get("requires"), "«requires»").items():
            if self.reading.text(node, f"`{label}`") is not None and isinstance(node, Scalar):
                condition = parse_condition(node, self.scope(by_then=True), self.reading)
                found += [(label, condition)] if condition is not None else []
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
