"""The database schema, migration by migration; `registry migrate` brings it to the newest."""
