"""A simulated fleet: thousands of players that speak the real protocol from one process. Standard library only."""
