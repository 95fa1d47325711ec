"""law: standards, programmes and rules as dated data."""
