"""The desk: the staff's web pages."""
