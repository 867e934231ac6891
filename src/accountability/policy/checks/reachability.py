"""Checks on what can ever happen: conditions that hold never or always, tiers and rules that nothing reaches."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import inf

import attrs

from accountability.policy.checks.inside import by_name, in_force, is_condition, renamed
from accountability.policy.checks.registry import Found, error, warning
from accountability.policy.deciding import always, implies, possible, together
from accountability.policy.drafts import drafts_heard
from accountability.policy.expression import Certainly, Constant, Expression, LastOf, Not, SameKey, walk
from accountability.policy.kinds import DecidedEffect, Duty, Effect, Gate, Prohibition, Reporting, Rule, Scorecard, Threshold
from accountability.policy.kinds.scorecard import Item
from accountability.policy.kinds.threshold import Fires
from accountability.policy.model import Policy
from accountability.policy.rule import Bearer, Made, RuleBase, Trigger, Window, WindowKind

WITHIN = {"day": ("day", "week", "month", "quarter", "year"), "week": ("week",), "month": ("month", "quarter", "year"),
          "quarter": ("quarter", "year"), "year": ("year",)}
"""The calendar periods that hold one of a kind whole."""


@warning
def waits_for_a_draft(policy: Policy) -> Found:
    """A rule in force hears nothing of a draft, so what it waits for there never comes."""
    for rule in policy.rules:
        if not rule.draft:
            for name in sorted(drafts_heard(rule, policy.drafts)):
                yield (rule.span, f"`{rule.name}` is in force and waits for `{name}`, which is a draft",
                       "make it a draft too, or leave «draft» out there once it is in force")


@warning
def condition_never_holds(policy: Policy) -> Found:
    """A condition that no event can make true contradicts itself, or the condition of its rule."""
    for rule in policy.rules:
        if rule.where is not None and not possible(rule.where, policy.parameters):
            yield rule.span, f"«where» of `{rule.name}` can never hold", "mend the values that contradict each other"
            continue
        # What a scorecard counts is not what its `where` looks at.
        also = None if isinstance(rule, Scorecard) else rule.where
        for said, condition in conditions_of(rule):
            if condition is not rule.where and not possible(together((also, condition)), policy.parameters):
                yield rule.span, f"{said} of `{rule.name}` can never hold", "mend the values that contradict each other"


@warning
def condition_always_holds(policy: Policy) -> Found:
    """A condition that every event makes true says nothing; something else was meant."""
    for rule in policy.rules:
        for said, condition in conditions_of(rule):
            if not isinstance(condition, Constant) and always(condition, policy.parameters):
                yield rule.span, f"{said} of `{rule.name}` always holds", "delete it, or say what was meant"


def conditions_of(rule: RuleBase) -> Iterator[tuple[str, Expression]]:
    """The conditions of *rule*, each with its key; those of tiers and gates have checks of their own."""
    elsewhere: list[Expression] = [e for _, e in getattr(rule, "requires", ())]
    elsewhere += [where for _, tiers in all_tiers(rule) for _, where in tiers if where is not None]
    said = {id(rule.where): "«where»", id(getattr(rule, "provided", None)): "«provided»",
            **{id(x.where): f"the exception `{x.label}`" for x in rule.exemptions}}
    skipped = {id(e) for e in elsewhere}
    for tree in rule.expressions():
        if id(tree) not in skipped and is_condition(tree):
            yield said.get(id(tree), "a condition"), tree


def all_tiers(rule: RuleBase) -> Iterator[tuple[Expression | None, list[tuple[object, Expression | None]]]]:
    """Whatever in *rule* the first condition that holds chooses from: what is known by then, and each choice with its condition."""
    if isinstance(rule, Duty):
        for tiers in (rule.tiers, *(overlay.tiers for overlay in rule.overlays)):
            yield rule.where, [(t.limit, t.where) for t in tiers]
    elif isinstance(rule, Reporting):
        yield rule.where, [(t.limit, t.where) for t in rule.first]
        # Further up, it is what the unit has been told that counts.
        yield None, [(t.limit, t.where) for t in rule.each]
        yield None, [(s.level, s.where) for s in rule.route]


@warning
def tier_never_reached(policy: Policy) -> Found:
    """A tier below others that take every event before it."""
    for rule in policy.rules:
        for base, tiers in all_tiers(rule):
            above: list[Expression] = [] if base is None else [base]
            for number, (_, where) in enumerate(tiers if len(tiers) > 1 else (), 1):
                if not possible(together((where, *above)), policy.parameters):
                    yield (rule.span, f"tier {number} of `{rule.name}` is never reached",
                           "move it up, or delete it" if where is not None else "let the tier above it be «otherwise»")
                if where is not None:
                    above.append(Not(Certainly(where)))


@warning
def tiers_overlap(policy: Policy) -> Found:
    """Two tiers that may hold of one event, neither of which is the narrower: their order decides, and nobody may have meant it."""
    for rule in policy.rules:
        for base, tiers in all_tiers(rule):
            conditions = [(n, choice, where) for n, (choice, where) in enumerate(tiers, 1) if where is not None]
            for (n, one, a), (m, other, b) in combinations(conditions, 2):
                if one == other or not possible(together((base, a, b)), policy.parameters):
                    continue
                if not implies(together((base, a)), b, policy.parameters) and not implies(
                        together((base, b)), a, policy.parameters):
                    yield (rule.span, f"tiers {n} and {m} of `{rule.name}` may hold of one event, and the first one counts",
                           f"say in tier {m} that tier {n} does not hold, or put a tier for both above them")


@warning
def rule_never_applies(policy: Policy) -> Found:
    """A rule whose condition contradicts that of every rule it waits for."""
    rules = by_name(policy)
    for rule in policy.rules:
        if rule.where is None or not rule.when or not possible(rule.where, policy.parameters):
            continue
        before = [rules.get(trigger.name) if trigger.made is not Made.EVENT else None for trigger in rule.when]
        if all(one is not None and _carried(one) is not None
               and not possible(together((rule.where, _carried(one))), policy.parameters) for one in before):
            yield (rule.span, f"`{rule.name}` never applies: it waits for `{rule.when[0].name}`, whose conditions exclude its own",
                   "mend one of the two conditions")


def _carried(rule: Rule) -> Expression | None:
    """What is known of the fields that a conclusion of *rule* carries."""
    if rule.where is None or isinstance(rule, (DecidedEffect, Effect)):
        return None
    return _of_fields(rule.where, rule.per) if isinstance(rule, Threshold) else rule.where


def _of_fields(tree: Expression, kept: tuple[str, ...]) -> Expression:
    """*tree*, in which only the fields *kept* are still those of the rule that waits."""
    return renamed(tree, lambda f: f if f.name in kept else attrs.evolve(f, scope=f"other {f.scope}"))


@warning
def join_never_holds(policy: Policy) -> Found:
    """A failure that cannot belong to the event it is joined with: their common fields exclude each other."""
    rules = by_name(policy)
    for rule in policy.rules:
        join = rule.join if isinstance(rule, Prohibition) else None
        if join is None or rule.where is None or not possible(rule.where, policy.parameters):
            continue
        failures = [rules[t.name].where if t.made is not Made.EVENT and t.name in rules else None for t in join.with_]
        shared = [None if w is None else _of_fields(w, join.same) for w in failures]
        if shared and all(s is not None and not possible(together((rule.where, s)), policy.parameters) for s in shared):
            yield (rule.span, f"what `{rule.name}` is joined with never has the same {', '.join(f'`{n}`' for n in join.same)}",
                   "mend one of the two conditions")


@warning
def always_defeated(policy: Policy) -> Found:
    """A rule that another one defeats wherever it applies is dead."""
    for rule in policy.rules:
        for name, condition in rule.defeated_by:
            if implies(together((in_force(rule), rule.where)), condition, policy.parameters):
                yield rule.span, f"`{name}` defeats `{rule.name}` wherever it applies", f"delete it, or narrow `{name}`"


@warning
def gate_never_passed(policy: Policy) -> Found:
    """A step whose requirements exclude each other is refused to everybody."""
    for rule in policy.rules:
        if isinstance(rule, Gate | DecidedEffect) and rule.requires:
            required = [e for _, e in rule.requires]
            if not possible(together((rule.where, *required)), policy.parameters):
                lone = [label for label, e in rule.requires if not possible(together((rule.where, e)), policy.parameters)]
                which = f"`{lone[0]}` can never hold" if lone else "what it «requires» excludes itself"
                yield rule.span, f"nobody can pass `{rule.name}`: {which}", "mend the requirements"


@warning
def demanded_and_forbidden(policy: Policy) -> Found:
    """What one rule demands, another forbids: whatever the bearer does is a breach."""
    demanded: dict[Trigger, list[Duty]] = {}
    for rule in policy.rules:
        for act in rule.must if isinstance(rule, Duty) and not rule.right else ():
            demanded.setdefault(act, []).append(rule)  # type: ignore[arg-type]
    for rule in policy.rules:
        if not isinstance(rule, Prohibition) or rule.join is not None:
            continue
        for duty in (d for trigger in rule.when for d in demanded.get(trigger, ())):
            forbidden = renamed(together((in_force(rule), rule.guard)), lambda f: attrs.evolve(f, scope="act"))
            acted = together((in_force(duty), duty.provided))
            if duty.must == rule.when and not _apart(duty.bearer, rule.bearer) and implies(acted, forbidden, policy.parameters):
                yield (rule.span, f"`{rule.name}` forbids what `{duty.name}` demands",
                       "say in «where» which of these are forbidden")


def _apart(one: Bearer, other: Bearer) -> bool:
    return one.unit is not None and other.unit is not None and one.unit != other.unit


@warning
def rule_twice(policy: Policy) -> Found:
    """Two rules that say the same under two names: every breach would count twice."""
    alike: dict[object, list[Rule]] = {}
    for rule in policy.rules:
        alike.setdefault((type(rule).__name__, rule.when, rule.where, tuple(rule.acts())), []).append(rule)
    for group in alike.values():
        said = [attrs.evolve(r, name="", title="", version="", defeats=(), defeated_by=()) for r in group] if group[1:] else []
        for number, one in enumerate(said):
            first = said.index(one)
            if first < number:
                yield (group[number].span, f"`{group[number].name}` says the same as `{group[first].name}`", "keep one of the two")


@warning
def threshold_of_one(policy: Policy) -> Found:
    """A threshold of one is the event itself."""
    for rule in policy.rules:
        if isinstance(rule, Threshold) and rule.reaches == 1 and rule.adds is None:
            yield (rule.span, f"`{rule.name}` is reached by a single member", "write a prohibition, or a count of 2 or more")


@warning
def threshold_out_of_reach(policy: Policy) -> Found:
    """A threshold over what happens at most so often in its window: it is never reached."""
    rules = by_name(policy)
    for rule in policy.rules:
        if isinstance(rule, Threshold) and rule.adds is None and not rule.in_a_row:
            most = [most_in(rule.window, rules.get(t.name) if t.made is not Made.EVENT else None, t, rule) for t in rule.when]
            known = [m for m in most if m is not None]
            if len(known) == len(most) and sum(known) < rule.reaches:
                yield (rule.span, f"`{rule.name}` counts to {rule.reaches}, and its window can hold {sum(known)} at most",
                       "lengthen the window, or lower «reaches»")


def most_in(window: Window, source: Rule | None, trigger: Trigger, counting: Threshold) -> int | None:
    """How many of *trigger* can fall in one *window* of one key, where something bounds them."""
    every = None
    if isinstance(source, Threshold) and source.window.kind is WindowKind.CALENDAR and source.fires is Fires.RISING:
        every = source.window.period if {*source.per} <= {*counting.per} else None
    elif isinstance(source, Effect) and trigger.made is Made.PROPOSAL and len(source.on) == 1:
        every = source.once_per if "bearer" in counting.per or source.bearer.field in counting.per else None
    if every is None or window.kind is not WindowKind.CALENDAR:
        return None
    return 1 if every in WITHIN[window.period] else None


@warning
def grade_never_reached(policy: Policy) -> Found:
    """A grade that no score can give: what the items can add up to lies below it, or always above it."""
    for rule in policy.rules:
        if not isinstance(rule, Scorecard):
            continue
        bounds = [bounds_of(item) for item in rule.items]
        least, most = rule.start + sum(b[0] for b in bounds), rule.start + sum(b[1] for b in bounds)
        above: Fraction | float = inf
        for grade in rule.grades:
            if (grade.since is not None and grade.since > most) or above <= least:
                yield (rule.span, f"no score of `{rule.name}` gives the grade `{grade.name}`",
                       f"scores run from {_points(least)} to {_points(most)}")
            above = inf if grade.since is None else grade.since


def bounds_of(item: Item) -> tuple[Fraction | float, Fraction | float]:
    """The fewest and the most points that *item* can give in a period."""
    amounts = (item.kpi.points, item.kpi.shortfall) if item.kpi else (item.points,)
    known = [Fraction(a.value) for a in amounts if isinstance(a, Constant) and isinstance(a.value, (int, Decimal))]
    open_ended = len(known) < len([a for a in amounts if a is not None])
    cap: Fraction | float = inf if item.at_most is None else item.at_most
    each = 1 if item.kpi else inf
    low = -inf if open_ended else min((each * k if k < 0 else Fraction(0) for k in known), default=Fraction(0))
    high = inf if open_ended else max((each * k if k > 0 else Fraction(0) for k in known), default=Fraction(0))
    weighed = [max(low, -cap), min(high, cap)]
    return (weighed[0] * item.weight, weighed[1] * item.weight) if item.weight else (Fraction(0), Fraction(0))


def _points(points: Fraction | float) -> str:
    return "any number" if points in (inf, -inf) else f"{float(points):g}"


@error
def optional_key(policy: Policy) -> Found:
    """`any T of the same F` needs a field that no event of type T leaves out; so does `last T of the same F`."""
    for rule in policy.rules:
        for tree in rule.expressions():
            for part in walk(tree):
                if not isinstance(part, SameKey | LastOf):
                    continue
                key, declared = part.field if isinstance(part, SameKey) else part.key, policy.vocabulary.get(part.event_type)
                if declared is not None and declared.fields[key].optional:
                    yield (rule.span, f"`{key}` may be missing from `{part.event_type}`", f"declare `{key}` without «optional»")
