"""Subscriptions: who is told of what, where, and by which signature."""
