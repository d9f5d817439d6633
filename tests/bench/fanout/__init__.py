"""Fan-out beside its peers: one message to thousands of players, in turns, in one run."""
