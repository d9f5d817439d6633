"""The pure core: what a screen shows is a function of (programme, instant)."""
