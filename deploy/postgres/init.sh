#!/bin/bash
# Runs once, when the data directory is empty: the role `registry` and the database that it owns.
# The role is no superuser; `postgres` is used for this, for backups and for restores, and by no process.
set -e
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
SET log_min_duration_statement = -1;
\set password `cat /run/secrets/database_password`
CREATE ROLE registry LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
CREATE DATABASE registry OWNER registry TEMPLATE template0;
REVOKE ALL ON DATABASE registry FROM PUBLIC;
SQL
