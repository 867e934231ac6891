"""Logic: durable_rules 2.0.28 as a working memory that holds one step. The only module that knows it.

The pattern is the one that was found exact and safe (docs/explanation/logic.md): facts of integers are asserted, the whole agenda
is drained and sorted, effects happen outside, and the step is wiped. Nothing is retracted, negated or timed inside the engine.
"""

from __future__ import annotations

import functools
import json
import logging
import weakref
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from itertools import count
from typing import Literal, Protocol, cast

from accountability.engine.encoding import (
    ALIASES,
    KIND,
    SENTINEL,
    STAMP,
    WARM_UP,
    Ruleset,
    check_compiled,
    encode_rules,
    ruleset_json,
)
from accountability.engine.matcher import PlainMatcher
from accountability.engine.port import (
    Arrived,
    Firing,
    LogicFact,
    LogicRule,
    Matcher,
    OneThread,
    Operator,
    Pattern,
    Ref,
    Test,
    in_order,
)
from accountability.errors import EngineFault

__all__ = [
    "DurableMatcher",
    "Firing",
    "LogicFact",
    "LogicRule",
    "Matcher",
    "Operator",
    "Pattern",
    "PlainMatcher",
    "Ref",
    "Test",
    "WorkingMemory",
    "availability",
    "make_matcher",
    "ruleset_json",
]

VERSION = "2.0.28"
"""The version that was examined. Another one may differ in any of what the guards stand for, so it is not used."""
INSTALL = f"pip install --force-reinstall --no-cache-dir durable_rules=={VERSION}"
CLEAR_EVERY = 1
FACTS_KEPT = 1_000
"""More facts than this are wiped at the end of their step, whatever *clear_every* says: each takes 8 KB in the engine."""

_log = logging.getLogger(__name__)
_ruleset_numbers = count(1)


class Core(Protocol):
    """What is used of the C module `durable_rules_engine`."""

    error: type[Exception]

    def create_ruleset(self, name: str, rules: str, /) -> int: ...
    def delete_ruleset(self, handle: int, /) -> None: ...
    def assert_fact(self, handle: int, fact: str, /) -> tuple[int, int]: ...
    def start_action_for_state(self, handle: int, state: int, /) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, handle: int, state: int, /) -> str | None: ...
    def delete_state(self, handle: int, sid: str, /) -> None: ...


