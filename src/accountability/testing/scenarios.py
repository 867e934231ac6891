"""Scenarios: worked timelines that say what must be found at several instants, run through meaning, replay and monitor alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from accountability import document
from accountability.conclusion import DETAILS, Conclusion, Judgement, Status, lateness, sorted_findings
from accountability.document import Mapping as MappingNode
from accountability.document import Node, Reading, Scalar
from accountability.document import Sequence as SequenceNode
from accountability.engine.replay import replay
from accountability.errors import DocumentError, EventRejected, ScenarioError, Span
from accountability.event import Event
from accountability.intake import Intake
from accountability.monitor import Monitor
from accountability.organisation import Organisation
from accountability.policy.emptiness import empty_below, refuse
from accountability.policy.forms import SCENARIO
from accountability.policy.model import Policy
from accountability.policy.spelling import scenario_in_english
from accountability.policy.vocabulary import Where
from accountability.semantics import judge
from accountability.testing.invariants import broken_invariants

FINDING_KEYS = (
    "rule",
    "about",
    "status",
    "unit",
    "since",
    "due",
    "due_date",
    "done",
    "overdue",
    "ends",
    "post",
    "holder",
    "measure",
    "severity",
    "points",
    "members",
    "note",
)
EVENT_KEYS = ("at", "recorded", "id")


@attrs.frozen
class Expected:
    """What one finding must be, as far as *values* says; keys are those of `FINDING_KEYS`."""

    values: Mapping[str, object]
    span: Span

    def told(self) -> dict[str, str]:
        """What is expected, as text."""
        return {k: v.isoformat() if isinstance(v, (date, datetime)) else str(v) for k, v in self.values.items()}

    def __str__(self) -> str:
        return ", ".join(f"{k}: {v}" for k, v in self.told().items())


@attrs.frozen
class Checkpoint:
    """An instant at which exactly *findings* are expected, by what was known at *known_at*."""

    at: datetime
    known_at: datetime
    findings: tuple[Expected, ...]


@attrs.frozen
class Scenario:
    """A worked timeline. *events* stand in the order of arrival."""

    name: str
    zone: ZoneInfo
    organisation: Organisation
    events: tuple[Event, ...]
    checkpoints: tuple[Checkpoint, ...]


@attrs.frozen
class Disagreement:
    """Where *engine* (`meaning`, `replay` or `monitor`) does not give what a checkpoint expects, or `invariants` are broken."""

    at: datetime
    engine: str
    missing: tuple[Expected, ...]
    unexpected: tuple[Conclusion, ...]


def read_scenario(path: Path, policy: Policy) -> Scenario:
    """The scenario in the file at *path*, its events typed by *policy*'s vocabulary. Raises ScenarioError with every mistake."""
    reading = Reading()
    try:
        scenario = _read(document.read(path), path, policy, reading)
    except DocumentError as error:
        raise ScenarioError([*reading.diagnostics, *error.diagnostics]) from None
    if reading.diagnostics:
        raise ScenarioError(reading.diagnostics)
    return scenario


def scenarios_in(policy: Policy) -> Iterator[Scenario]:
    """The scenarios that stand in the rule files of *policy*. Raises ScenarioError with every mistake."""
    for number, node in enumerate(policy.scenarios, 1):
        reading = Reading()
        scenario = _read(node, policy.folder / f"scenario {number}", policy, reading)
        if reading.diagnostics:
            raise ScenarioError(reading.diagnostics)
        yield scenario


def _read(node: Node, path: Path, policy: Policy, reading: Reading) -> Scenario:
    node = scenario_in_english(node)
    entries = reading.mapping(node, "a scenario", tuple(SCENARIO.keys), SCENARIO.required)
    zone = reading.zone(entries.get("timezone"), "`timezone`") or policy.zone
    where = entries.get("organisation")
    if isinstance(where, Scalar):
        organisation = Organisation.read(path.parent / where.text, zone)
    elif where is not None:
        organisation = Organisation.from_node(where, zone)
    elif (policy.folder / "organisation.yaml").exists():
        organisation = Organisation.read(policy.folder / "organisation.yaml", zone)
    else:
        organisation = Organisation.empty()
    intake = Intake(policy.vocabulary)
    events = []
    for number, item in enumerate(reading.items(entries.get("events"), "`events`"), 1):
        event = _event(item, number, zone, policy, intake, reading)
        if event is not None:
            events.append(event)
    checkpoints = tuple(
        c for item in reading.items(entries.get("checkpoints"), "`checkpoints`") if (c := _checkpoint(item, zone, reading))
    )
    name = reading.text(entries.get("scenario"), "`scenario`")
    refuse(empty_below(node, SCENARIO), reading)
    return Scenario(name or path.stem, zone, organisation, tuple(events), checkpoints)


