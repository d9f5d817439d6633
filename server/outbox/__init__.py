"""Ways out: webhooks that hear of alerts, the queue of what they are to hear, and its log."""
