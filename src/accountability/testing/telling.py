"""A history on its way to the scenario that tells it. Out: YAML for `scenarios:` in its rule file, which reads back the same."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from accountability.conclusion import sorted_findings
from accountability.event import Event
from accountability.organisation import Organisation
from accountability.organisation.writing import as_sheets
from accountability.policy import keywords
from accountability.policy.keywords import Script
from accountability.policy.model import Policy
from accountability.policy.vocabulary import Sort, Where
from accountability.semantics import judge

Spelled = Callable[[str], str]
"""What spells a keyword, given in English, as a file is to have it."""
SOURCE = "scenario"
"""The source of every event of a scenario."""
PLAIN = re.compile(r"[^\W_][\w.+-]*(?:(?:[/:]| /? ?)[\w.+-]+)*")
"""What needs no quotes: words, ids and instants."""


def as_scenario(policy: Policy, organisation: Organisation, events: Sequence[Event], at: datetime, name: str,
                script: Script | None = None) -> str:
    """The section `scenarios:` with the one scenario *name*: *events* in the order of arrival, and what is found as of *at*.

    Keywords are in the language *script*, else in Chinese where those of *policy* are; instants are in its zone, with an offset
    where the clocks are put back. The organisation is written out if it is not the one in the folder of *policy*. Read in that
    folder, it gives the same events, which are those of one source called `scenario`, numbered as they stand.
    """
    say = _keywords(script or ("zh" if policy.chinese else "en"))
    found = judge(policy, organisation, events, at=at)
    lines = [f"- {say('scenario')}: {_text(name)}"]
    lines += _organisation(policy, organisation, say("organisation"))
    lines.append(f"  {say('events')}:" + ("" if events else " []"))
    lines += [f"    - {{{_line(event, number, policy, say)}}}" for number, event in enumerate(events, 1)]
    lines += [f"  {say('checkpoints')}:", f"    - {say('as of')}: {_instant(at, policy.zone)}"]
    findings = sorted_findings((*found.findings, *found.would))
    lines.append(f"      {say('findings')}:" + ("" if findings else " []"))
    lines += [f"        - {{{say('rule')}: {_text(f.rule)}, {say('about')}: {_text(f.subject)}, {say('status')}: {say(f.status)}}}"
              for f in findings]
    return "\n".join([f"{say('scenarios')}:", *(f"  {line}" for line in lines)]) + "\n"


def _keywords(script: Script) -> Spelled:
    return lambda word: keywords.word(word, script)


def _line(event: Event, number: int, policy: Policy, say: Spelled) -> str:
    """One event, as a scenario writes it, between its braces."""
    zone = policy.zone
    parts = [f"{say('at')}: {_instant(event.occurred_at, zone)}"]
    if event.recorded_at != event.occurred_at:
        parts.append(f"{say('recorded')}: {_instant(event.recorded_at, zone)}")
    if event.id != f"e{number}":
        parts.append(f"{say('id')}: {_text(event.id)}")
    declared = policy.vocabulary[event.type]
    parts.append(f"{_text(event.type)}: {_text(event.subject)}" if event.subject is not None else f"{_text(event.type)}: ")
    for field in declared.fields.values():
        value = event.get(field.name)
        if value is not None and field.where is not Where.SUBJECT:
            said = say("yes" if value else "no") if field.type.sort is Sort.BOOLEAN else _value(value, zone)
            parts.append(f"{_text(field.name)}: {said}")
    for key, other in (("corrects", event.corrects), ("retracts", event.retracts)):
        if other is not None:
            parts.append(f"{key}: {_text(other.id)}")
    return ", ".join(parts)


def _value(value: object, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return _instant(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else _text(str(value))


def _instant(at: datetime, zone: ZoneInfo) -> str:
    """Local time to the minute, or as exact as it must be."""
    local = at.astimezone(zone)
    bare = local.replace(tzinfo=None)
    if bare.replace(tzinfo=zone) != local or local.fold:  # which of two it is, or which there is none of
        return local.isoformat(sep=" ")
    return bare.isoformat(sep=" ", timespec="auto" if bare.second or bare.microsecond else "minutes")


def _text(text: str) -> str:
    """A text that may stand between braces."""
    return text if PLAIN.fullmatch(text) and ": " not in text else json.dumps(text, ensure_ascii=False)


def _organisation(policy: Policy, organisation: Organisation, key: str) -> Iterator[str]:
    """The organisation, a line for each entry; nothing where it is the one that is read if none is named."""
    path = policy.folder / "organisation.yaml"
    usual = Organisation.read(path, policy.zone) if path.exists() else Organisation.empty()
    if usual.digest == organisation.digest:
        return
    yield f"  {key}:"
    for name, text in as_sheets(organisation).items():
        rows = list(csv.DictReader(text.splitlines()))
        yield f"    {name}:" + ("" if rows else " []")
        for row in rows:
            said = {k: f"[{', '.join(map(_text, v.split(';')))}]" if k == "successor" else _text(v) for k, v in row.items() if v}
            yield "      - {" + ", ".join(f"{k}: {v}" for k, v in said.items()) + "}"
