"""`effect`: what should follow is proposed; it stands only once the competent body's decision says so (SG13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

import attrs

from accountability.policy.amounts import PERIODS, read_plain_limit, read_term
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import CONDITION, FIELD, FIELDS, LIMIT, NAME, SHARED, TEXT, Many, Moment, Record, Triggers, Words
from accountability.policy.forms import PERIODS as EACH_PERIOD
from accountability.policy.rule import AnswerSpec, Bearer, Made, RuleBase, Term, TermKind, Trigger
from accountability.policy.vocabulary import UNIT
from accountability.workdays import Limit, PeriodName

STANDING = Record({"term": Words(("rest of the year", "until ended"), free=True), "bars": Many(NAME)}, ("term",))
FORM = Record(
    {"effect": TEXT, **SHARED, "when": Triggers(), "bearer": FIELD, "joined with": Triggers(), "after": Triggers(), "within": LIMIT,
     "same": FIELDS, "propose": TEXT,
     "on": Many(Moment(unit=True)), "once per": EACH_PERIOD, "decided by": Triggers(), "provided": CONDITION, "standing": STANDING},
    required=("when", "propose"))


AFTER = 2
"""The role of what must have happened before."""


@attrs.frozen
class On:
    """Whom a proposal is about: the unit (no *answer*), or every post that the responsibility names, one proposal each."""

    answer: AnswerSpec | None = None


@attrs.frozen
class Decision:
    """The event by which a competent body disposes of a proposal of the same key (SG13)."""

    by: str
    same: tuple[str, ...]
    provided: Expression | None = None
    term: Term = Term(TermKind.OPEN)
    bars: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, slots=False)
class Effect(RuleBase):
    """A consequence: proposed by the engine; in force only once a decision event disposes of it."""

    bearer: Bearer
    measure: str
    on: tuple[On, ...]
    once_per: PeriodName | None = None
    """A calendar period of which a unit gets one proposal at most."""
    zone: ZoneInfo
    decision: Decision | None = None
    joined: tuple[Trigger, ...] = ()
    """What must be known too, of the same key, before or after the trigger."""
    same: tuple[str, ...] = ()
    after: tuple[Trigger, ...] = ()
    """What must have happened before the trigger, of the same key, not more than *within* ago."""
    within: Limit | None = None

    def inputs(self) -> Iterator[tuple[int, Trigger]]:
        yield from super().inputs()
        yield from ((AFTER, t) for t in dict.fromkeys(self.after))

    def acts(self) -> Iterator[Trigger]:
        yield from self.joined
        if self.decision:
            yield Trigger(Made.EVENT, self.decision.by)

    def key_names(self, role: int) -> tuple[str, ...]:
        """The fields by which a joined effect and what it is joined with belong together."""
        return self.same

    def lookups(self) -> Iterator[AnswerSpec]:
        yield from super().lookups()
        yield from (on.answer for on in self.on if on.answer is not None)

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        if self.decision and self.decision.provided is not None:
            yield self.decision.provided


def read(reader: ClauseReader) -> Effect:
    """The effect that *reader* stands at; its mistakes are written down."""
    units = [name for name, field in reader.trigger.items() if field.type == UNIT]
    bearer = reader.bearer("bearer" if "bearer" in units or not units else units[0])
    reader.trigger.setdefault("bearer", FieldRef("trigger", "bearer", UNIT))
    once = reader.reading.keyword(reader.entries.get("once per"), "«once per»", [f"calendar {p}" for p in PERIODS])
    period = next((p for p in PERIODS if once == f"calendar {p}"), None)
    joined: tuple[Trigger, ...] = ()
    same: tuple[str, ...] = ()
    decision = None
    if "joined with" in reader.entries:
        joined, same = reader.joined(), ()
        same = reader.key("same", of=reader.shared_fields(joined) if joined else None)
        for key in ("decided by", "standing", "provided", "once per"):
            if key in reader.entries:
                reader.reading.fail(reader.entries[key].span, "joined-and-decided", f"«{key}» stands beside «joined with»",
                                    "let this effect propose, and write what is decided as an effect of its own")
    else:
        decision = _decision(reader)
    if "after" in reader.entries and decision is not None:
        same = decision.same
    after, same = _after(reader, same)
    within = read_plain_limit(reader.scalar("within"), reader.reading) if after else None
    return Effect(bearer=bearer, measure=reader.text("propose") or "", on=read_on(reader), once_per=period,
                  zone=reader.pack.defaults.zone, decision=decision, joined=joined, same=same,
                  after=after, within=within, **reader.shared("bearer"))  # type: ignore[arg-type]


def read_on(reader: ClauseReader) -> tuple[On, ...]:
    """`unit`, `RESPONSIBILITY at MOMENT`, or a list of them; the unit where nothing is said."""
    found = []
    for item in reader.reading.items(reader.entries.get("on"), "«on»"):
        text = reader.reading.text(item, "«on»")
        if text == "unit":
            found.append(On())
        elif text is not None:
            line, _, moment = text.rpartition(" at ")
            who = reader.trigger.get(line.strip())
            post = f"{line.strip()} " if who is not None and who.type.kind == "post" else ""
            spec = reader.answer(line.strip(), f"{post}at {moment.strip()}" if line else text, item)
            found += [On(spec)] if spec is not None else []
    return tuple(found) or (On(),)


def _after(reader: ClauseReader, same: tuple[str, ...]) -> tuple[tuple[Trigger, ...], tuple[str, ...]]:
    """What the proposal comes after, and the key by which they belong together."""
    if "after" not in reader.entries:
        if "within" in reader.entries:
            reader.reading.fail(reader.entries["within"].span, "no-join", "«within» stands without «after»",
                                "name what the proposal comes after")
        return (), same
    for key in ("joined with", "once per"):
        if key in reader.entries:
            reader.reading.fail(reader.entries[key].span, "joined-and-decided", f"«{key}» stands beside «after»",
                                "keep one of the two")
    after, fields = reader.keyed("after", same)
    if "same" not in reader.entries:
        reader.reading.fail(reader.name.span, "missing-key", f"the effect `{reader.name.text}` lacks «same»",
                            "name the field by which the two belong together")
    return after, same or reader.key("same", of=fields)


def _decision(reader: ClauseReader) -> Decision | None:
    if "decided by" not in reader.entries:
        for key in ("standing", "provided", *(("same",) if "after" not in reader.entries else ())):
            if key in reader.entries:
                reader.reading.fail(reader.entries[key].span, "no-decision", f"«{key}» stands without «decided by»",
                                    "name the event by which the competent body decides")
        return None
    triggers = reader.triggers("decided by")
    if len(triggers) > 1 or any(t.made is not Made.EVENT for t in triggers):
        reader.reading.fail(reader.entries["decided by"].span, "not-one-event", f"the effect `{reader.name.text}` is decided by "
                            + " or ".join(f"`{t}`" for t in triggers), "name the one event by which the competent body decides")
    act = reader.shared_fields(triggers, "act") if triggers else None
    same = reader.key("same", of=act)
    if "same" not in reader.entries:
        reader.reading.fail(reader.name.span, "missing-key", f"the effect `{reader.name.text}` lacks «same»",
                            "name the field that tells which proposal a decision is about")
    entries = reader.reading.mapping(reader.entries.get("standing"), "«standing»", tuple(STANDING.keys), STANDING.required)
    term = read_term(entries.get("term"), reader.reading)
    if "standing" not in reader.entries:
        reader.reading.fail(reader.name.span, "effect-without-term",
                            f"the effect `{reader.name.text}` does not say how long it stands", "add «standing: {term: …}»")
    bars = reader.reading.names(entries.get("bars"), "«bars»")
    provided = reader.condition("provided", act) if triggers else None
    return Decision(triggers[0].name if triggers else "", same, provided, term, bars)


def concludes(rule: Effect, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for."""
    found: dict[Trigger, Mapping[str, FieldRef]] = {Trigger(Made.PROPOSAL, rule.name): carried}
    if rule.decision:
        found[Trigger(Made.STANDING, rule.name)] = {n: carried[n] for n in (*rule.decision.same, "bearer")}
    return found
