"""conclusion: what follows from a history. A finding is a conclusion that its rule reports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

import attrs

from accountability.event import Happening, Order, unfrozen
from accountability.workdays import Reckoned


class Kind(StrEnum):
    """What sort of conclusion it is (design: what a policy means)."""

    OBLIGATION = "obligation"
    BREACH = "breach"
    THRESHOLD = "threshold"
    PROPOSAL = "proposal"
    STANDING = "standing"
    GATE = "gate"
    GAP = "gap"
    SCORE = "score"


class Status(StrEnum):
    """The closed list of statuses; which kind takes which is said in *STATUSES*."""

    __hash__ = str.__hash__  # every conclusion is counted by its status, and an enum hashes in Python, a str in C

    OPEN = "open"
    MET = "met"
    LATE = "late"
    MISSED = "missed"
    VOID = "void"
    BREACH = "breach"
    WITHDRAWN = "withdrawn"
    PROPOSED = "proposed"
    DECIDED = "decided"
    IN_FORCE = "in force"
    ENDED = "ended"
    CONDITIONAL = "conditional"
    LAPSED = "lapsed"
    PASSED = "passed"
    REFUSED = "refused"
    RECONSIDER = "reconsider"
    QUASHED = "quashed"
    GAP = "gap"
    SCORED = "scored"
    REACHED = "reached"


STATUSES: Mapping[Kind, frozenset[Status]] = {
    Kind.OBLIGATION: frozenset({Status.OPEN, Status.MET, Status.LATE, Status.MISSED, Status.VOID,
                               Status.CONDITIONAL, Status.REFUSED, Status.LAPSED}),
    Kind.BREACH: frozenset({Status.BREACH, Status.WITHDRAWN}),
    Kind.THRESHOLD: frozenset({Status.BREACH, Status.REACHED, Status.WITHDRAWN}),
    Kind.PROPOSAL: frozenset({Status.PROPOSED, Status.DECIDED}),
    Kind.STANDING: frozenset({Status.IN_FORCE, Status.ENDED, Status.QUASHED, Status.REFUSED}),
    Kind.GATE: frozenset({Status.PASSED, Status.REFUSED, Status.RECONSIDER}),
    Kind.GAP: frozenset({Status.GAP}),
    Kind.SCORE: frozenset({Status.SCORED}),
}
AGAINST = frozenset({
    Status.LATE, Status.MISSED, Status.BREACH, Status.PROPOSED, Status.DECIDED, Status.IN_FORCE, Status.ENDED, Status.REFUSED,
    Status.RECONSIDER, Status.QUASHED, Status.GAP, Status.SCORED,
})
"""The statuses that a rule reports by default: those that stand against an authority."""


DETAILS = frozenset({"period", "redo", "round", "owed", "missing", "by", "on", "of", "follows", "score", "grade", "rank", "items",
                     "hop", "class", "skipped", "direct"})
"""The names under which a conclusion gives details."""


@attrs.frozen(order=True)
class Answer:
    """One post that answers for a finding, and who held it at the instant that the rule names (SG8, SG12).

    *holder* is None where the post was vacant then: a vacancy is shown, never filled by guessing.
    """

    line: str
    """The responsibility as the pack names it, such as `first-responsible`."""
    post: str
    holder: str | None
    at: datetime
    moment: str
    """What that instant is: `trigger`, `due`, `act`, `first`, `finding`."""
    acting: bool = False
    part: str | None = attrs.field(default=None, order=False)
    """`lead` or `joint` where a line names the post; None where its role does."""
    share: Fraction | None = attrs.field(default=None, order=False)
    """Its part of the whole where a line fixes one, over 0 and at most 1."""
    passed: tuple[str, ...] | None = attrs.field(default=None, order=False)
    """Where the unit no longer existed at that instant: the way from it to the unit that has taken its place, both included."""


class Wording(Protocol):
    """Who knows what was left out of a conclusion."""

    def left_out(self, conclusion: Conclusion, name: str, default: object, *of: Any) -> object:
        """The attribute *name* of *conclusion*, which is *of* these; *default* is what it has where nothing else is said."""
        ...


class Worded:
    """What is left out of a conclusion until somebody asks, and who can say it, of what."""

    __slots__ = ("_by", "_of")
    _by: Wording
    _of: tuple[Any, ...]


@attrs.frozen(kw_only=True, weakref_slot=False)
class Conclusion(Worded):
    """One conclusion. Its identity is (rule, subject, trigger); everything else is content and may be revised.

    Instants are UTC. *due* is the last allowed instant of a limit in hours or minutes; *due_date* the last day of a limit
    in days or longer, in the rule's zone, which counts in full. *since* is when it arose: the trigger of an obligation that
    is open or met, the breach of one that is not.
    """

    kind: Kind
    rule: str
    version: str = ""
    clause: str = ""
    subject: str
    trigger: str
    """What it is told apart by: trigger event, period, or trigger and post."""
    status: Status
    unit: str | None = None
    since: datetime
    due: datetime | None = None
    due_date: date | None = None
    done: datetime | None = None
    ends: datetime | None = None
    post: str | None = None
    holder: str | None = None
    measure: str | None = None
    severity: str | None = None
    points: int | None = None
    evidence: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    reckoning: Reckoned | None = None
    """How the due was reckoned; `steps()` says it in words."""
    details: tuple[tuple[str, object], ...] = ()
    """What else its kind has to say, such as `redo`, `missing` or `grade`, by names from `DETAILS`."""
    note: str | None = None
    provisional: str | None = None

    @property
    def identity(self) -> str:
        """A digest of rule, subject and trigger: the same for every version of this conclusion."""
        return identity(self.rule, self.subject, self.trigger)

    def detail(self, name: str) -> object:
        """The detail of that *name*, or None."""
        return next((value for known, value in self.details if known == name), None)

    @property
    def against(self) -> bool:
        """Whether it stands against an authority."""
        return self.status in AGAINST

    @property
    def order(self) -> tuple[datetime, str, str, str]:
        """How findings are listed: by instant, then rule, subject, trigger."""
        return (self.since, self.rule, self.subject, self.trigger)


if TYPE_CHECKING:

    class Draft(Worded):
        """A conclusion while it is written. There are very many of them.

        Of nearly all of them only what is set at once is ever asked. The rest is asked of *_by*, with what the conclusion is *_of*.
        """

        kind: Kind
        rule: str
        subject: str
        unit: str | None
        status: Status
        since: datetime
        due: datetime | None
        due_date: date | None
        done: datetime | None
        note: str | None
        provisional: str | None
        trigger: str
        evidence: tuple[str, ...]
        members: tuple[str, ...]
        answers: tuple[Answer, ...]
        details: tuple[tuple[str, object], ...]
else:
    Draft = unfrozen(Conclusion)


def draft(kind: Kind, rule: str, subject: str, unit: str | None, status: Status, since: datetime, by: Wording,
          of: tuple[Any, ...]) -> Draft:
    """A draft of a conclusion, of which *by* can say what is left out when it is told what the conclusion is *of*."""
    made = Draft()
    made.kind, made.rule, made.subject, made.unit, made.status, made.since = kind, rule, subject, unit, status, since
    made._by, made._of = by, of
    return made


def written(made: Draft) -> Conclusion:
    """The conclusion that was drafted; nothing can be written to it from now on."""
    made.__class__ = Conclusion  # type: ignore[assignment]
    return made  # type: ignore[return-value]


DEFAULTS = {field.name: None if field.default is attrs.NOTHING else field.default for field in attrs.fields(Conclusion)}


def _left_out(conclusion: Any, name: str) -> object:
    """An attribute that was not set while *conclusion* was a draft."""
    if name not in DEFAULTS:
        raise AttributeError(name)
    found = conclusion._by.left_out(conclusion, name, DEFAULTS[name], *conclusion._of)
    object.__setattr__(conclusion, name, found)
    return found


Conclusion.__getattr__ = _left_out  # type: ignore[attr-defined]


def identity(rule: str, subject: str, trigger: str) -> str:
    """The stable id of a conclusion: 16 hex digits of SHA-256 over its rule, subject and trigger."""
    return hashlib.sha256("\x1f".join((rule, subject, trigger)).encode()).hexdigest()[:16]


Counts = Mapping[tuple[str, str | None, Status], int]
"""How many conclusions by rule, unit and status: what is not reported is counted, not kept."""


@attrs.frozen
class Judgement:
    """What follows from a history as of the instant *at*, by what was known at *known_at*."""

    at: datetime
    known_at: datetime
    findings: Sequence[Conclusion]
    """A tuple, or what is like one and words each finding when it is asked for."""
    counts: Counts = attrs.field(factory=dict)
    would: Sequence[Conclusion] = ()
    """What rules that are only tried out would have found. It is nobody's finding, and it is not counted."""

    def of(self, *rules: str) -> tuple[Conclusion, ...]:
        """The findings of the named rules, in order."""
        return tuple(f for f in self.findings if f.rule in rules)


