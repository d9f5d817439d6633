"""The Common Alerting Protocol as values: read leniently, written strictly, without a clock, a database or the web."""
