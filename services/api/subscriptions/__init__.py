"""Subscriptions: made, looked at, replayed and ended by the client that they belong to."""
