"""Households: status, timeline, events, transitions and why."""
