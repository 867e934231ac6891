"""The nouns that all kinds of rule share: what they wait for, who bears them, who answers, what they weigh."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

import attrs

from accountability.errors import Span
from accountability.event import Happening
from accountability.organisation import Organisation, ResponsibilityKind
from accountability.policy.expression import And, Certainly, Expression, Not
from accountability.workdays import Limit, PeriodName, Reckoning


class Made(StrEnum):
    """What a rule may wait for: a reported event, or what another rule concludes."""

    __hash__ = str.__hash__  # as for Status

    EVENT = "event"
    BREACH = "breach"
    DISCHARGE = "discharge"
    FINDING = "finding"
    STANDING = "standing"
    PROPOSAL = "proposal"
    PASSED = "passed"
    REFUSED = "refused"
    GAP = "gap"
    SCORE = "score"
    BAR = "bar"
    """What a decided effect keeps from, while it is in force and after it was quashed; only gates look at it."""


@attrs.frozen(order=True)
class Trigger:
    """One thing a rule waits for: an event type, or what another rule concludes, such as `breach of R`."""

    made: Made
    name: str

    def __str__(self) -> str:
        return self.name if self.made is Made.EVENT else f"{self.made} of {self.name}"

    @property
    def rule(self) -> str | None:
        """The rule it comes from, or None for an event."""
        return None if self.made is Made.EVENT else self.name


def asked(name: str) -> Trigger:
    """The conclusion that a condition asks about as *name*, such as `standing of R`."""
    made, _, rule = name.partition(" of ")
    return Trigger(Made(made), rule)


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
    event: tuple[str, str] | None = None
    """Where *moment* is the first event of a type with the trigger's value of a field: both."""


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
    source: str = attrs.field(default="", eq=False)
    """Where it comes from; rules that ask for something else during it encode that, too."""


@attrs.frozen
class Overlay:
    """Other tiers for triggers whose instant lies in *period* (SG4: it changes limits of duties, nothing else)."""

    period: Period
    tiers: tuple[Tier, ...]


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


class TermKind(StrEnum):
    LIMIT = "limit"
    REST_OF_YEAR = "rest of the year"
    OPEN = "until ended"
    AMOUNT = "amount"


class Joining(StrEnum):
    """What becomes of the term of a standing that is decided while another one of the same unit, post or person runs."""

    APART = "apart"
    """Each runs its own term."""
    HEAVIEST = "heaviest"
    """The longer one absorbs the shorter, which does not outlast it."""
    ADDED = "added"
    """It is added to what is left of the other."""
    EQUAL_ADDED = "equal added"
    """It is added to one of equal length, and absorbed by a longer one."""


@attrs.frozen
class Term:
    """How long a standing lasts from the decision. A limit in days or longer includes its last day (time.md)."""

    kind: TermKind
    limit: Limit | None = None
    amount: Expression | None = None
    """Where it is `AMOUNT`: a limit by the fields of the decision."""
    together: Joining = Joining.APART
    """How it goes with another one decided on the same local day."""
    meanwhile: Joining = Joining.APART
    """How it goes with one that was decided earlier and still runs."""
    most: Limit | None = None
    """How long, from the decision, terms that were added last at most."""

    @property
    def joins(self) -> bool:
        """Whether terms that run at once come together."""
        return {self.together, self.meanwhile} != {Joining.APART}


@attrs.frozen
class Exemption:
    """A labelled exception, with the clause that grants it: where it certainly holds, the rule does not apply."""

    label: str
    where: Expression
    source: str = ""


TRIGGER, ACT = 0, 1
"""The roles that every kind has: what starts a rule, and what discharges, decides or joins. Further roles count from 2."""


@attrs.frozen(kw_only=True, slots=False)
class RuleBase:
    """What every rule has."""

    name: str
    title: str = ""
    source: str = ""
    when: tuple[Trigger, ...] = ()
    where: Expression | None = None
    exemptions: tuple[Exemption, ...] = ()
    defeats: tuple[str, ...] = ()
    """The rules that do not apply to a trigger to which this one does."""
    defeated_by: tuple[tuple[str, Expression], ...] = ()
    """The rules that defeat this one, each with the condition under which it applies."""
    about: str
    """The field of the trigger that names the subject of its conclusions."""
    about_kind: str
    answers: tuple[AnswerSpec, ...] = ()
    report_all: bool = False
    draft: bool = False
    """Whether it is tried out: judged, and heard by other drafts alone."""
    effective: Effective = Effective()
    reckoning: Reckoning | None = None
    """How its limits are counted, where it has some."""
    version: str = ""
    span: Span = attrs.field(eq=False)
    index: int = attrs.field(default=0, eq=False)
    """Its place in the pack: the order of conclusions that arise at one instant."""

    @cached_property
    def guard(self) -> Expression | None:
        """When the rule applies to a trigger: `where`, none of its exceptions, and no rule that defeats it."""
        beaten = [*(e.where for e in self.exemptions), *(condition for _, condition in self.defeated_by)]
        parts = (*([self.where] if self.where is not None else []), *(Not(Certainly(e)) for e in beaten))
        return None if not parts else parts[0] if len(parts) == 1 else And(parts)

    @property
    def beside(self) -> tuple[str, ...] | None:
        """The fields by which it looks for something without which it concludes nothing of a trigger; None: it needs nothing."""
        return None

    @property
    def silent(self) -> frozenset[str]:
        """The statuses that it never reports, not even with `report: all`."""
        return frozenset()

    def acts(self) -> Iterator[Trigger]:
        """What it waits for beside its triggers: what discharges, joins or decides."""
        yield from ()

    def inputs(self) -> Iterator[tuple[int, Trigger]]:
        """Everything it waits for, each with its role."""
        yield from ((TRIGGER, t) for t in dict.fromkeys(self.when))
        yield from ((ACT, t) for t in dict.fromkeys(self.acts()))

    def waits_for(self) -> Iterator[Trigger]:
        """Everything that can change what this rule concludes."""
        yield from (t for _, t in self.inputs())

    def lookups(self) -> Iterator[AnswerSpec]:
        """Everybody whom its conclusions name."""
        yield from self.answers

    def periods(self) -> Iterator[Period]:
        """The periods that change what it asks for."""
        yield from ()

    def members(self, organisation: Organisation) -> Iterable[Hashable]:
        """The keys that the rule looks at from the start, whatever happens."""
        return ()

    def rests(self, role: int, happening: Happening, clock: datetime) -> bool:
        """Whether *happening* changes nothing before the rule looks again by itself, later than *clock*."""
        return False

    def expressions(self) -> Iterator[Expression]:
        """Every expression that stands in the rule."""
        yield from (e for e in (self.where, *(x.where for x in self.exemptions)) if e is not None)

    def questions(self) -> Iterator[Expression]:
        """Every expression on which its conclusions depend: its own, and those under which other rules defeat it."""
        yield from self.expressions()
        yield from (condition for _, condition in self.defeated_by)


@attrs.frozen
class Source:
    """Where a rule comes from."""

    key: str
    title: str
    clause: str = ""
    address: str = ""
    unverified: bool = False
    """Whether it was cited from memory, and nobody has looked it up yet."""
    open: bool = False
    """Whether it leaves a limit open (`promptly`), so that whoever encodes it must choose a number."""

    def __str__(self) -> str:
        return f"{self.title}, {self.clause}" if self.clause else self.title
