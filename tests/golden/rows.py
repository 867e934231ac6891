"""A small pack, events and instants for rows that are reckoned by hand, judged in every way there is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accountability.conclusion import Conclusion, Judgement
from accountability.engine.replay import replay
from accountability.event import Event
from accountability.intake import Intake
from accountability.monitor import Changes, Monitor
from accountability.organisation import Organisation, Post, Tenure, Unit
from accountability.policy import Policy, read_rules_text
from accountability.semantics import judge

ZONE = ZoneInfo("Asia/Shanghai")
MOMENT = timedelta(microseconds=1)
HEAD = """\
pack: rows
timezone: Asia/Shanghai
sources: {law: A law}
responsibility: {head: {roles: [head]}}
vocabulary:
  case.raised: {raises a case: yes, case: case from subject, unit: unit}
  reply.sent: {case: case from subject, unit: unit}
  hand.over: {case: case from subject, unit: unit}
  fault.upheld: {case: case from subject, unit: unit}
  body.decided: {case: case from subject, unit: unit}
  answer.reviewed: {case: case from subject, unit: unit, outcome: [accepted, unclear]}
  papers.asked: {case: case from subject, unit: unit}
  papers.received: {case: case from subject, unit: unit}
  more time.granted: {case: case from subject, unit: unit, days: number}
  window.declared: {window: window from subject, from: instant, to: instant}
parameters:
  limit: {2026-01-01: 2h, 2026-03-05: 1h}
periods:
  busy: {opened by: window.declared}
  feast: {dates: [{from: 2026-03-10, to: 2026-03-12}]}
"""


def local(text: str) -> datetime:
    """`03-02 09:00` of 2026 in Shanghai."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def rule(kind: str, name: str, **clauses: object) -> str:
    lines = {kind: name, "source": "law"} | {key.replace("_", " "): value for key, value in clauses.items()}
    return f"  - {json.dumps(lines)}\n"


def duty(name: str = "reply", **clauses: object) -> str:
    shape = {"when": "case.raised", "bearer": "unit", "must": "reply.sent", "same": "case", "within": "2h",
             "answers": {"head": "at due"}}
    return rule("duty", name, **(shape | clauses))


def threshold(name: str = "often", **clauses: object) -> str:
    shape = {"count": "fault.upheld", "per": "unit", "within": "30 days rolling by instants", "reaches": 2, "fires": "each"}
    return rule("threshold", name, **(shape | clauses))


def effect(name: str = "card", **clauses: object) -> str:
    shape = {"when": "fault.upheld", "bearer": "unit", "about": "case", "propose": "yellow card",
             "decided_by": "body.decided", "same": "case"}
    return rule("effect", name, **(shape | clauses))


def rules(*texts: str) -> Policy:
    return read_rules_text(HEAD + "rules:\n" + "".join(texts))


REPLY = rules(duty())

TYPES = {"raised": "case.raised", "sent": "reply.sent", "handed": "hand.over", "upheld": "fault.upheld", "decided": "body.decided",
         "declared": "window.declared", "reviewed": "answer.reviewed", "asked": "papers.asked", "received": "papers.received",
         "granted": "more time.granted"}


def cloud(id: str, what: str, at: str, case: str = "c1", *, recorded: str | None = None, source: str = "desk",
          sequence: object = None, **data: object) -> dict[str, object]:
    subject, unit = (f"window/{case}", {}) if what == "declared" else (f"case/{case}", {"unit": "office"})
    value = {"specversion": "1.0", "id": id, "source": source, "type": TYPES[what], "subject": subject,
             "time": local(at).isoformat(), "recordedtime": recorded and local(recorded).isoformat(), "sequence": sequence,
             "data": unit | data}
    return {key: held for key, held in value.items() if held is not None}


def on(id: str, what: str, at: str, case: str = "c1", **more: object) -> Event:
    """One event, typed by intake. Recorded when it happened unless *recorded* says otherwise; *more* is as `cloud` takes it."""
    return Intake(REPLY.vocabulary).one(cloud(id, what, at, case, **more))  # type: ignore[arg-type]


OFFICE = Organisation.of(
    [Unit("office", "Office", "department"), Unit("annex", "Annex", "department")], [Post("office/head", "office", "head", 1)],
    [Tenure("office/head", "A", local("01-01 00:00"), local("03-15 12:00")), Tenure("office/head", "B", local("03-15 12:00"))])


def judged(policy: Policy, log: Sequence[Event], at: str | datetime, known_at: str | None = None,
           organisation: Organisation = OFFICE) -> Judgement:
    """What `judge` says with `report: all`, after replay and two monitors have said the same.

    One monitor hears of the events as they were recorded; the other is at *at* already, and hears of them late and backwards.
    With an earlier *known_at* they are told only of what was recorded by then. What no monitor can answer is left out: a
    *known_at* after *at*, for its clock never goes back, and an earlier one with another *organisation*, of which it knows what
    is known at its clock.
    """
    clock = local(at) if isinstance(at, str) else at
    knowledge = local(known_at) if known_at else clock
    meant = judge(policy, organisation, log, at=clock, known_at=knowledge, report_all=True)
    found = [replay(policy, organisation, log, at=clock, known_at=knowledge, report_all=True)]
    if knowledge == clock or (knowledge < clock and organisation is OFFICE):
        known = sorted((e for e in log if e.recorded_at <= knowledge), key=lambda e: e.recorded_at)
        live, late = (Monitor(policy, organisation, report_all=True) for _ in range(2))
        told = [live.observe(one) for one in known] + [live.advance(clock)]
        told_late = [late.advance(clock)] + [late.observe(one) for one in reversed(known)]
        found += [live.judgement(), late.judgement()]
        assert added_up(told) == added_up(told_late) == {c.identity: c for c in meant.findings}
    for judgement in found:
        assert judgement.findings == meant.findings
        assert judgement.counts == meant.counts
    return meant


def added_up(told: Iterable[Changes]) -> dict[str, Conclusion]:
    """What stands by identity, after changes that each fit what stood before them."""
    standing: dict[str, Conclusion] = {}
    for changes in told:
        for gone in changes.withdrawn:
            assert standing.pop(gone.identity) == gone
        for before, after in changes.revised:
            assert standing[before.identity] == before != after
            standing[after.identity] = after
        for new in changes.raised:
            assert standing.setdefault(new.identity, new) is new
    return standing


def said(judgement: Judgement) -> list[str]:
    """`rule subject status`, in the order of findings."""
    return [say(c) for c in judgement.findings]


def say(conclusion: Conclusion) -> str:
    return f"{conclusion.rule} {conclusion.subject} {conclusion.status}"


def status(policy: Policy, log: Sequence[Event], at: str | datetime, known_at: str | None = None) -> str:
    """The status of the only obligation there is."""
    (only,) = judged(policy, log, at, known_at).findings
    return only.status
