"""Who may do what: people, sessions, tokens, one-time links."""
