"""Composition: settings become a context, a context becomes components, components run together."""
