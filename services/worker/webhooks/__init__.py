"""Webhooks: what lies behind each subscription's place in the feed, in order per household."""