class _Engine:
    """One C rule set behind its handle. Raises EngineFault for every answer that is not the expected one."""

    def __init__(self, core: Core, text: str) -> None:
        check_compiled(text)
        self._core = core
        self._state = 0
        self._holds = False
        try:
            self._handle: int | None = core.create_ruleset(f"logic{next(_ruleset_numbers)}", text)
        except core.error as why:
            raise EngineFault(f"logic: durable-rules refused a checked rule set: {why}") from why
        # Until a rule has fired, C frees pointers that it never set.
        self.put(f'{{"id":1,"{KIND}":0,"{STAMP}":0,"{SENTINEL}":1}}')
        if [code for code, _ in self.fired()] != [WARM_UP]:
            raise EngineFault("logic: durable-rules did not fire the rule that only warms it up")
        self.wipe()

    def put(self, fact: str) -> None:
        self._holds = True
        try:
            answer, self._state = self._core.assert_fact(self._open_handle(), fact)
        except self._core.error as why:
            raise EngineFault(f"logic: durable-rules refused a checked fact: {why}") from why
        if answer not in (0, 1):  # taken; or no rule wants it
            raise EngineFault(f"logic: durable-rules answered {answer} to a new fact")

    def fired(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Every pending firing, until none is left: code of the rule, ids of the facts in the order of its patterns."""
        handle = self._open_handle()
        try:
            started = self._core.start_action_for_state(handle, self._state)
            message = started[1] if started else None
            while message is not None:
                ((code, frame),) = json.loads(message).items()
                yield code, tuple(frame[alias]["id"] for alias in ALIASES[: len(frame)])
                message = self._core.complete_and_start_action(handle, self._state)
        except (self._core.error, ValueError, KeyError, TypeError, AttributeError) as why:
            raise EngineFault(f"logic: durable-rules gave a firing that cannot be read: {why!r}") from why

    def wipe(self) -> None:
        if self._holds:
            try:
                self._core.delete_state(self._open_handle(), "0")
            except self._core.error as why:
                raise EngineFault(f"logic: durable-rules did not wipe a step: {why}") from why
            self._holds = False

    def close(self) -> None:
        """Give the handle back. A rule set that is deleted while it holds a state leaks it."""
        if self._handle is not None:
            self.wipe()
            self._core.delete_ruleset(self._handle)
            self._handle = None

    def abandon(self) -> None:
        """Never touch it again: after a fault, what C holds may be broken, and freeing it could crash. It leaks, once a fault."""
        self._handle = None

    def _open_handle(self) -> int:
        if self._handle is None:
            raise EngineFault("logic: a closed rule set was used")
        return self._handle


Found = list[tuple[int, tuple[Arrived, ...]]]
Batch = list[tuple[LogicFact, str]]


class WorkingMemory(OneThread):
    """One rule set and the facts of one step. A fault of the engine is met by a new engine and the step again, once."""

    def __init__(self, ruleset: Ruleset, core: Core, clear_every: int = CLEAR_EVERY) -> None:
        """Raises ValueError if the rule set leaves the safe subset, EngineFault if durable-rules will not take it."""
        super().__init__()
        self._ruleset, self._core, self._clear_every = ruleset, core, clear_every
        self.rebuilt = 0
        """How many engines were thrown away after a fault."""
        self._step = 0
        self._done: list[tuple[Batch, Found]] = []
        self._live: dict[int, LogicFact] = {}
        self._unfinished = False
        self._last = 0
        self._open()

    def prepare(self, facts: Iterable[LogicFact]) -> Batch:
        """The only way for facts towards C: those whose kind a rule takes, checked and encoded. Errors as `Matcher.add`."""
        self._check_thread()
        if self._unfinished:
            raise EngineFault("logic: an earlier call was cut off in this step; end the step with `clear` and run it again")
        return [(fact, body) for fact in facts if (body := self._ruleset.body(fact)) is not None]

    def run(self, batch: Batch) -> Found:
        """Assert what `prepare` gave and drain the agenda: the new firings, in no order."""
        self._check_thread()
        self._unfinished = True
        try:
            found = self._feed(batch)
        except EngineFault as fault:
            _log.warning("%s; running the step again on a new engine", fault)
            found = self._again(batch)
        self._done.append((batch, found))
        self._unfinished = False
        return found

    def clear(self) -> None:
        """As `Matcher.clear`."""
        self._check_thread()
        self._done.clear()
        self._live.clear()
        self._step += 1
        if self._unfinished:
            self._replace()
            self._unfinished = False
        elif self._step % self._clear_every == 0 or self._last > FACTS_KEPT:
            try:
                self._engine.wipe()
                self._last = 0
            except EngineFault as fault:
                _log.warning("%s; going on with a new engine", fault)
                self._replace()

    def _open(self) -> None:
        self._engine = _Engine(self._core, self._ruleset.text)
        self._last = 0
        self._finalizer = weakref.finalize(self, self._engine.close)
        self._finalizer.atexit = False

    def _replace(self) -> None:
        self._engine.abandon()
        self._finalizer.detach()
        self._live.clear()
        self.rebuilt += 1
        self._open()

    def _again(self, batch: Batch) -> Found:
        self._replace()
        for earlier, found in self._done:
            if _choices(self._feed(earlier)) != _choices(found):
                raise EngineFault("logic: durable-rules gave other firings for the same facts; the step is void")
        return self._feed(batch)

    def _feed(self, batch: Batch) -> Found:
        for fact, body in batch:
            self._last += 1
            self._live[self._last] = fact
            self._engine.put(f'{{"id":{self._last},{body},"{STAMP}":{self._step},"{SENTINEL}":1}}')
        return [self._read(code, ids) for code, ids in self._engine.fired()] if batch else []

    def _read(self, code: str, ids: tuple[int, ...]) -> tuple[int, tuple[Arrived, ...]]:
        place, size = self._ruleset.rules.get(code, (-1, 0))
        if size != len(ids) or not all(number in self._live for number in ids):
            raise EngineFault(f"logic: durable-rules fired `{code}` on facts {ids}, which this step does not have")
        return place, tuple((number, self._live[number]) for number in ids)


def _choices(found: Found) -> set[tuple[int, tuple[int, ...]]]:
    return {(place, tuple(id(fact) for _, fact in facts)) for place, facts in found}


class DurableMatcher(OneThread):
    """A `Matcher` by durable-rules: one working memory, or several where a policy is beyond what one C rule set may hold."""

    name = f"durable-rules {VERSION}"

    def __init__(self, rules: Sequence[LogicRule], core: Core, clear_every: int = CLEAR_EVERY) -> None:
        """Raises ValueError if *rules* leave the limits of the port or *clear_every* is below 1, EngineFault as `WorkingMemory`."""
        super().__init__()
        if clear_every < 1:
            raise ValueError(f"logic: clear-every: `{clear_every}` steps; wipe the engine every 1 or more steps")
        self._rules = tuple(rules)
        self.memories = tuple(WorkingMemory(ruleset, core, clear_every) for ruleset in encode_rules(self._rules))

    def add(self, facts: Iterable[LogicFact]) -> list[Firing]:
        """As `Matcher.add`."""
        self._check_thread()
        facts = tuple(facts)
        batches = [memory.prepare(facts) for memory in self.memories]
        found = [choice for memory, batch in zip(self.memories, batches, strict=True) for choice in memory.run(batch)]
        return in_order(self._rules, found)

    def clear(self) -> None:
        """As `Matcher.clear`."""
        self._check_thread()
        for memory in self.memories:
            memory.clear()


@functools.cache
def _core() -> tuple[Core | None, str]:
    try:
        import durable_rules_engine
    except ImportError as why:
        return None, (
            f"durable-rules cannot be imported ({why}), so the plain-Python matcher is used; it is built by a C compiler, "
            f"for Python 3.13 or later with `CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject {INSTALL}`"
        )
    try:
        found = metadata.version("durable_rules")
    except metadata.PackageNotFoundError:
        found = "of unknown version"
    if found != VERSION:
        return None, f"durable-rules {found} is installed, but only {VERSION} was examined; run `{INSTALL}`"
    return cast(Core, durable_rules_engine), f"durable-rules {VERSION}"


def availability() -> tuple[bool, str]:
    """Whether durable-rules can be used; and its name, or why not and what to do about it."""
    core, words = _core()
    return core is not None, words


def make_matcher(
    rules: Sequence[LogicRule], prefer: Literal["durable-rules", "plain"] | None = None, *, clear_every: int = CLEAR_EVERY
) -> Matcher:
    """A matcher for *rules*: by durable-rules where it can be used, else in plain Python; its `name` says which.

    *clear_every* is for durable-rules: after how many steps it is wiped; facts of an earlier step never match either way.
    Raises ValueError if *rules* leave the limits of the port, ImportError if durable-rules was asked for and cannot be used.
    """
    if prefer == "plain":
        return PlainMatcher(rules)
    core, words = _core()
    if core is not None:
        return DurableMatcher(rules, core, clear_every)
    if prefer == "durable-rules":
        raise ImportError(words)
    return PlainMatcher(rules)
