"""From the text of one rule to its model: one reader per kind of rule."""

from __future__ import annotations

from collections.abc import Mapping

from accountability.document import Mapping as MappingNode
from accountability.document import Node, Scalar
from accountability.errors import closest
from accountability.policy.amounts import PERIODS, read_plain_limit, read_reckoning, read_term, read_tiers, read_window
from accountability.policy.clauses import ClauseReader, Pack
from accountability.policy.expression import FieldRef
from accountability.policy.model import (
    Again,
    Decision,
    Duty,
    Effect,
    Fires,
    Join,
    Made,
    On,
    Overlay,
    Prohibition,
    Rule,
    Threshold,
    Trigger,
)
from accountability.policy.parser import parse_instant
from accountability.policy.vocabulary import UNIT, EventType

SHARED = ("title", "source", "effective", "where", "about", "answers", "report")
KEYS: Mapping[str, tuple[str, ...]] = {
    "duty": ("when", "bearer", "must", "same", "provided", "within", "due", "roll", "calendar", "clock starts", "business hours",
             "until close of business", "again", "even before", "breach"),
    "prohibition": ("when", "bearer", "joined with", "same", "within", "breach"),
    "threshold": ("count", "per", "within", "reaches", "fires", "bearer", "finding"),
    "effect": ("when", "bearer", "propose", "on", "once per", "decided by", "same", "provided", "standing"),
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "duty": ("when", "bearer", "must", "same"), "prohibition": ("when", "bearer"),
    "threshold": ("count", "per", "within", "reaches", "fires"), "effect": ("when", "propose"),
}


