"""Sockets: every name on the wire, the one place that emits, players, the desk, presence."""
