"""From the tree of an expression to a Python closure. What `evaluate` means, this does fast; a law checks that they agree.

A closure takes the trigger's fields, the act's fields and the trigger's instant. Generated source holds only names made here:
every value that an author wrote is passed in beside it, never pasted into it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from accountability.engine.days import Beginning
from accountability.engine.indexes import FactIndex, KeyIndex, LastIndex
from accountability.organisation import Organisation
from accountability.policy.expression import (
    And,
    Arithmetic,
    Certainly,
    Compare,
    Constant,
    Expression,
    FieldRef,
    InForce,
    LastOf,
    Not,
    OneOf,
    Or,
    OrganisationFact,
    Parameter,
    ParameterRef,
    Present,
    SameKey,
    arithmetic,
    children,
    comparable,
    walk,
)
from accountability.policy.vocabulary import Sort

Fields = Mapping[str, object]
Condition = Callable[[Fields, Fields, datetime], bool]
Amount = Callable[[Fields, Fields, datetime], object]
PYTHON_OPERATORS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
NOTHING: Final[Fields] = {}
TEXTS = (Sort.CHOICE, Sort.REFERENCE, Sort.TEXT)
DEEPEST = 30
"""How deep the source of one closure nests. Python reads 200 parentheses within one another; a level takes up to five."""


class Compiler:
    """Compiles the expressions of one policy over one organisation; *indexes* are the live answers to `any T of the same F`.

    *known_at* tells as of when the organisation is known.
    """

    def __init__(self, parameters: Mapping[str, Parameter], organisation: Organisation, zone: ZoneInfo,
                 indexes: dict[tuple[str, str], KeyIndex], vocabulary: Container[str] = (),
                 known_at: Callable[[], datetime | None] = lambda: None) -> None:
        self.parameters, self.organisation, self.zone, self.indexes = parameters, organisation, zone, indexes
        self.vocabulary, self.known_at = vocabulary, known_at
        self.moments: dict[tuple[str, str], dict[object, list[datetime]]] = {}
        """When the events of a type happened, by the value of a field: what steps and named moments look at."""
        self.concluded: dict[tuple[str, str], FactIndex] = {}
        self.lasts: dict[tuple[str, str], LastIndex] = {}
        """The same to `f of last T of the same F`."""

    def index(self, context: tuple[str, str]) -> KeyIndex | FactIndex:
        """What is known by one field of an event type, or of what a rule concludes."""
        if context[0] in self.vocabulary:
            return self.indexes.setdefault(context, {})
        return self.concluded.setdefault(context, FactIndex())

    def last(self, context: tuple[str, str]) -> LastIndex:
        """The events of a type by one of their fields, of which a condition asks for the last."""
        return self.lasts.setdefault(context, LastIndex())

    def condition(self, tree: Expression | None) -> Condition | None:
        """A closure that says whether *tree* certainly holds; None where there is no condition."""
        return None if tree is None else self._compile("true", tree)

    def amount(self, tree: Expression) -> Amount:
        """A closure for the value of *tree*; None is missing."""
        closure: Amount = self._compile("value", tree)
        return closure

    def hangs_on(self, tree: Expression) -> set[str] | None:
        """The fields of the trigger, all texts, on which the value of *tree* hangs; None where it hangs on more, such as the day.

        Numbers can be equal and not look alike, and rows of a table are chosen by their looks.
        """
        fields: set[str] = set()
        for part in walk(tree):
            match part:
                case FieldRef(scope="trigger", name=name, type=type_) if type_.sort in TEXTS:
                    fields.add(name)
                case ParameterRef(name=name) if self.parameters[name].same_always:
                    pass
                case Constant():
                    pass
                case _:
                    return None
        return fields

    def _compile(self, what: str, tree: Expression) -> Any:
        writer = _Writer(self)
        body = writer.value(tree) if what == "value" else writer.certainly(tree, what == "true")
        scope = {**writer.bound, "__builtins__": {}}
        return eval(compile(f"lambda t, a, at: {body}", "<rule expression>", "eval"), scope)

    def reader(self, parameter: Parameter) -> Callable[[datetime, object], object]:
        """A closure for the value of *parameter* on the local day of an instant."""
        versions = [(Beginning(v.since, self.zone), v) for v in reversed(parameter.versions)]

        def read(at: datetime, key: object) -> object:
            for since, version in versions:
                if since.before(at):
                    return version.value if version.table is None else version.table.get(str(key))
            return None

        return read


class _Writer:
    """Writes one expression as Python source, and remembers what its names stand for."""

    def __init__(self, compiler: Compiler) -> None:
        self.compiler = compiler
        self.bound: dict[str, object] = {}
        self.temporaries = 0
        self.depth = 0

    def bind(self, value: object) -> str:
        name = f"c{len(self.bound)}"
        self.bound[name] = value
        return name

    def temporary(self) -> str:
        self.temporaries += 1
        return f"v{self.temporaries}"

    def deeper(self, what: str, tree: Expression, write: Callable[[], str]) -> str:
        """What *write* gives; or, where the source would nest deeper than Python reads, a call of a closure of its own."""
        if self.depth == DEEPEST:
            return f"{self.bind(self.compiler._compile(what, tree))}(t, a, at)"
        self.depth += 1
        try:
            return write()
        finally:
            self.depth -= 1

    def value(self, tree: Expression) -> str:
        return self.deeper("value", tree, lambda: self.value_here(tree)) if children(tree) else self.value_here(tree)

    def value_here(self, tree: Expression) -> str:
        match tree:
            case Constant(value=value):
                return self.bind(value)
            case FieldRef(scope=scope, name=name):
                return f"{'t' if scope == 'trigger' else 'a'}.get({self.bind(name)})"
            case ParameterRef(name=name, key=key):
                parameter = self.compiler.parameters[name]
                v, table = self.temporary(), parameter.versions[0].table
                if key is not None and table is not None and parameter.same_always:
                    get, text = self.bind(table.get), self.bind(str)
                    row = f"{v} if {v}.__class__ is {text} else {text}({v})"
                    return f"({get}({row}) if ({v} := {self.value(key)}) is not None else None)"
                reader = self.bind(self.compiler.reader(parameter))
                if key is None:
                    return f"{reader}(at, None)"
                return f"({reader}(at, {v}) if ({v} := {self.value(key)}) is not None else None)"
            case OrganisationFact(what=what, of=of):
                o, v = self.compiler.organisation, self.temporary()
                ask = {"unit": o.unit_of, "role": o.role_of, "rank": o.rank_of, "level": o.level_of, "parent": o.parent_of}[what]
                if not o.changes:
                    return f"({self.bind(ask)}({v}) if ({v} := {self.value(of)}) is not None else None)"
                fact, known_at = self.bind(o.fact), self.bind(self.compiler.known_at)
                return f"({fact}({self.bind(what)}, {v}, at, {known_at}()) if ({v} := {self.value(of)}) is not None else None)"
            case Arithmetic(op=op, left=left, right=right):
                v, w = self.temporary(), self.temporary()
                return (f"({self.bind(arithmetic)}({self.bind(op)}, {v}, {w}) if ({v} := {self.value(left)}) is not None"
                        f" and ({w} := {self.value(right)}) is not None else None)")
            case LastOf(event_type=event_type, key=key_field, field=field, by_then=by_then):
                index = self.compiler.last((event_type, key_field))
                value = self.bind(index.value_by if by_then else index.value)
                return f"{value}(t.get({self.bind(key_field)}), {self.bind(field)}{', at' * by_then})"
            case _:
                return f"(True if {self.true(tree)} else False if {self.false(tree)} else None)"

    def true(self, tree: Expression) -> str:
        """Source that is truthy exactly where *tree* is certainly true: unknown pushed down to where it arises (Kleene)."""
        return self.certainly(tree, True)

    def false(self, tree: Expression) -> str:
        return self.certainly(tree, False)

    def certainly(self, tree: Expression, wanted: bool) -> str:
        return self.deeper("true" if wanted else "false", tree, lambda: self.certainly_here(tree, wanted))

    def certainly_here(self, tree: Expression, wanted: bool) -> str:
        match tree:
            case And(parts=parts) | Or(parts=parts):
                word = " and " if isinstance(tree, And) is wanted else " or "
                return "(" + word.join(self.certainly(p, wanted) for p in parts) + ")"
            case Not(part=part):
                return self.certainly(part, not wanted)
            case Compare(op=op, left=left, right=right):
                return self.compare(op, left, right, wanted)
            case OneOf(left=left, options=options):
                v = self.temporary()
                if all(isinstance(o, Constant) for o in options):
                    among = self.bind(frozenset(o.value for o in options if isinstance(o, Constant)))
                else:
                    among = "(" + "".join(f"{self.value(o)}, " for o in options) + ")"
                return f"(({v} := {self.value(left)}) is not None and {v} {'in' if wanted else 'not in'} {among})"
            case Present(of=of, negated=negated):
                return f"({self.value(of)} is {'not ' if negated is not wanted else ''}None)"
            case SameKey(event_type=event_type, field=field, negated=negated, concluded=concluded, by_then=by_then):
                if by_then and not concluded:
                    known = self.bind(_any_by(self.compiler.moments.setdefault((event_type, field), {})))
                    return f"({'' if negated is not wanted else 'not '}{known}(t.get({self.bind(field)}), at))"
                if concluded:
                    facts = self.compiler.concluded.setdefault((event_type, field), FactIndex())
                    known = self.bind(facts.known_by if by_then else facts.known)
                    return f"({'' if negated is not wanted else 'not '}{known}(t.get({self.bind(field)}), at))"
                index = self.bind(self.compiler.indexes.setdefault((event_type, field), {}))
                return f"(t.get({self.bind(field)}) {'in' if negated is not wanted else 'not in'} {index})"
            case Certainly(of=of):
                test = self.certainly(of, True)
                return test if wanted else f"(not {test})"
            case InForce(since=since, until=until):
                test = f"{self.bind(_in_force(since, until, self.compiler.zone))}(at)"
                return test if wanted else f"(not {test})"
            case _:
                return f"({self.value(tree)} is {wanted})"

    def compare(self, op: str, left: Expression, right: Expression, wanted: bool) -> str:
        sides, guards = [], []
        exact = any(isinstance(e, Arithmetic) for side in (left, right) for e in walk(side)) or is_limit(left)
        for side in (left, right):
            if isinstance(side, Constant):
                sides.append(self.bind(comparable(side.value) if exact else side.value))
                continue
            v = self.temporary()
            guards.append(
                f"({v} := {f'{self.bind(comparable)}({self.value(side)})' if exact else self.value(side)}) is not None and "
            )
            sides.append(v)
        test = f"{sides[0]} {PYTHON_OPERATORS[op]} {sides[1]}"
        return f"({''.join(guards)}{test if wanted else f'not ({test})'})"


def _any_by(moments: Mapping[object, list[datetime]]) -> Callable[[object, datetime], bool]:
    """Whether something of a value happened by an instant; the *moments* of each are in order."""
    return lambda value, at: any(moment <= at for moment in moments.get(value, ())[:1])


def _in_force(since: date | None, until: date | None, zone: ZoneInfo) -> Callable[[datetime], bool]:
    """Whether the local day of an instant is *since* or later and before *until*."""
    first = None if since is None else Beginning(since, zone)
    after = None if until is None else Beginning(until, zone)
    return lambda at: (first is None or first.before(at)) and (after is None or not after.before(at))


def is_limit(tree: Expression) -> bool:
    """Whether a comparison is one of limits, which compare by their length."""
    return isinstance(tree, (Constant, FieldRef, ParameterRef, Arithmetic, LastOf)) and tree.type.sort is Sort.LIMIT
