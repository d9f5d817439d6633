"""Which playlist plays on which screens, when."""
