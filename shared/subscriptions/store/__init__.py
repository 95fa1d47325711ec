"""Subscriptions and their deliveries in the store."""