class RuleReader(ClauseReader):
    """Reads the rule of *kind* called *name* whose keys are those of *node*, in *pack*'s terms."""

    def __init__(self, kind: str, name: Scalar, node: MappingNode, pack: Pack) -> None:
        overlays = tuple(k.text for k, _ in node.entries if k.text.startswith("during ") and kind == "duty")
        entries = pack.reading.mapping(node, f"the {kind} `{name.text}`", (kind, *SHARED, *KEYS[kind], *overlays), REQUIRED[kind])
        super().__init__(kind, name, entries, pack, "count" if kind == "threshold" else "when")

    def read(self) -> Rule:
        """The rule, as far as it can be read; its mistakes are written down."""
        rule: Rule = getattr(self, f"read_{self.kind}")()
        return rule

    def read_duty(self) -> Duty:
        bearer = self.bearer()
        self.trigger["bearer"] = FieldRef("trigger", "bearer", UNIT)
        must = self.triggers("must")
        act = self.shared_fields(must, "act") if must else None
        same = self.key("same", of=act)
        due_node = self.scalar("due")
        due = parse_instant(due_node, self.scope(), self.reading) if due_node else None
        tiers = read_tiers(self.entries.get("within"), self.scope(), self.reading)
        if ("within" in self.entries) == ("due" in self.entries):
            self.reading.fail(self.name.span, "no-limit", f"the duty `{self.name.text}` needs exactly one of «within» and «due»",
                              "write «within: LIMIT», or «due: FIELD» where the event carries the instant")
        overlays = [o for key, node in self.entries.items() if key.startswith("during ") and (o := self.overlay(key, node))]
        again = self.reading.keyword(self.entries.get("again"), "«again»", Again) or "new"
        reckoning = read_reckoning(self.entries, self.pack.defaults, self.pack.folder, self.reading)
        return Duty(bearer=bearer, must=must, same=same, provided=self.condition("provided", act) if must else None, tiers=tiers,
                    due=due, reckoning=reckoning, overlays=tuple(overlays), again=Again(again),
                    even_before=read_plain_limit(self.scalar("even before"), self.reading), weight=self.weight("breach"),
                    **self.shared(same[0] if same else "bearer"))  # type: ignore[arg-type]

    def overlay(self, key: str, node: Node) -> Overlay | None:
        """`during PERIOD: {within: …}`: other limits of a duty that has some."""
        body = self.reading.mapping(node, f"«{key}»", ("within",), ("within",))
        period = self.pack.periods.get(key[7:])
        if period is None:
            self.reading.fail(node.span, "unknown-period", f"the pack declares no period `{key[7:]}`",
                              closest(key[7:], self.pack.periods))
            return None
        if "within" not in self.entries:
            self.reading.fail(node.span, "no-limit", f"«{key}» changes the limit of a duty that has none",
                              "write «within: LIMIT» beside it")
        return Overlay(period, read_tiers(body.get("within"), self.scope(), self.reading))

    def read_prohibition(self) -> Prohibition:
        bearer = self.bearer()
        self.trigger["bearer"] = FieldRef("trigger", "bearer", UNIT)
        join = None
        if "joined with" in self.entries:
            with_ = self.triggers("joined with")
            if "same" not in self.entries:
                self.reading.fail(self.entries["joined with"].span, "missing-key",
                                  f"the prohibition `{self.name.text}` lacks «same»",
                                  "name the field by which the failure and the event belong together")
            same = self.key("same", of=self.shared_fields(with_) if with_ else None)
            join = Join(with_, same, read_plain_limit(self.scalar("within"), self.reading))
        else:
            for key in ("same", "within"):
                if key in self.entries:
                    self.reading.fail(self.entries[key].span, "no-join", f"«{key}» stands without «joined with»",
                                      "name the failure that makes the event a breach")
        subject = next((n for t in self.when for n in self.trigger if self.read_from_subject(t, n)), "bearer")
        return Prohibition(bearer=bearer, join=join, weight=self.weight("breach"), **self.shared(subject))  # type: ignore[arg-type]

    def read_from_subject(self, trigger: Trigger, name: str) -> bool:
        declared = self.pack.vocabulary.get(trigger.name)
        return declared is not None and name in declared.fields and declared.fields[name].where == "subject"

    def read_threshold(self) -> Threshold:
        per = self.key("per")
        units = [n for n in per if self.trigger[n].type.kind in ("unit", "post")]
        bearer = self.bearer(units[0] if units else "bearer")
        self.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
        reaches = self.reading.integer(self.entries.get("reaches"), "«reaches»")
        if reaches is not None and reaches < 1:
            self.reading.fail(self.entries["reaches"].span, "not-a-count", f"«reaches» is {reaches}", "write 1 or more")
        fires = self.reading.keyword(self.entries.get("fires"), "«fires»", Fires, "write «each», «rising» or «once, used up»")
        return Threshold(bearer=bearer, per=per, window=read_window(self.scalar("within"), self.reading),
                         zone=self.pack.defaults.zone, reaches=max(reaches or 1, 1), fires=Fires(fires or "each"),
                         weight=self.weight("finding"), **self.shared(per[0] if per else "bearer"))  # type: ignore[arg-type]

    def read_effect(self) -> Effect:
        units = [name for name, field in self.trigger.items() if field.type == UNIT]
        bearer = self.bearer("bearer" if "bearer" in units or not units else units[0])
        self.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
        once = self.reading.keyword(self.entries.get("once per"), "«once per»", [f"calendar {p}" for p in PERIODS])
        period = next((p for p in PERIODS if once == f"calendar {p}"), None)
        return Effect(bearer=bearer, measure=self.text("propose") or "", on=self.on(), once_per=period,
                      zone=self.pack.defaults.zone, decision=self.decision(), **self.shared("bearer"))  # type: ignore[arg-type]

    def on(self) -> tuple[On, ...]:
        """`unit`, `RESPONSIBILITY at MOMENT`, or a list of them; the unit where nothing is said."""
        found = []
        for item in self.reading.items(self.entries.get("on"), "«on»"):
            text = self.reading.text(item, "«on»")
            if text == "unit":
                found.append(On())
            elif text is not None:
                line, _, moment = text.rpartition(" at ")
                spec = self.answer(line.strip(), f"at {moment.strip()}" if line else text, item)
                found += [On(spec)] if spec is not None else []
        return tuple(found) or (On(),)

    def decision(self) -> Decision | None:
        if "decided by" not in self.entries:
            for key in ("standing", "same", "provided"):
                if key in self.entries:
                    self.reading.fail(self.entries[key].span, "no-decision", f"«{key}» stands without «decided by»",
                                      "name the event by which the competent body decides")
            return None
        triggers = self.triggers("decided by")
        if len(triggers) > 1 or any(t.made is not Made.EVENT for t in triggers):
            self.reading.fail(self.entries["decided by"].span, "not-one-event", f"the effect `{self.name.text}` is decided by "
                              + " or ".join(f"`{t}`" for t in triggers), "name the one event by which the competent body decides")
        act = self.shared_fields(triggers, "act") if triggers else None
        same = self.key("same", of=act)
        if "same" not in self.entries:
            self.reading.fail(self.name.span, "missing-key", f"the effect `{self.name.text}` lacks «same»",
                              "name the field that tells which proposal a decision is about")
        entries = self.reading.mapping(self.entries.get("standing"), "«standing»", ("term", "bars"), ("term",))
        term = read_term(entries.get("term"), self.reading)
        if "standing" not in self.entries:
            self.reading.fail(self.name.span, "effect-without-term",
                              f"the effect `{self.name.text}` does not say how long it stands", "add «standing: {term: …}»")
        bars = self.reading.names(entries.get("bars"), "«bars»")
        provided = self.condition("provided", act) if triggers else None
        return Decision(triggers[0].name if triggers else "", same, provided, term, bars)


def fields_of_event(declared: EventType) -> Mapping[str, FieldRef]:
    """The fields of an event type, as a rule sees them."""
    return {name: FieldRef("trigger", name, field.type, field.optional) for name, field in declared.fields.items()}


def conclusions_of(rule: Rule, trigger: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for once *rule* is read, with the fields that it carries."""
    carried = dict(trigger) | {"bearer": FieldRef("trigger", "bearer", UNIT)}
    match rule:
        case Duty():
            return {Trigger(Made.BREACH, rule.name): carried, Trigger(Made.DISCHARGE, rule.name): carried}
        case Prohibition():
            return {Trigger(Made.BREACH, rule.name): carried}
        case Threshold():
            return {Trigger(Made.FINDING, rule.name): {n: carried[n] for n in (*rule.per, "bearer") if n in carried}}
        case Effect():
            kept = (*rule.decision.same, "bearer") if rule.decision else ()
            return {Trigger(Made.STANDING, rule.name): {n: carried[n] for n in kept}} if rule.decision else {}
