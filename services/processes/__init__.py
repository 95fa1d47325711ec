"""How processes are put together: which has which components, how they start, run and stop."""
