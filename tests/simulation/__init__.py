"""A plant in a machine: servers, players and a bad network in seeded time, to find what delivery cannot stand."""