@attrs.frozen(kw_only=True)
class Fact:
    """Something that one rule derived and another may wait for: a breach, discharge, finding or standing of that rule."""

    key: str
    occurred_at: datetime
    order: Order = attrs.field(repr=False)
    fields: Mapping[str, object]
    evidence: tuple[str, ...]
    until: datetime | None = None
    """When what it says ceases to hold; None where it holds on, or merely happened."""
    lasts: bool = False
    """Whether it holds for a while, as a standing or a gap does."""
    day: date | None = None
    """The local day that it belongs to, where that is not the day on which it arises: a due that ends a day."""

    def get(self, name: str) -> object:
        """The field *name*, or None."""
        return self.fields.get(name)


def day_of(happening: Happening, zone: ZoneInfo) -> date:
    """The local day in *zone* that *happening* belongs to: a due of 31 December is passed at 00:00, and belongs to the old year."""
    day: date | None = getattr(happening, "day", None)
    return day or happening.occurred_at.astimezone(zone).date()


def sorted_findings(conclusions: Iterable[Conclusion]) -> tuple[Conclusion, ...]:
    """*conclusions* in the order in which findings are always listed."""
    found = sorted(conclusions, key=attrgetter("since", "rule", "subject"))
    # What tells one from another is asked only of those that are alike so far, and these are few.
    alike = [place for place, (one, other) in enumerate(pairwise(found)) if one.since == other.since
             and one.rule == other.rule and one.subject == other.subject]
    while alike:
        first = last = alike.pop()
        while alike and alike[-1] == first - 1:
            first = alike.pop()
        found[first : last + 2] = sorted(found[first : last + 2], key=attrgetter("trigger"))
    return tuple(found)


def lateness(conclusion: Conclusion, at: datetime, zone: ZoneInfo) -> timedelta | None:
    """How late an obligation is, or was when it was met; None if it is not late. *at* is the clock of the judgement.

    From the due instant for a limit in hours or minutes; whole days after the due date, in *zone*, for a longer one.
    """
    if conclusion.status not in (Status.LATE, Status.MISSED):
        return None
    end = conclusion.done or at
    if conclusion.due_date is not None:
        return timedelta(days=(end.astimezone(zone).date() - conclusion.due_date).days)
    return None if conclusion.due is None else end - conclusion.due
