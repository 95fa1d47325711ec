"""households: a household's history: events in, spells and transitions out."""
