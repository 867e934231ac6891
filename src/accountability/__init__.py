"""accountability: who owed what by when, whether it was done, who answers for it, what follows, and why.

In: rule files, an organisation, work calendars, events. Out: findings, each with its evidence, its due and who answers for it.
"""

from accountability.conclusion import Conclusion, Judgement, Status
from accountability.errors import (
    AccountabilityError,
    DocumentError,
    DossierBroken,
    EventRejected,
    LedgerBroken,
    RuleFileError,
    SnapshotRejected,
)
from accountability.event import Event
from accountability.explanation import Explanation, WhyNot, dossier, forecast, verify, what_if, why, why_not
from accountability.intake import Intake, Refused
from accountability.judgement.eligibility import Eligibility, eligible
from accountability.ledger import Ledger
from accountability.monitor import Changes, Monitor
from accountability.organisation import Organisation
from accountability.policy import Policy, read_rules
from accountability.semantics import judge

__all__ = [
    "AccountabilityError",
    "Changes",
    "Conclusion",
    "DocumentError",
    "DossierBroken",
    "Eligibility",
    "Event",
    "EventRejected",
    "Explanation",
    "Intake",
    "Judgement",
    "Ledger",
    "LedgerBroken",
    "Monitor",
    "Organisation",
    "Policy",
    "Refused",
    "RuleFileError",
    "SnapshotRejected",
    "Status",
    "WhyNot",
    "dossier",
    "eligible",
    "forecast",
    "judge",
    "read_rules",
    "verify",
    "what_if",
    "why",
    "why_not",
]
