"""Exports: whole lists as files, made while nobody waits."""
