"""What an operator asks of the engine that it runs in."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from accountability.engine.closures import Compiler
from accountability.engine.derived import Unworded
from accountability.engine.outputs import NO_FACTS, Facts, Output, Told
from accountability.engine.port import Matcher
from accountability.event import Happening
from accountability.judgement.finding import Clerk
from accountability.policy.model import Policy
from accountability.policy.rule import Trigger

if TYPE_CHECKING:
    from accountability.engine.cell import Operator

Key = Hashable
Listener = tuple["Operator[Any, Any]", int, Callable[[Happening], None]]


class Sleeper(Protocol):
    """What the clock wakes: an operator, or something of its own."""

    def due(self, key: Key, label: str) -> None:
        """The clock has passed the instant that was asked for."""
        ...


class Host:
    """What an operator asks of the engine that it runs in."""

    policy: Policy
    clerk: Clerk
    closures: Compiler
    matcher: Matcher
    clock: datetime
    keeps: bool
    report_all: bool

    @abstractmethod
    def is_awaited(self, trigger: Trigger) -> bool:
        """Whether some rule waits for *trigger*; facts that none asks about are never made."""

    @abstractmethod
    def listeners(self, rule: str) -> Mapping[Any, Sequence[Listener]]:
        """Who waits for what *rule* concludes, in which role, and how it is taken in there."""

    @abstractmethod
    def is_open(self, period: str, at: datetime) -> bool:
        """Whether *period* is open at the instant *at*, by what is known."""

    @abstractmethod
    def spans(self, period: str) -> Sequence[tuple[datetime, datetime]]:
        """When *period* is open, by what is known."""

    @abstractmethod
    def wake(self, last: datetime, sleeper: Sleeper, key: Key, label: str) -> None:
        """Asks for `sleeper.due(key, label)` as soon as the clock is past *last*."""

    @abstractmethod
    def tell(self, operator: Operator[Any, Any], output: Output, told: Told | None, facts: Facts = NO_FACTS) -> None:
        """Takes note of what stands of *output* now (None: nothing), and passes the difference on to the rules that wait for it."""

    @abstractmethod
    def arise(self, operator: Operator[Any, Any], output: Output, told: Told, fact: Unworded | None) -> None:
        """`tell` of an *output* of which nothing is reported and no fact was told so far, and which gives at most one."""

    @abstractmethod
    def succeed(self, before: Output, output: Output) -> None:
        """Takes note that *output* was made anew in the place of *before*."""
