"""Everything that can go wrong, by who can mend it.

* AccountabilityError
  - DocumentError       a file that a person wrote cannot be used; holds every reason, in file order
    - RuleFileError       … the rule author can mend it
    - OrganisationError   … whoever keeps the organisation can
    - CalendarError       … whoever keeps the calendar can
    - ScenarioError       … whoever wrote the scenario can
  - EventRejected       the sender of one event can mend it; the stream goes on
  - CalendarEnds        a date lies outside the years that a calendar knows
  - ExtraMissing        an optional dependency is not installed
  - LedgerBroken        someone changed the past
  - LedgerAhead         the ledger already knows more than this run was told
  - LedgerUnreachable   the file of the ledger cannot be opened, read or written now
  - SnapshotRejected    a snapshot is not of this policy and organisation, or not as it was written
  - DossierBroken       a dossier is not what was sealed, or does not give its finding
  - EngineFault         the rule engine answered what it never should
  - FormatFault         a file written anew would not say the same
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Literal

import attrs


@attrs.frozen(order=True)
class Span:
    """Where a piece of text stands. Lines and columns count from 1, in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@attrs.frozen
class Diagnostic:
    """One mistake in a file: which *check* found it, *what* is wrong, and the *way_out*."""

    span: Span
    check: str
    what: str
    way_out: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.span}: {self.check}: {self.what}; {self.way_out}"


class AccountabilityError(Exception):
    """The root of everything this library raises on purpose."""


class DocumentError(AccountabilityError):
    """A file cannot be used. *diagnostics* holds every reason, in file order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=lambda d: (d.span, d.check)))
        super().__init__("\n".join(map(str, self.diagnostics)))


class RuleFileError(DocumentError):
    """A rule file cannot be used; the rule author can mend it."""


class OrganisationError(DocumentError):
    """An organisation file cannot be used; whoever keeps the organisation can mend it."""


class CalendarError(DocumentError):
    """A calendar file cannot be used; whoever keeps the calendar can mend it."""


class ScenarioError(DocumentError):
    """A scenario file cannot be used; whoever wrote it can mend it."""


class EventRejected(AccountabilityError):
    """One event cannot be used; the sender can mend it and the stream goes on. *check* names the reason's kind."""

    def __init__(self, check: str, what: str) -> None:
        self.check, self.what = check, what
        super().__init__(f"{check}: {what}")


class CalendarEnds(AccountabilityError):
    """A date lies outside the years that a calendar knows."""


class ExtraMissing(AccountabilityError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"`{package}` is not installed; run `pip install 'accountability[{extra}]'`")


class LedgerBroken(AccountabilityError):
    """Someone changed the past: an entry of the ledger no longer matches its digest."""


class LedgerAhead(AccountabilityError):
    """The ledger was already told of later instants than this run asks for."""


class LedgerUnreachable(AccountabilityError):
    """The file of the ledger cannot be opened, read or written, or another process holds it; nothing was recorded."""


class DossierBroken(AccountabilityError):
    """A dossier cannot be read, was changed after it was sealed, or does not give the finding that it names."""


class SnapshotRejected(AccountabilityError):
    """A snapshot of a monitor cannot be gone on from: it is damaged, of another version, or of another policy or organisation."""


class EngineFault(AccountabilityError):
    """The rule engine answered what it never should; nothing it said is used."""


class FormatFault(AccountabilityError):
    """The rule file *file*, written anew, would not read back as what it says; it is left as it was."""

    def __init__(self, file: str) -> None:
        super().__init__(f"`{file}` is left as it is: written anew, it would not say the same, which is a mistake of this program")


def closest(word: str, known: Iterable[str]) -> str:
    """The way out for an unknown *word*: the nearest *known* one, or all of them when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if not near and len(word) == 2 and not word.isascii():
        # One wrong character of a Chinese word is half of it, so nothing is near by the measure for letters.
        near = [n for n in names if len(n) == 2 and (n[0] == word[0] or n[1] == word[1] or n == word[::-1])][:3]
    if near:
        return "did you mean " + " or ".join(f"`{n}`" for n in near) + "?"
    return "known: " + ", ".join(f"`{n}`" for n in names[:12]) + (" …" if len(names) > 12 else "") if names else "none is declared"
