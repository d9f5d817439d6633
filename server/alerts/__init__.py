"""Emergency alerts: issued, pushed, proved and ended, on a road of their own."""
