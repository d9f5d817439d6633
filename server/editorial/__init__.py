"""Playlists, their revisions and their review."""
