"""What every service stands on: the pure domain, its store, messaging, and the runtime."""
