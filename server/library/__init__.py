"""The pictures staff may use, stored by content."""
