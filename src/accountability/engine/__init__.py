"""engine: a policy on its way over events. In: compiled rules and a stream of events. Out: changes of conclusions, in order."""
