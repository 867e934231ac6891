"""columnar: what columns of a log say for certain, before the engine looks at the events that are left. Needs numpy."""
