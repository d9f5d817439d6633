"""Ways in from outside the desk: CAP messages, signed calls of panels and detectors, polled feeds."""
