"""The command line, one file a command. Composition root: settings are read here."""
