"""`effect`: what should follow is proposed; it stands only once the competent body's decision says so (SG13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

import attrs

from accountability.document import Scalar
from accountability.policy.amounts import PERIODS, read_plain_limit, read_term
from accountability.policy.clauses import ClauseReader
from accountability.policy.expression import Expression, FieldRef
from accountability.policy.forms import CONDITION, FIELD, FIELDS, LIMIT, NAME, SHARED, TEXT, Many, Moment, Record, Triggers, Words
from accountability.policy.forms import PERIODS as EACH_PERIOD
from accountability.policy.parser import parse_condition
from accountability.policy.rule import AnswerSpec, Bearer, Joining, Made, RuleBase, Term, TermKind, Trigger
from accountability.policy.vocabulary import UNIT
from accountability.workdays import Limit, PeriodName

JOINING = Words(tuple(Joining))
STANDING = Record(
    {"term": Words(("rest of the year", "until ended"), free=True, expressed=True), "bars": Many(NAME), "together": JOINING,
     "meanwhile": JOINING, "at most": LIMIT}, ("term",))
ENDING = Record({"when": Triggers(), "provided": CONDITION}, ("when",))
FORM = Record(
    {"effect": TEXT, **SHARED, "when": Triggers(), "bearer": FIELD, "joined with": Triggers(), "after": Triggers(), "within": LIMIT,
     "same": FIELDS, "propose": TEXT,
     "on": Many(Moment(unit=True)), "once per": EACH_PERIOD, "decided by": Triggers(), "provided": CONDITION, "standing": STANDING,
     "follows": Words(("person", "post")), "ended by": ENDING, "quashed by": ENDING},
    required=("when", "propose"))
AFTER, ENDED, QUASHED = 2, 3, 4
"""The roles of what must have happened before, and of what ends or quashes what was decided."""


@attrs.frozen
class On:
    """Whom a proposal is about: the unit (no *answer*), or every post that the responsibility names, one proposal each."""

    answer: AnswerSpec | None = None


@attrs.frozen
class Ending:
    """An event, or what another rule concludes, that ends or quashes a standing of the same key."""

    when: tuple[Trigger, ...]
    provided: Expression | None = None


@attrs.frozen
class Decision:
    """The event by which a competent body disposes of a proposal of the same key (SG13), and what it puts in force."""

    by: str
    same: tuple[str, ...]
    provided: Expression | None = None
    term: Term = Term(TermKind.OPEN)
    bars: tuple[str, ...] = ()
    follows_person: bool = True
    ended: Ending | None = None
    quashed: Ending | None = None

    @property
    def plain(self) -> bool:
        """Whether what it puts in force runs a term of its own, known from the start, and is then over."""
        return self.ended is None and self.quashed is None and not self.term.joins and self.term.amount is None


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

    @property
    def plain(self) -> bool:
        """Whether it is joined with nothing, comes after nothing, and a decision on it is plain."""
        return not self.joined and not self.after and (self.decision is None or self.decision.plain)

    @property
    def beside(self) -> tuple[str, ...] | None:
        return self.same if self.joined or self.after else None

    def inputs(self) -> Iterator[tuple[int, Trigger]]:
        yield from super().inputs()
        yield from ((AFTER, t) for t in dict.fromkeys(self.after))
        if self.decision:
            yield from ((ENDED, t) for t in (self.decision.ended.when if self.decision.ended else ()))
            yield from ((QUASHED, t) for t in (self.decision.quashed.when if self.decision.quashed else ()))

    def acts(self) -> Iterator[Trigger]:
        yield from self.joined
        if self.decision:
            yield Trigger(Made.EVENT, self.decision.by)

    def key_names(self, role: int) -> tuple[str, ...]:
        """The fields by which what comes in belongs together; terms that come together, and once a period, are looked at as one."""
        whole = self.once_per is not None or (self.decision is not None and self.decision.term.joins)
        return () if whole else self.same if self.decision is None else self.decision.same

    def lookups(self) -> Iterator[AnswerSpec]:
        yield from super().lookups()
        yield from (on.answer for on in self.on if on.answer is not None)

    def expressions(self) -> Iterator[Expression]:
        yield from super().expressions()
        if self.decision:
            one = self.decision
            yield from (e for e in (one.provided, one.term.amount) if e is not None)
            yield from (e.provided for e in (one.ended, one.quashed) if e is not None and e.provided is not None)


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
        for key in ("decided by", "standing", "provided", "once per", "follows", "ended by", "quashed by"):
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
        for key in ("standing", "provided", "follows", "ended by", "quashed by",
                    *(("same",) if "after" not in reader.entries else ())):
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
    term = read_term(entries, reader.scope(act), reader.reading)
    if "standing" not in reader.entries:
        reader.reading.fail(reader.name.span, "effect-without-term",
                            f"the effect `{reader.name.text}` does not say how long it stands", "add «standing: {term: …}»")
    bars = reader.reading.names(entries.get("bars"), "«bars»")
    provided = reader.condition("provided", act) if triggers else None
    return Decision(triggers[0].name if triggers else "", same, provided, term, bars, follows_person(reader),
                    read_ending("ended by", same, reader), read_ending("quashed by", same, reader))


def follows_person(reader: ClauseReader) -> bool:
    """Whether a standing goes with the person that holds the post, wherever he or she serves."""
    return reader.reading.keyword(reader.entries.get("follows"), "«follows»", ("person", "post")) != "post"


def read_ending(key: str, same: tuple[str, ...], reader: ClauseReader) -> Ending | None:
    """What *key* says that a standing of the same fields is ended or quashed by."""
    node = reader.entries.get(key)
    if node is None:
        return None
    entries = reader.reading.mapping(node, f"«{key}»", tuple(ENDING.keys), ENDING.required)
    triggers, fields = reader.keyed("when", same, entries.get("when")) if "when" in entries else ((), {})
    provided = entries.get("provided")
    condition = parse_condition(provided, reader.scope(fields), reader.reading) if isinstance(provided, Scalar) else None
    return Ending(triggers, condition) if triggers else None


def concludes(rule: Effect, carried: Mapping[str, FieldRef]) -> dict[Trigger, Mapping[str, FieldRef]]:
    """What other rules may wait for."""
    found: dict[Trigger, Mapping[str, FieldRef]] = {Trigger(Made.PROPOSAL, rule.name): carried}
    if rule.decision:
        found[Trigger(Made.STANDING, rule.name)] = {n: carried[n] for n in (*rule.decision.same, "bearer")}
    return found
