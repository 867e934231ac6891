"""A dossier: one file with all that a finding rests on, which anyone can check without the log, the organisation or us.

It holds the finding, the events of its support, the facts of the organisation that it needs, the rule files as they were written,
and the work calendars that they name. `verify` judges these anew by `semantics` alone. The bytes are canonical (RFC 8785).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import attrs

from accountability.conclusion import Conclusion
from accountability.errors import AccountabilityError, DossierBroken
from accountability.event import Event, utc
from accountability.explanation.evidence import (
    as_cloud_event,
    calendar_as_json,
    calendar_from_json,
    facts_as_json,
    facts_from_json,
    facts_of,
    organisation_of,
)
from accountability.explanation.support import events_in, leaning, settled, support_of
from accountability.intake import Intake
from accountability.ledger import body, canonical, content_digest
from accountability.organisation import Organisation
from accountability.policy import Policy
from accountability.policy.pack import read_rules_texts
from accountability.semantics import judge
from accountability.workdays import Calendar, find_calendar

VERSION = 1
KEYS = frozenset({"dossier", "at", "known_at", "finding", "events", "organisation", "rules", "policy", "calendars", "digest"})
UNFIT = (ValueError, TypeError, KeyError, AttributeError, LookupError, RecursionError)
"""What reading a dossier raises where it was sealed by somebody whose program is not this one."""


@attrs.frozen(kw_only=True)
class Verified:
    """A dossier that was judged anew: its *finding*, at *at* by what was known at *known_at*, and how much it took."""

    finding: Conclusion
    at: datetime
    known_at: datetime
    policy: Policy
    events: tuple[Event, ...]
    organisation: Organisation
    digest: str


def dossier(policy: Policy, organisation: Organisation, events: Iterable[Event], finding: Conclusion, *,
            rules: Iterable[tuple[str, str]], base: Path | None = None, at: datetime, known_at: datetime | None = None) -> bytes:
    """The dossier of *finding*, which *events* give at *at* by what was known at *known_at*.

    *rules* are the files of the pack, each by name and text, the first with the header; calendar files are looked up from *base*.
    What is returned verifies. Raises ValueError where *events* do not give *finding*, where *rules* are not those of *policy*, and
    for an instant without a zone; DossierBroken where the finding rests on something that a dossier cannot hold.
    """
    clock, knowledge, texts = utc(at), utc(known_at or at), [(name, text) for name, text in rules]
    calendars: dict[str, Calendar] = {}
    find = partial(find_calendar, base=base)

    def keep(name: str) -> Calendar:
        calendars[name] = find(name)
        return calendars[name]

    if read_rules_texts(texts, keep, warn=False).digest != policy.digest:
        raise ValueError("the rule files are not those of the policy; give the files that it was read from")
    organisation, events = settled(policy, organisation, events, at=clock, known_at=knowledge)
    support = events_in(support_of(policy, organisation, events, finding, at=clock, known_at=knowledge))
    facts = facts_of(leaning(policy, finding.rule), organisation, support, finding, at=clock, known_at=knowledge)
    content: dict[str, object] = {
        "dossier": VERSION, "at": clock.isoformat(), "known_at": knowledge.isoformat(), "finding": body(finding),
        "events": [as_cloud_event(e, policy.vocabulary) for e in support], "organisation": facts_as_json(facts),
        "rules": [list(file) for file in texts], "policy": policy.digest,
        "calendars": {name: calendar_as_json(calendar) for name, calendar in sorted(calendars.items())}}
    sealed = canonical(content | {"digest": content_digest(content)})
    verify(sealed)
    return sealed


def verify(sealed: bytes) -> Verified:
    """The finding of the dossier *sealed*, once it was judged anew and came out the same, to the last field.

    Raises DossierBroken where a byte was changed, and where what it holds does not give its finding.
    """
    content = opened(sealed)
    try:
        calendars = {name: calendar_from_json(calendar) for name, calendar in content["calendars"].items()}
        policy = read_rules_texts([(name, text) for name, text in content["rules"]], calendars.__getitem__, warn=False)
        organisation = organisation_of(facts_from_json(content["organisation"]))
        at, known_at = (utc(datetime.fromisoformat(content[name])) for name in ("at", "known_at"))
        intake = Intake(policy.vocabulary, strict=False)
        events = tuple(intake.one(line.encode()) for line in content["events"])
    except UNFIT as error:
        raise DossierBroken(f"the dossier cannot be read: {str(error).lower()}") from None
    except AccountabilityError as error:
        raise DossierBroken(f"the dossier cannot be judged: {error}") from None
    if policy.digest != content["policy"]:
        raise DossierBroken("the rules in the dossier are not those that it names")
    found = judge(policy, organisation, events, at=at, known_at=known_at, report_all=True).findings
    for finding in found:
        if canonical(body(finding)) == canonical(content["finding"]):
            return Verified(finding=finding, at=at, known_at=known_at, policy=policy, events=events, organisation=organisation,
                            digest=content["digest"])
    named = content["finding"].get("rule") if isinstance(content["finding"], Mapping) else None
    raise DossierBroken(f"judged anew, what the dossier holds does not give its finding of `{named}`")


def opened(sealed: bytes) -> dict[str, Any]:
    """The content of a dossier whose bytes are those that were sealed. Raises DossierBroken."""
    try:
        content: dict[str, Any] = json.loads(sealed)
        whole = isinstance(content, dict) and canonical(content) == sealed
    except UNFIT as error:
        raise DossierBroken(f"this is no dossier: {str(error).lower()}") from None
    if not whole:
        raise DossierBroken("the bytes are not in canonical form; a dossier is kept as it was sealed, without a change of layout")
    if content.get("dossier") != VERSION or set(content) != KEYS:
        raise DossierBroken(f"this is no dossier of version {VERSION}; it was sealed by another version, or is something else")
    rest = {name: value for name, value in content.items() if name != "digest"}
    if content_digest(rest) != content["digest"]:
        raise DossierBroken("the digest does not fit; something was changed after the dossier was sealed")
    return content
