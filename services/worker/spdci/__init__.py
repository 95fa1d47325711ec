"""SPDCI: messages that are answered by a callback, and changes told in its words."""
