"""What holds of every explanation, over random rule files, organisations and logs."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from hypothesis import event, given, reject
from hypothesis import strategies as st

from accountability.conclusion import Conclusion
from accountability.errors import DossierBroken, RuleFileError
from accountability.event import Event
from accountability.explanation import (
    as_html,
    as_json,
    as_text,
    dossier,
    events_in,
    reports_in,
    support_of,
    verify,
    why,
    why_not,
)
from accountability.explanation.support import smallest
from accountability.policy import read_rules_text
from accountability.semantics import judge
from accountability.testing.strategies import World, histories, organisations, rule_texts, worlds
from accountability.timeline import effective


def judged(world: World, events: list[Event] | None = None) -> tuple[Conclusion, ...]:
    return judge(world.policy, world.organisation, world.events if events is None else events, at=world.at,
                 known_at=world.known_at, report_all=True).findings


def chosen(world: World, data: st.DataObject) -> Conclusion | None:
    found = judged(world)
    event(f"findings: {'some' if found else 'none'}")
    return data.draw(st.sampled_from(found)) if found else None


@given(worlds(), st.data())
def test_support_is_sufficient_and_minimal(world: World, data: st.DataObject) -> None:
    """The events of a support alone give the finding as it stands; without any one report of it they do not."""
    finding = chosen(world, data)
    if finding is None:
        return
    support = support_of(world.policy, world.organisation, world.events, finding, at=world.at, known_at=world.known_at)
    event(f"{finding.kind}: {len(support)} reports")
    assert finding in judged(world, events_in(support))
    for place in range(len(support)):
        assert finding not in judged(world, events_in(support[:place] + support[place + 1:]))


@given(worlds())
def test_corrections_travel_with_their_event(world: World) -> None:
    """Reports part a log without loss, and no event names one of another report."""
    reports = reports_in(world.events)
    assert sorted(map(id, events_in(reports))) == sorted(map(id, world.events))
    for report in reports:
        outside = {e.ref for other in reports if other is not report for e in other}
        assert not outside & {ref for e in report for ref in (e.ref, e.corrects, e.retracts) if ref is not None}


@given(st.sets(st.integers(0, 30)), st.integers(1, 31))
def test_what_is_smallest_is_what_was_needed(needed: set[int], number: int) -> None:
    """Where certain parts are needed and no others, exactly those are left."""
    parts = list(range(number))
    wanted = needed & set(parts)
    assert smallest(parts, lambda some: wanted <= set(some)) == sorted(wanted)


@given(worlds(), st.data())
def test_every_finding_is_explained_in_both_languages(world: World, data: st.DataObject) -> None:
    """Every conclusion has reasons, each of which can be said in English and Chinese, as text, JSON and HTML; nothing of a
    sentence is left open, and no text of the log becomes markup."""
    finding = chosen(world, data)
    if finding is None:
        return
    found = why(world.policy, world.organisation, world.events, finding, at=world.at, known_at=world.known_at)
    assert next(found.tree.all("rule")).values["name"] == finding.rule
    for script in ("en", "zh"):
        text = as_text(found, script)
        assert finding.subject in text
        assert not re.search(r"\{\w+[:|}]", text)
        assert json.loads(as_json(found, script))["explains"] == finding.identity
        page = as_html(found, script)
        assert page.count("<li>") == page.count("</li>") == text.count("\n") - 1
    for answer, said in zip(finding.answers, found.tree.all("answers"), strict=True):
        assert said.values["post"] == answer.post
        assert [part.word for part in said.parts if part.word in ("tenure", "acting tenure", "vacant")] == [
            "vacant" if answer.holder is None else "acting tenure" if answer.acting else "tenure"]


@given(worlds(), st.data())
def test_the_flip_that_is_named_flips(world: World, data: st.DataObject) -> None:
    """Where nothing stands against anybody by a rule about a subject, the change that `why_not` names, made to the log as it stood,
    gives such a finding by the whole policy; and what it says can be said in both languages."""
    said = judge(world.policy, world.organisation, world.events, at=world.at, known_at=world.known_at, report_all=True)
    found = (*said.findings, *said.would)
    against = {(c.rule, c.subject) for c in found if c.against}
    options = sorted({(c.rule, c.subject) for c in found} - against) or [
        (rule.name, f"{rule.about_kind}/{name}") for rule in world.policy.rules for name in ("c1", "u1")
        if (rule.name, f"{rule.about_kind}/{name}") not in against]
    if not options:
        return
    rule, subject = data.draw(st.sampled_from(options))
    told = why_not(world.policy, world.organisation, world.events, rule, subject, at=world.at, known_at=world.known_at)
    event(f"flip: {told.flip.change.how if told.flip else 'none'}")
    assert subject in as_text(told, "en") + as_text(told, "zh")
    if told.flip is not None:
        standing = effective(world.events, at=world.at, known_at=world.known_at).events
        again = judge(world.policy, world.organisation, told.flip.change.of(standing), at=told.flip.change.at,
                      known_at=told.flip.known_at, report_all=True)
        assert told.flip.finding in (*again.findings, *again.would)
        assert told.flip.finding.against
        assert (told.flip.finding.rule, told.flip.finding.subject) == (rule, subject)


@given(rule_texts(), st.data())
def test_a_dossier_verifies_and_changed_by_one_byte_does_not(text: str, data: st.DataObject) -> None:
    """A dossier gives its finding from what it holds; with any one byte changed, added or lost it is refused."""
    try:
        policy = read_rules_text(text, warn=False)
    except RuleFileError:
        reject()
    organisation = data.draw(organisations(policy))
    events = data.draw(histories(policy, organisation))
    at = max([e.recorded_at for e in events], default=None)
    if at is None:
        return
    at += timedelta(days=data.draw(st.sampled_from([0, 1, 40])))
    found = judge(policy, organisation, events, at=at, report_all=True).findings
    event(f"findings: {'some' if found else 'none'}")
    if not found:
        return
    finding = data.draw(st.sampled_from(found))
    sealed = dossier(policy, organisation, events, finding, rules=[("rules.yaml", text)], at=at)
    verified = verify(sealed)
    assert verified.finding == finding
    assert [e.key for e in verified.events] == [e.key for e in events_in(support_of(policy, organisation, events, finding, at=at))]
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != sealed[place]))
    cut, put = sealed[:place] + sealed[place + 1:], bytes([other])
    for changed in (sealed[:place] + put + sealed[place + 1:], cut, sealed[:place] + put + sealed[place:], sealed + b"\n"):
        with pytest.raises(DossierBroken):
            verify(changed)