def _event(node: Node, number: int, zone: ZoneInfo, policy: Policy, intake: Intake, reading: Reading) -> Event | None:
    """`{at, recorded, id, EVENT TYPE: subject, field: value …}`: one line of a timeline."""
    entries = reading.mapping(node, "an event", None, ("at",))
    types = [name for name in entries if name in policy.vocabulary]
    if len(types) != 1:
        reading.fail(
            node.span,
            "unknown-event",
            "an event must hold exactly one event type of the pack as a key",
            "write it like `{at: 2026-03-02 09:00, case.opened: C-1}`",
        )
        return None
    at = reading.instant(entries.get("at"), "`at`", zone)
    recorded = reading.instant(entries.get("recorded"), "`recorded`", zone) or at
    if at is None or recorded is None:
        return None
    declared = policy.vocabulary[types[0]].fields
    read_from = {field.key: field for field in declared.values() if field.where is not Where.SUBJECT}
    data: dict[str, object] = {}
    attributes: dict[str, object] = {}
    for name, node_of in entries.items():
        if name in (*EVENT_KEYS, types[0]):
            continue
        field = declared.get(name) or read_from.get(name)  # by the name of the field, or as the log would carry it
        plain = _plain(node_of, zone, field.type.sort.value if field else "")
        if field is None or field.where is Where.SUBJECT:
            data[name] = plain
        elif field.where is Where.ATTRIBUTE:
            attributes[field.key] = plain
        else:
            data[field.key] = plain
    value = {
        **attributes,
        "specversion": "1.0",
        "id": reading.text(entries.get("id"), "`id`") or f"e{number}",
        "source": "scenario",
        "type": types[0],
        "subject": _plain(entries[types[0]], zone, ""),
        "time": at.isoformat(),
        "recordedtime": recorded.isoformat(),
        "sequence": str(number),
        "data": data,
    }
    try:
        return intake.one({k: v for k, v in value.items() if v is not None}, str(node.span))
    except EventRejected as error:
        reading.fail(node.span, error.check, error.what, "mend the event")
        return None


def _plain(node: Node, zone: ZoneInfo, sort: str) -> object:
    """A value as JSON would carry it, by the type that the vocabulary declares."""
    if isinstance(node, SequenceNode):
        return [_plain(item, zone, sort) for item in node.items]
    if isinstance(node, MappingNode):
        return {key.text: _plain(value, zone, sort) for key, value in node.entries}
    text = node.text
    if text == "" and not node.quoted:
        return None
    if sort == "yes or no" and text in ("yes", "no", "是", "否"):
        return text in ("yes", "是")
    if sort == "number" and re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        return float(text) if "." in text else int(text)
    if sort == "instant":
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return text
        return (found if found.tzinfo else found.replace(tzinfo=zone)).isoformat()
    return text


def _checkpoint(node: Node, zone: ZoneInfo, reading: Reading) -> Checkpoint | None:
    entries = reading.mapping(node, "a checkpoint", ("as of", "known at", "findings", "note"), ("as of", "findings"))
    at = reading.instant(entries.get("as of"), "`as of`", zone)
    known_at = reading.instant(entries.get("known at"), "`known at`", zone) or at
    found = tuple(read_expected(item, zone, reading) for item in reading.items(entries.get("findings"), "`findings`"))
    return None if at is None or known_at is None else Checkpoint(at, known_at, found)


def read_expected(node: Node, zone: ZoneInfo, reading: Reading) -> Expected:
    """One expected finding, `{rule: …, about: …, status: …}`; bare instants in *zone*. Mistakes go to *reading*."""
    entries = reading.mapping(node, "a finding", (*FINDING_KEYS, *sorted(DETAILS)), ("rule", "about", "status"))
    values: dict[str, object] = {}
    for key, value in entries.items():
        if key in ("since", "due", "done", "ends"):
            values[key] = reading.instant(value, f"`{key}`", zone)
        elif key == "due_date":
            values[key] = reading.day(value, "`due_date`")
        elif key == "points":
            values[key] = reading.integer(value, "`points`")
        elif key == "members":
            values[key] = tuple(t for item in reading.items(value, "`members`") if (t := reading.text(item, "a member")))
        elif key == "overdue":
            values[key] = _duration(value, reading)
        elif key in DETAILS and not isinstance(value, Scalar):
            values[key] = tuple(t for item in reading.items(value, f"`{key}`") if (t := reading.text(item, f"`{key}`")))
        elif key != "note":
            values[key] = reading.text(value, f"`{key}`")
    return Expected(values, node.span)


