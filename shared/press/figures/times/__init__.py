"""Times: what a text says of days, months, years and spans, and what each is there for."""
