"""Exports and their files in the store."""
