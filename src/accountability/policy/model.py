"""The nouns of a policy: rules as data, every name resolved, every value typed. What they mean is said in `semantics`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

import attrs

from accountability.errors import Diagnostic, Span
from accountability.organisation import ResponsibilityKind
from accountability.policy.expression import Expression, Parameter
from accountability.policy.vocabulary import Vocabulary
from accountability.workdays import Calendar, Limit, PeriodName, Reckoning


class Made(StrEnum):
    """What a rule may wait for: a reported event, or what another rule concludes."""

    __hash__ = str.__hash__  # as for Status

    EVENT = "event"
    BREACH = "breach"
    DISCHARGE = "discharge"
    FINDING = "finding"
    STANDING = "standing"


@attrs.frozen(order=True)
class Trigger:
    """One thing a rule waits for: an event type, or `breach of R`, `discharge of R`, `finding of R`, `standing of R`."""

    made: Made
    name: str

    def __str__(self) -> str:
        return self.name if self.made is Made.EVENT else f"{self.made} of {self.name}"

    @property
    def rule(self) -> str | None:
        """The rule it comes from, or None for an event."""
        return None if self.made is Made.EVENT else self.name


@attrs.frozen
class Effective:
    """The local days on which triggers fall under a rule, half-open."""

    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@attrs.frozen
class Bearer:
    """Who owes: the unit in the trigger's *field* (a post there stands for its unit), or always *unit*."""

    field: str | None = None
    unit: str | None = None


@attrs.frozen
class AnswerSpec:
    """Who answers for a finding: a kind of responsibility, or the post in the trigger's field *post*, at a *moment*.

    *moment* is `trigger`, `due`, `first`, `last`, `finding`, or the name of a field of the trigger that holds an instant.
    """

    line: str
    moment: str
    kind: ResponsibilityKind | None = None
    post: str | None = None


@attrs.frozen
class Weight:
    """What a rule attaches to its findings."""

    severity: str | None = None
    points: int | None = None


@attrs.frozen
class Tier:
    """A limit that applies *where* a condition on the trigger holds; None: wherever no tier above it does."""

    limit: Expression
    where: Expression | None = None


@attrs.frozen
class Period:
    """Times that change limits: opened by events that carry from and to, or declared; half-open."""

    name: str
    event: str | None = None
    since_field: str = "from"
    until_field: str = "to"
    declared: tuple[tuple[date, date], ...] = ()


@attrs.frozen
class Overlay:
    """Other tiers for triggers whose instant lies in *period* (SG4: it changes limits of duties, nothing else)."""

    period: Period
    tiers: tuple[Tier, ...]


class Again(StrEnum):
    """What a second trigger does while an obligation of the same key is undischarged."""

    NEW = "new"
    IGNORE = "ignore"
    RESTART = "restart"


@attrs.frozen(kw_only=True)
class RuleBase:
    """What every rule has."""

    name: str
    title: str = ""
    source: str = ""
    when: tuple[Trigger, ...]
    where: Expression | None = None
    about: str
    """The field of the trigger that names the subject of its conclusions."""
    about_kind: str
    answers: tuple[AnswerSpec, ...] = ()
    report_all: bool = False
    effective: Effective = Effective()
    version: str = ""
    span: Span = attrs.field(eq=False)
    index: int = attrs.field(default=0, eq=False)
    """Its place in the pack: the order of conclusions that arise at one instant."""

    def acts(self) -> Iterator[Trigger]:
        """What it waits for beside its triggers: what discharges, joins or decides."""
        yield from ()

    def waits_for(self) -> Iterator[Trigger]:
        """Everything that can change what this rule concludes."""
        yield from self.when
        yield from self.acts()


@attrs.frozen(kw_only=True)
class Duty(RuleBase):
    """When E, its bearer must D within L."""

    bearer: Bearer
    must: tuple[Trigger, ...]
    same: tuple[str, ...]
    provided: Expression | None = None
    tiers: tuple[Tier, ...] = ()
    due: Expression | None = None
    """An instant carried by the trigger, instead of a limit."""
    reckoning: Reckoning
    overlays: tuple[Overlay, ...] = ()
    again: Again = Again.NEW
    even_before: Limit | None = None
    """How long before its trigger an act may have happened and still discharge it; None: not at all."""
    weight: Weight = Weight()

    def acts(self) -> Iterator[Trigger]:
        yield from self.must


