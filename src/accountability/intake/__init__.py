"""intake: CloudEvents on their way from bytes to typed events. In: JSON Lines. Out: Events, and what was refused."""

from __future__ import annotations

from accountability.intake.counts import Counts
from accountability.intake.letters import CHECKS, DeadLetters, Refused
from accountability.intake.mapping import EventMapping, MappedField, MappedType, read_mapping
from accountability.intake.reader import Intake
from accountability.intake.selection import Selection

__all__ = ["CHECKS", "Counts", "DeadLetters", "EventMapping", "Intake", "MappedField", "MappedType", "Refused", "Selection",
           "read_mapping"]
