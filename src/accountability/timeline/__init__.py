"""timeline: the log as it stands. In: events as delivered. Out: the version of each event that counts, in order.

`effective` says what the answer is, over a whole log; `Timeline` keeps the same answer up to date as events arrive.
"""

from accountability.timeline.corrections import Refusal, conflict, target_of, too_old
from accountability.timeline.history import History, effective
from accountability.timeline.live import Delta, Timeline

__all__ = ["Delta", "History", "Refusal", "Timeline", "conflict", "effective", "target_of", "too_old"]
