"""accountability: who owed what by when, whether it was done, who answers for it, what follows, and why."""
