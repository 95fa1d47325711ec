"""The suite: pure rules, the real store, real messaging, and whole flows through the doors."""
