"""Reporting: what has been learned climbs from unit to unit, each on its own clock, as far as what it has been told demands.

A unit that learns of something, or receives a report from below, owes its immediate superior a report unless its route ends with
it. While it owes one, what it learns further goes with that. Nothing but a report to the superior discharges it: a report past the
superior, lawful or not, does not (accident reports 2007 arts 9 to 13; Emergency Response Law art. 17).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from accountability.conclusion import Conclusion, Fact, Kind, Status
from accountability.event import Happening, Order, following
from accountability.judgement.bykey import Inputs, Key, Outcome, World, of_role, triggers_in
from accountability.policy.kinds.reporting import Reporting, Role
from accountability.policy.rule import ACT, TRIGGER, Made, Tier
from accountability.workdays import Due, Limit, Reckoning

COPY = "copy to the immediate superior"


def reporting(rule: Reporting, world: World, key: Key, inputs: Inputs) -> Iterator[Outcome]:
    """What becomes of every hop, and of every report past an immediate superior."""
    climb = Climb(rule, world, inputs)
    climb.run()
    yield from climb.skips
    for hop in climb.hops:
        yield climb.outcome(hop)


@attrs.define
class Hop:
    """One report that *unit* owes to *superior* since *news* reached it. In a void hop, *superior* is a level that is not there."""

    news: Happening
    unit: str
    superior: str
    fields: Mapping[str, object]
    due: Due
    limit: Limit
    void: bool = False
    done: Happening | None = None
    direct: list[str] = attrs.Factory(list)
    """Why reports that went past the superior were lawful."""
    found: Happening | None = None
    false: bool = False

    @property
    def label(self) -> str:
        return f"{self.unit} -> {self.superior}"

    @property
    def late(self) -> bool:
        return self.done is not None and self.done.occurred_at > self.due.last


@attrs.define
class Climb:
    """All that happened under one key, walked through in order."""

    rule: Reporting
    world: World
    inputs: Inputs
    hops: list[Hop] = attrs.Factory(list)
    skips: list[Outcome] = attrs.Factory(list)
    last: dict[str, Hop] = attrs.Factory(dict)
    """The last hop that each unit owed."""
    told: dict[str, dict[str, object]] = attrs.Factory(dict)
    start: Happening | None = None
    """The trigger that came last, and its fields."""
    fields: Mapping[str, object] = attrs.Factory(dict)

    def run(self) -> None:
        triggers = {t.key: (unit, fields) for t, unit, fields in triggers_in(self.rule, self.world, self.inputs) if self.counts(t)}
        for _, role, happening in self.inputs:
            if role == TRIGGER and happening.key in triggers:
                unit, self.fields = triggers[happening.key]
                self.start = happening
                if unit is not None:
                    self.tell(unit, {n: happening.fields.get(n) for n in self.rule.known})
                    self.news(happening, unit, self.rule.first)
            elif role == ACT:
                self.report(happening)
            elif role == Role.FOUND:
                self.find(happening)

    def counts(self, trigger: Happening) -> bool:
        """Whether *trigger* came within the span from something that is known; the last day of a span in days counts in full."""
        within = self.rule.within
        if within is None:
            return True
        by = Reckoning(self.rule.reckoning.zone)
        return any(h.occurred_at <= trigger.occurred_at <= by.due(h.occurred_at, within.limit).last
                   for h in of_role(self.inputs, Role.SINCE))

    def ends_of(self, report: Happening) -> tuple[str | None, str | None]:
        """Who sent it, and to whom."""
        clerk = self.world.clerk
        return clerk.bearer(self.rule.sender, report.fields), clerk.bearer(self.rule.receiver, report.fields)

    def tell(self, unit: str, said: Mapping[str, object]) -> None:
        """What *unit* knows of it from now on: where the newest does not say, what it was told last."""
        self.told.setdefault(unit, {}).update((name, value) for name, value in said.items() if value is not None)

    def holds(self, report: Happening) -> bool:
        return self.world.holds(self.rule.provided, self.fields, report.occurred_at, report.fields)

    def report(self, report: Happening) -> None:
        """Takes in a report: whoever gets it is told; one that climbs discharges what is owed, and is news above."""
        sender, receiver = self.ends_of(report)
        if sender is None or receiver is None:
            return
        self.tell(receiver, report.fields)
        above = self.world.clerk.organisation.ancestors(sender, report.occurred_at, self.world.clerk.known_at)
        if self.start is None or receiver not in above or not self.holds(report):
            return
        hop = self.last.get(sender)
        if receiver != above[0]:
            self.past(report, sender, receiver, above, hop)
        elif hop is not None and hop.done is None and hop.news.order < report.order:
            hop.done = report
        self.news(report, receiver, self.rule.each)

    def news(self, news: Happening, unit: str, tiers: Sequence[Tier]) -> None:
        """Opens what *unit* owes because of *news*, unless it owes already, *news* came to it in two ways, or its route goes no
        further."""
        before = self.last.get(unit)
        if before is not None and (before.news.order == news.order or (before.done is None and not before.void)):
            return
        world, rule, told, at = self.world, self.rule, self.told.get(unit, {}), news.occurred_at
        level = next(s.level for s in rule.route if world.holds(s.where, {}, at, told))
        organisation, known_at = world.clerk.organisation, world.clerk.known_at
        if rule.ends(organisation.level_of(unit, at, known_at), level):
            return
        tier = next((t for t in tiers if world.holds(t.where, self.fields, at, told)), None)
        limit = world.value(tier.limit, self.fields, at, told) if tier is not None else None
        if not isinstance(limit, Limit):
            return
        above = organisation.parent_of(unit, at, known_at)
        hop = Hop(news, unit, above or level, {**self.fields, "bearer": unit}, rule.reckoning.due(at, limit), limit, above is None)
        self.hops.append(hop)
        self.last[unit] = hop

    def past(self, report: Happening, sender: str, receiver: str, above: tuple[str, ...], hop: Hop | None) -> None:
        """A report past the immediate superior: lawful for a stated reason, or if the superior had it not later; else a breach."""
        since = hop.news.order if hop is not None else self.start.order  # type: ignore[union-attr]
        reason = next((e.label for e in self.rule.direct
                       if self.world.holds(e.where, self.fields, report.occurred_at, report.fields)), None)
        if reason is None and self.copied(report, sender, above[0], since):
            reason = COPY
        if reason is not None:
            if hop is not None and reason not in hop.direct:
                hop.direct.append(reason)
            return
        skipped = above[:above.index(receiver)]
        conclusion = self.world.clerk.skip(self.rule, report, {**self.fields, "bearer": sender}, sender, receiver, skipped)
        self.skips.append(Outcome(conclusion, ((Made.BREACH, Fact(
            key=f"breach {conclusion.identity}", occurred_at=report.occurred_at,
            order=following(report.order, self.rule.index, report.order, sender),
            fields={**self.fields, "bearer": sender, "class": "skip_level"}, evidence=conclusion.evidence)),)))

    def copied(self, report: Happening, sender: str, superior: str, since: Order) -> bool:
        """Whether *superior* was sent the same not later than *report*, and after *sender* learned of it."""
        return any(since < other.order and other.occurred_at <= report.occurred_at and self.ends_of(other) == (sender, superior)
                   and self.holds(other) for other in of_role(self.inputs, ACT))

    def find(self, found: Happening) -> None:
        """A report was found to have left something out, or to be untrue: the last one that its unit made before."""
        by = self.rule.found
        assert by is not None
        unit = self.world.clerk.bearer(by.unit, found.fields)
        hop = next((h for h in reversed(self.hops) if h.unit == unit and h.done is not None and h.done.order < found.order), None)
        if hop is None:
            return
        false, omitted = (c is not None and self.world.holds(c, hop.fields, found.occurred_at, found.fields)
                          for c in (by.false, by.omitted))
        if (false or omitted) and (hop.found is None or (false and not hop.false)):
            hop.found, hop.false = found, false

    def concealed(self, hop: Hop) -> Happening | None:
        """What verified the fact while no report had been made. A report made once it was verified comes too late to undo that."""
        return next((v for v in of_role(self.inputs, Role.VERIFIED) if v.order > hop.news.order and (
            hop.done is None or (v.occurred_at > hop.due.last and v.order < hop.done.order))), None)

    def outcome(self, hop: Hop) -> Outcome:
        """Where *hop* stands at the clock: one status, one class."""
        overdue = hop.late or (hop.done is None and self.world.clock > hop.due.last and not hop.void)
        verified = self.concealed(hop) if overdue and hop.found is None else None
        if hop.done is None and not hop.void:
            self.world.wake(hop.due.last)
        kind, class_ = Kind.OBLIGATION, None
        if hop.found is not None:
            kind, status, class_ = Kind.BREACH, Status.BREACH, "false" if hop.false else "omitted"
        else:
            status = (Status.VOID if hop.void else Status.LATE if hop.late else Status.MISSED if overdue
                      else Status.OPEN if hop.done is None else Status.MET)
            class_ = ("concealed" if verified is not None else "late" if status is Status.LATE else None if overdue
                      else "lawful_direct" if hop.direct else "on_time" if status is Status.MET else None)
        since = hop.due.falls if overdue else hop.found.occurred_at if hop.found is not None else hop.news.occurred_at
        details: list[tuple[str, object]] = [("hop", hop.label)]
        details += [("class", class_)] if class_ is not None else []
        details += [("direct", tuple(hop.direct))] if hop.direct else []
        conclusion = self.world.clerk.hop(
            self.rule, hop.fields, hop.unit, hop.news, hop.due, hop.limit, kind, status, since, hop.done,
            (*hop.news.evidence, *(e for h in (hop.done, hop.found or verified) if h is not None for e in h.evidence)),
            label=hop.label, details=tuple(details),
            note=f"no one unit stands above `{hop.unit}` then, so the route ends there" if hop.void else None)
        return Outcome(conclusion, tuple(self.facts(hop, conclusion, overdue, class_)))

    def facts(self, hop: Hop, conclusion: Conclusion, overdue: bool, class_: str | None) -> Iterator[tuple[Made, Fact]]:
        """`discharge of` with the report, late or not; `breach of` when its due passed, or when it was found wanting."""
        fields = {**hop.fields, "class": class_}
        place = (self.rule.index, hop.news.order, hop.unit)
        if hop.done is not None and hop.found is None:
            yield Made.DISCHARGE, Fact(
                key=f"discharge {conclusion.identity}", occurred_at=hop.done.occurred_at, order=following(hop.done.order, *place),
                fields=fields, evidence=conclusion.evidence)
        if overdue or hop.found is not None:
            at = conclusion.since
            order: Order = (at, hop.due.place, (self.rule.index, conclusion.subject, hop.news.order, hop.unit))
            if not overdue and hop.found is not None:
                order = following(hop.found.order, *place)
            yield Made.BREACH, Fact(key=f"breach {conclusion.identity}", occurred_at=at, order=order, fields=fields,
                                    evidence=conclusion.evidence, day=hop.due.day if overdue else None)
