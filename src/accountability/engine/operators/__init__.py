"""operators: how each kind of rule is run, over cells and event by event; the quicker ways beside the plain ones."""
