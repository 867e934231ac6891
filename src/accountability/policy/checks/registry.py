"""The list of checks. A check is a small function of a policy; it reports under its own name, written with hyphens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import attrs

from accountability.errors import Diagnostic, Span
from accountability.organisation import Organisation
from accountability.policy.model import Policy

Found = Iterator[tuple[Span, str, str]]
"""What a check finds: where, what is wrong, and the way out."""
WHOLE = Span("", 1, 1, 1, 2)
"""The place of what was not written in a file."""


@attrs.frozen
class Check:
    """One check: its *name*, how bad what it finds is, and the function that looks.

    With *beside*, it looks at the policy and at the organisation that lies beside it.
    """

    name: str
    severity: Literal["error", "warning"]
    look: Callable[..., Found]
    beside: bool = False

    @property
    def catches(self) -> str:
        """What it catches, in one sentence."""
        return (self.look.__doc__ or "").partition("\n")[0]

    def run(self, *looked_at: Policy | Organisation) -> Iterator[Diagnostic]:
        """Everything that it finds."""
        for span, what, way_out in self.look(*looked_at):
            yield Diagnostic(span, self.name, what, way_out, self.severity)


CHECKS: dict[str, Check] = {}


def _enter(look: Callable[..., Found], severity: Literal["error", "warning"], beside: bool = False) -> None:
    name = look.__name__.replace("_", "-")
    CHECKS[name] = Check(name, severity, look, beside)


def error(look: Callable[[Policy], Found]) -> Callable[[Policy], Found]:
    """A check of what no policy may say."""
    _enter(look, "error")
    return look


def warning(look: Callable[[Policy], Found]) -> Callable[[Policy], Found]:
    """A check of what may be said and is seldom meant."""
    _enter(look, "warning")
    return look


def beside(look: Callable[[Policy, Organisation], Found]) -> Callable[[Policy, Organisation], Found]:
    """A check of a policy together with an organisation; a warning, for the organisation may change."""
    _enter(look, "warning", beside=True)
    return look


def check_rules(policy: Policy, *, warn: bool = True) -> tuple[Diagnostic, ...]:
    """What every check says of *policy*, in file order; without *warn*, only those for errors are asked."""
    asked = [one for one in CHECKS.values() if not one.beside and (warn or one.severity == "error")]
    found = [d for one in asked for d in one.run(policy)]
    return tuple(sorted(found, key=lambda d: (d.span, d.check)))


def check_beside(policy: Policy, organisation: Organisation) -> tuple[Diagnostic, ...]:
    """What every check says of *policy* in *organisation*, in file order."""
    found = [d for one in CHECKS.values() if one.beside for d in one.run(policy, organisation)]
    return tuple(sorted(found, key=lambda d: (d.span, d.check)))
