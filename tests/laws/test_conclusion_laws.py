"""What holds of every conclusion, and of the changes by which a monitor tells of them."""

from __future__ import annotations

from datetime import datetime

from counting import counted_worlds
from foundation import foundation
from hypothesis import event, given

from accountability.conclusion import AGAINST, STATUSES, Conclusion, Kind, Status, sorted_findings
from accountability.engine.replay import replay
from accountability.monitor import Changes, Monitor
from accountability.organisation import Organisation, Tenure
from accountability.policy.kinds import Effect, Rule
from accountability.semantics import judge
from accountability.testing.strategies import World, worlds

OVERDUE = {Status.LATE, Status.MISSED, Status.REFUSED, Status.LAPSED}
DONE = {Status.MET, Status.LATE, Status.REFUSED, Status.CONDITIONAL}


@given(worlds())
def test_an_obligation_ends_once(world: World) -> None:
    """Every conclusion has one identity and one status of its kind; an obligation is met by its due, late after it, or missed once
    it has passed, and of those only one. While its clock stands still it is none of the latter."""
    silent = {rule.name: rule.silent for rule in world.policy.rules}
    for how in (judge, replay):
        said = how(world.policy, world.organisation, world.events, at=world.at, known_at=world.known_at, report_all=True)
        told = sum(n for (rule, _, status), n in said.counts.items() if status not in silent[rule])
        assert len({f.identity for f in said.findings}) == len(said.findings) == told
        for f in said.findings:
            assert f.status in STATUSES[f.kind]
            assert f.against is (f.status in AGAINST)
            if f.kind is not Kind.OBLIGATION:
                continue
            event(f"status: {f.status}")
            assert (f.done is not None) is (f.status in DONE)
            assert f.due is None or f.due_date is None
            if f.due is f.due_date is None:
                assert f.status not in OVERDUE
                continue
            zone = world.policy.zone
            passed = f.due < (f.done or said.at) if f.due is not None else f.due_date < (f.done or said.at).astimezone(zone).date()
            assert f.status is Status.VOID or passed is (f.status in OVERDUE)


def exercised(organisation: Organisation, post: str, at: datetime, known_at: datetime) -> list[Tenure]:
    """Who may be named for *post* at *at*: by the tables as they were known, whoever acted, else whoever held it and began last."""
    if organisation.post_at(post, at, known_at) is None:
        return []  # with its unit a post ends, and every tenure of it
    known = [t for t in organisation.tenures if t.post == post and (t.recorded is None or t.recorded <= known_at)]
    latest = [
        t
        for t in known
        if not any(
            (o.holder, o.since, o.acting) == (t.holder, t.since, t.acting)
            and o.recorded is not None
            and (t.recorded is None or t.recorded < o.recorded)
            for o in known
        )
    ]
    present = [t for t in latest if t.since <= at and (t.until is None or at < t.until)]
    first = max(((t.acting, t.since) for t in present), default=None)
    return [t for t in present if (t.acting, t.since) == first]


@given(worlds())
def test_every_person_named_held_the_named_post_at_the_named_instant(world: World) -> None:
    """Whoever answers for a finding, or is proposed for a measure, held or acted in that post then, as was known; or nobody did."""
    said = judge(world.policy, world.organisation, world.events, at=world.at, known_at=world.known_at, report_all=True)
    for answer in (a for f in said.findings for a in f.answers):
        found = exercised(world.organisation, answer.post, answer.at, world.known_at)
        named = [(t.holder, t.acting) for t in found]
        assert (answer.holder, answer.acting) in named if answer.holder else not found or (None, False) in named
        event(f"named: {'acting' if answer.acting else 'holder' if answer.holder else 'vacant'}")
    for f in said.findings:
        # Of a moment that the trigger carried, a proposal does not say when it was.
        if f.kind is Kind.PROPOSAL and f.post is not None and moments(world.policy.rule(f.rule)) <= {"trigger", "finding"}:
            assert f.holder in ([t.holder for t in exercised(world.organisation, f.post, f.since, world.known_at)] or [None])


def moments(rule: Rule) -> set[str]:
    return {on.answer.moment for on in rule.on if on.answer is not None} if isinstance(rule, Effect) else set()


@foundation
@given(worlds() | counted_worlds())
def test_the_changes_of_a_monitor_add_up(world: World) -> None:
    """Raised, revised and withdrawn, applied one after the other, always give the findings that the monitor holds."""
    monitor = Monitor(world.policy, world.organisation)
    shown: dict[str, Conclusion] = {}

    def take(changes: Changes) -> None:
        for gone in changes.withdrawn:
            assert shown.pop(gone.identity) == gone
        for before, now in changes.revised:
            assert before.identity == now.identity
            assert before != now
            assert shown[before.identity] == before
            shown[now.identity] = now
        for new in changes.raised:
            assert new.identity not in shown
            shown[new.identity] = new
        assert sorted_findings(shown.values()) == monitor.judgement().findings

    for number, one in enumerate(world.events):
        take(monitor.observe(one))
        if number == len(world.events) // 2:
            take(monitor.advance(world.at))
    take(monitor.advance(max(world.at, world.known_at)))
