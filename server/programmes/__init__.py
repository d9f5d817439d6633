"""What each screen is to show, compiled."""
