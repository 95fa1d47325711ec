"""Webhooks, with real receivers."""
