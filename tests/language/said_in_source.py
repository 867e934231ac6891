"""What the source can say of a mistake: every message that it makes, read from its syntax, with a hole for whatever it puts in.

It follows names and calls within one module only. What it cannot follow is a hole, so it knows too little rather than too much.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from itertools import islice, product
from pathlib import Path
from typing import Literal

import attrs

SOURCE = Path(__file__).resolve().parents[2] / "src" / "accountability"
HOLE = "\ue000"
"""Stands where the source puts something in."""
CHECK = re.compile("[a-z]+(-[a-z]+)*")
MOST = 200
"""So many forms of one expression are looked at."""
SAYERS = {"Diagnostic": 1, "fail": 1, "wrong": 1, "_wrong": 1, "refuse": 1}
"""What a mistake is told by, and which argument names the check. After that come what is wrong, and the way out."""
ONE_CHECK = {"_sign": (2, "full-width-sign"), "explain.say": (0, "yaml-syntax")}
"""The same, for what says it always of one check; the argument is what is wrong."""
OF_EVENTS = {"EventRejected": 0, "Refusal": 1, "Refused.event": 1}
"""What an event is refused by, and which argument names the check. After that comes what is wrong, with the way out in one line."""
WAYS = {"keyword": (3, ""), "wrong_kind": (2, "write ")}
"""What is given a way out alone: which argument it is, and what it begins with."""
Definition = ast.FunctionDef | ast.AsyncFunctionDef


@attrs.frozen
class Said:
    """One message of the source: the check that says it, whether it is the way out, and its *text* with holes."""

    place: str
    check: str
    part: Literal["what", "way out"]
    text: str


def said_in_source() -> list[Said]:
    """Every message in the source, in the order of its files."""
    return [said for path in sorted(SOURCE.rglob("*.py")) for said in Module(path).said()]


def of_events_in_source() -> list[Said]:
    """Every reason in the source for which an event of a log is refused, with its way out."""
    return [said for path in sorted(SOURCE.rglob("*.py")) for said in Module(path).of_events()]


def failures_in_source(*errors: str) -> list[str]:
    """Whatever the source says by one of these *errors*, which have one argument that says all."""
    return [text for path in sorted(SOURCE.rglob("*.py")) for text in Module(path).failures(errors)]


class Module:
    """One module, and what is said in it."""

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(SOURCE).as_posix()
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.functions = {n.name: n for n in ast.walk(self.tree) if isinstance(n, Definition)}
        self.constants = {t.id: n.value for n in self.tree.body if isinstance(n, ast.Assign | ast.AnnAssign) and n.value
                          for t in (n.targets if isinstance(n, ast.Assign) else [n.target]) if isinstance(t, ast.Name)}

    def said(self) -> Iterator[Said]:
        """What its calls say, and what its checks of rules give."""
        inside = {id(n) for f in self.functions.values() for n in ast.walk(f)}
        for scope in [*self.functions.values(), *(n for n in self.tree.body if id(n) not in inside)]:
            own = {id(n) for f in ast.walk(scope) if isinstance(f, Definition) and f is not scope for n in ast.walk(f)}
            for node in ast.walk(scope):
                if id(node) in own:
                    continue
                if isinstance(node, ast.Call):
                    yield from self._call(node, scope)
                elif isinstance(node, ast.Tuple) and isinstance(scope, Definition) and _gives_held(scope):
                    yield from self._held(node, scope)
                elif (isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3
                        and self.name.startswith("policy/checks/") and isinstance(scope, Definition) and not _gives_held(scope)):
                    yield from self._given(scope, node.value, scope)

    def of_events(self) -> Iterator[Said]:
        """Why events are refused here."""
        for scope, call in self._calls():
            at = OF_EVENTS.get(ast.unparse(call.func))
            if at is not None and len(call.args) == at + 2:
                for check, what in product(self.texts(call.args[at], scope), self.texts(call.args[at + 1], scope)):
                    yield Said(f"{self.name}:{call.lineno}", check, "what", what)

    def failures(self, errors: Collection[str]) -> Iterator[str]:
        """What is said here by one of these *errors*."""
        for scope, call in self._calls():
            if ast.unparse(call.func) in errors:
                yield from self.texts(call.args[0], scope)

    def _calls(self) -> Iterator[tuple[Definition, ast.Call]]:
        for scope in self.functions.values():
            yield from ((scope, node) for node in ast.walk(scope) if isinstance(node, ast.Call))

    def _call(self, call: ast.Call, scope: ast.AST) -> Iterator[Said]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
        if name in WAYS and len(call.args) > WAYS[name][0]:
            at, begins = WAYS[name]
            for text in self.texts(call.args[at], scope):
                if text != HOLE:
                    check = "unknown-choice" if name == "keyword" else "wrong-kind"
                    yield Said(f"{self.name}:{call.lineno}", check, "way out", begins + text)
        if name == "say" and self.name == "document/traps.py":
            name, at = ("explain.say", None) if len(call.args) < 4 else ("say", 1)
        else:
            at = SAYERS.get(name)
        if name in ONE_CHECK:
            first, check = ONE_CHECK[name]
            yield from self._parts(call.lineno, check, call.args[first], call.args[first + 1], scope)
        if at is None or len(call.args) < at + 3:
            return
        check, what, way_out = call.args[at : at + 3]
        given = {a.arg for a in scope.args.args} if isinstance(scope, Definition) else set()
        if {getattr(what, "id", ""), getattr(way_out, "id", "")} <= given:  # it only hands on what it was told to say
            return
        for word in self.texts(check, scope):
            if CHECK.fullmatch(word) or word == HOLE:
                yield from self._parts(call.lineno, word, what, way_out, scope)

    def _given(self, function: Definition, given: ast.Tuple, scope: ast.AST) -> Iterator[Said]:
        marked = any(isinstance(d, ast.Name) and d.id in ("error", "warning") for d in function.decorator_list)
        check = function.name.replace("_", "-") if marked else HOLE
        yield from self._parts(given.lineno, check, given.elts[1], given.elts[2], scope)

    def _held(self, given: ast.Tuple, scope: ast.AST) -> Iterator[Said]:
        """What is held against somebody: how, for what, and the way out, which is told with the safeguard behind it."""
        if len(given.elts) == 3 and isinstance(given.elts[0], ast.JoinedStr):
            place = f"{self.name}:{given.lineno}"
            yield from (Said(place, HOLE, "what", f"{text} `{HOLE}`, {HOLE}") for text in self.texts(given.elts[0], scope))
            yield from (Said(place, HOLE, "way out", f"{text} ({HOLE})") for text in self.texts(given.elts[2], scope))

    def _parts(self, line: int, check: str, what: ast.expr, way_out: ast.expr, scope: ast.AST) -> Iterator[Said]:
        for text in self.texts(what, scope):
            yield Said(f"{self.name}:{line}", check, "what", text)
        for text in self.texts(way_out, scope):
            yield Said(f"{self.name}:{line}", check, "way out", text)

    def texts(self, node: ast.expr, scope: ast.AST, depth: int = 0) -> list[str]:
        """Every text that *node* may come to, as far as its module tells."""
        found = list(dict.fromkeys(islice(self._texts(node, scope, depth), MOST)))
        return found or [HOLE]

    def _texts(self, node: ast.expr, scope: ast.AST, depth: int) -> Iterator[str]:
        match node:
            case _ if depth > 6:
                yield HOLE
            case ast.Constant(value=str() as text):
                yield text
            case ast.Constant(value=int() as number) if not isinstance(number, bool):
                yield str(number)
            case ast.JoinedStr(values=values):
                for parts in product(*(self.texts(v, scope, depth + 1) for v in values)):
                    yield "".join(parts)
            case ast.FormattedValue(value=value):
                yield from self.texts(value, scope, depth + 1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                for one, other in product(self.texts(left, scope, depth + 1), self.texts(right, scope, depth + 1)):
                    yield one + other
            case ast.BinOp(left=left, op=ast.Mult()):
                yield ""
                yield from self.texts(left, scope, depth + 1)
            case ast.IfExp(body=body, orelse=orelse):
                yield from self.texts(body, scope, depth + 1)
                yield from self.texts(orelse, scope, depth + 1)
            case ast.BoolOp(values=values):
                for value in values:
                    yield from self.texts(value, scope, depth + 1)
            case ast.Subscript(value=ast.Name(id=name)) if isinstance(table := self.constants.get(name), ast.Dict):
                for value in table.values:
                    yield from self.texts(value, scope, depth + 1)
            case ast.Name(id=name):
                yield from self._named(name, scope, depth)
            case ast.Call(func=ast.Name(id=name)) if name in self.functions and name not in ("closest",):
                yield from self._returned(self.functions[name], depth)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if name in self.functions:
                yield from self._returned(self.functions[name], depth)
            case _:
                yield HOLE

    def _returned(self, function: Definition, depth: int) -> Iterator[str]:
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                yield from self.texts(node.value, function, depth + 1)

    def _named(self, name: str, scope: ast.AST, depth: int) -> Iterator[str]:
        given = False
        for node in ast.walk(scope):
            for target, value in _bound(node):
                if isinstance(target, ast.Name) and target.id == name:
                    given = True
                    yield from self.texts(value, scope, depth + 1)
                elif isinstance(target, ast.Tuple):
                    for i, one in enumerate(target.elts):
                        if isinstance(one, ast.Name) and one.id == name:
                            given = True
                            yield from self._nth(value, i, scope, depth)
        if isinstance(scope, Definition):
            arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
            if name in {a.arg for a in arguments}:
                given = True
                yield from self._passed(scope, name, depth)
        if not given:
            yield from self.texts(self.constants[name], self.tree, depth + 1) if name in self.constants else [HOLE]

    def _nth(self, value: ast.expr, at: int, scope: ast.AST, depth: int) -> Iterator[str]:
        """What the part of *value* that stands at *at* may come to."""
        match value:
            case ast.Tuple(elts=elts) if at < len(elts):
                yield from self.texts(elts[at], scope, depth + 1)
            case ast.IfExp(body=body, orelse=orelse):
                yield from self._nth(body, at, scope, depth)
                yield from self._nth(orelse, at, scope, depth)
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                for node in ast.walk(self.functions[name]):
                    if isinstance(node, ast.Return) and node.value is not None:
                        yield from self._nth(node.value, at, self.functions[name], depth + 1)
            case _:
                yield HOLE

    def _passed(self, function: Definition, name: str, depth: int) -> Iterator[str]:
        """What calls in this module give for the parameter *name*; a hole where there is none."""
        arguments = [a.arg for a in function.args.args]
        at = arguments.index(name) if name in arguments else -1
        found = False
        for scope in self.functions.values():
            for call in ast.walk(scope):
                if not isinstance(call, ast.Call):
                    continue
                called = call.func
                bound = isinstance(called, ast.Attribute)
                if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) != function.name:
                    continue
                place = at - 1 if bound and arguments[0] in ("self", "cls") else at
                given = call.args[place] if 0 <= place < len(call.args) else next(
                    (k.value for k in call.keywords if k.arg == name), None)
                if given is not None:
                    found = True
                    yield from self.texts(given, scope, depth + 1)
        if not found or (isinstance(function, Definition) and not function.name.startswith("_")):
            yield HOLE


def _gives_held(function: Definition) -> bool:
    return function.returns is not None and ast.unparse(function.returns) == "Iterator[HELD]"


def _bound(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((t, value) for t in targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.AugAssign(target=target, value=value):
            yield target, ast.BinOp(target, ast.Add(), value)
        case _:
            pass