@attrs.frozen
class Join:
    """The authority's own failure that makes an event a breach: not more than *within* before it, of the same fields (SG11)."""

    with_: tuple[Trigger, ...]
    same: tuple[str, ...]
    within: Limit | None = None


@attrs.frozen(kw_only=True)
class Prohibition(RuleBase):
    """E is a breach; or E together with a failure of the authority is."""

    bearer: Bearer
    join: Join | None = None
    weight: Weight = Weight()

    def acts(self) -> Iterator[Trigger]:
        if self.join:
            yield from self.join.with_


class WindowKind(StrEnum):
    INSTANTS = "rolling by instants"
    DATES = "rolling by dates"
    CALENDAR = "calendar"


@attrs.frozen
class Window:
    """The stretch in which members count together: rolling with its *limit*, or a calendar *period*."""

    kind: WindowKind
    limit: Limit | None = None
    period: PeriodName = "year"
    edge_included: bool = False

    def __str__(self) -> str:
        if self.kind is WindowKind.CALENDAR:
            return f"calendar {self.period}"
        return f"{self.limit} {self.kind}" + (", edge included" if self.edge_included else "")


class Fires(StrEnum):
    """At which members a threshold gives a finding; there is no default (time.md, threshold fires)."""

    EACH = "each"
    RISING = "rising"
    ONCE = "once, used up"


@attrs.frozen(kw_only=True)
class Threshold(RuleBase):
    """So many events or conclusions of one key in a window give a finding."""

    bearer: Bearer
    per: tuple[str, ...]
    window: Window
    zone: ZoneInfo
    reaches: int
    fires: Fires
    weight: Weight = Weight()


@attrs.frozen
class On:
    """Whom a proposal is about: the unit (no *answer*), or every post that the responsibility names, one proposal each."""

    answer: AnswerSpec | None = None


class TermKind(StrEnum):
    LIMIT = "limit"
    REST_OF_YEAR = "rest of the year"
    OPEN = "until ended"


@attrs.frozen
class Term:
    """How long a standing lasts from the decision. A limit in days or longer includes its last day (time.md)."""

    kind: TermKind
    limit: Limit | None = None


@attrs.frozen
class Decision:
    """The event by which a competent body disposes of a proposal of the same key (SG13)."""

    by: str
    same: tuple[str, ...]
    provided: Expression | None = None
    term: Term = Term(TermKind.OPEN)
    bars: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Effect(RuleBase):
    """A consequence: proposed by the engine; in force only once a decision event disposes of it."""

    bearer: Bearer
    measure: str
    on: tuple[On, ...]
    once_per: PeriodName | None = None
    """A calendar period of which a unit gets one proposal at most."""
    zone: ZoneInfo
    decision: Decision | None = None

    def acts(self) -> Iterator[Trigger]:
        if self.decision:
            yield Trigger(Made.EVENT, self.decision.by)


Rule = Duty | Prohibition | Threshold | Effect


@attrs.frozen
class Source:
    """Where a rule comes from."""

    key: str
    title: str
    clause: str = ""
    address: str = ""

    def __str__(self) -> str:
        return f"{self.title}, {self.clause}" if self.clause else self.title


@attrs.frozen(kw_only=True, slots=False)
class Policy:
    """A pack, read and checked. Each of *rules* comes after those it waits for; `Rule.index` keeps the author's order."""

    pack: str
    title: str = ""
    zone: ZoneInfo
    strict: bool = True
    sources: Mapping[str, Source] = attrs.field(factory=dict)
    vocabulary: Vocabulary = attrs.field(factory=dict)
    parameters: Mapping[str, Parameter] = attrs.field(factory=dict)
    periods: Mapping[str, Period] = attrs.field(factory=dict)
    responsibility: Mapping[str, ResponsibilityKind] = attrs.field(factory=dict)
    rules: tuple[Rule, ...]
    warnings: tuple[Diagnostic, ...] = attrs.field(default=(), eq=False)
    digest: str = attrs.field(default="", eq=False)

    @cached_property
    def calendars(self) -> Mapping[str, Calendar]:
        """The work calendars that its rules reckon with, by name."""
        found = {}
        for rule in self.rules:
            if isinstance(rule, Duty) and rule.reckoning.calendar is not None:
                found[rule.reckoning.calendar.name] = rule.reckoning.calendar
        return found

    def rule(self, name: str) -> Rule:
        """The rule of that name. Raises KeyError."""
        for rule in self.rules:
            if rule.name == name:
                return rule
        raise KeyError(name)


def digest_of(text: str) -> str:
    """12 hex digits that change whenever the text does."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