def _duration(node: Node, reading: Reading) -> timedelta | None:
    text = reading.text(node, "`overdue`") or ""
    match = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", text)
    if match is None or not any(match.groups()):
        reading.fail(node.span, "not-a-duration", f"`{text}` is no duration", "write one such as `PT1H30M` or `P10D`")
        return None
    days, hours, minutes, seconds = (int(g or 0) for g in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def agrees(expected: Expected, finding: Conclusion, at: datetime, zone: ZoneInfo) -> bool:
    """Whether *finding* is what *expected* says, in every key that it gives."""
    asked: dict[str, Callable[[object], bool]] = {
        "about": lambda v: finding.subject == v,
        "post": lambda v: v == finding.post or any(a.post == v for a in finding.answers),
        "holder": lambda v: (
            v == finding.holder or any(a.holder == v and expected.values.get("post") in (None, a.post) for a in finding.answers)
        ),
        "overdue": lambda v: lateness(finding, at, zone) == v,
        "members": lambda v: finding.members == v,
    }
    return all(
        asked[k](v) if k in asked else _worded(finding.detail(k)) == v if k in DETAILS else getattr(finding, k) == v
        for k, v in expected.values.items()
    )


def _worded(detail: object) -> object:
    """A detail as a scenario writes it."""
    return tuple(map(str, detail)) if isinstance(detail, tuple) else None if detail is None else str(detail)


def differences(
    checkpoint: Checkpoint, judgement: Judgement, zone: ZoneInfo, earlier: tuple[Conclusion, ...]
) -> tuple[tuple[Expected, ...], tuple[Conclusion, ...]]:
    """What a checkpoint expects and does not get, and what it gets unexpected.

    `withdrawn` is expected of something that was found at an *earlier* checkpoint and no longer is.
    """
    left = list(judgement.findings)
    missing = []
    for expected in checkpoint.findings:
        if expected.values.get("status") == Status.WITHDRAWN:
            gone = attrs.evolve(expected, values={k: v for k, v in expected.values.items() if k != "status"})
            before = [f for f in earlier if agrees(gone, f, checkpoint.at, zone)]
            if not before or any(f.identity == b.identity for b in before for f in judgement.findings):
                missing.append(expected)
            continue
        found = next((f for f in left if agrees(expected, f, checkpoint.at, zone)), None)
        if found is None:
            missing.append(expected)
        else:
            left.remove(found)
    return tuple(missing), tuple(left)


def run_scenario(policy: Policy, scenario: Scenario, rules: Collection[str] = ()) -> Iterator[Disagreement]:
    """Where *policy* does not give what *scenario* expects, by each of the three ways to judge.

    A scenario that knows some of the pack only names these *rules*; what the others find is then left out.
    """
    monitor, arrived = Monitor(policy, scenario.organisation), 0
    earlier: list[Conclusion] = []
    for checkpoint in scenario.checkpoints:
        for event in scenario.events[arrived:]:
            if event.recorded_at > checkpoint.at:
                break
            monitor.observe(event)
            arrived += 1
        monitor.advance(checkpoint.at)
        meaning = judge(policy, scenario.organisation, scenario.events, at=checkpoint.at, known_at=checkpoint.known_at)
        judgements = {
            "meaning": meaning,
            "replay": replay(policy, scenario.organisation, scenario.events, at=checkpoint.at, known_at=checkpoint.known_at),
        }
        if checkpoint.at == checkpoint.known_at:
            judgements["monitor"] = monitor.judgement()
        for engine, found in judgements.items():
            whole = attrs.evolve(found, findings=sorted_findings((*found.findings, *found.would)))  # drafts are tried out here
            judgement = attrs.evolve(whole, findings=whole.of(*rules)) if rules else whole
            missing, unexpected = differences(checkpoint, judgement, scenario.zone, tuple(earlier))
            if missing or unexpected:
                yield Disagreement(checkpoint.at, engine, missing, unexpected)
        earlier.extend((*meaning.findings, *meaning.would))
        broken = broken_invariants(policy, scenario.organisation, scenario.events, checkpoint.at, checkpoint.known_at)
        if broken:
            yield Disagreement(checkpoint.at, "invariants", (), broken)
