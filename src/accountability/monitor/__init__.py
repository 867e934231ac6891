"""monitor: a policy over a living log. In: events as they arrive. Out: what each of them changes, and what stands."""

from accountability.monitor.changes import Changes
from accountability.monitor.living import Monitor
from accountability.monitor.snapshots import Place

__all__ = ["Changes", "Monitor", "Place"]
