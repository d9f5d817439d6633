"""What `run.py test` and `run.py check` do once .venv is there."""
