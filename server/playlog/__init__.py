"""What each screen has shown."""
