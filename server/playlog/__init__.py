"""What was really on the glass, as players told it."""
