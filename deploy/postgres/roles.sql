-- Optional: three roles instead of one, so that only migrations can change tables.
--
--   registry          owns everything; `registry migrate` connects as it (init.sh creates it)
--   registry_writer   what ingest, worker and api need: rows, never tables
--   registry_reader   reads; for reports and read replicas. It sees personal data: hand it out like that
--
-- Run it as a superuser in the database `registry`, after the first `registry migrate`, as often as you like:
--
--   docker compose exec -T postgres sh -c \
--     'PGPASSWORD="$(cat /run/secrets/postgres_password)" exec psql -U postgres -d registry -f -' < deploy/postgres/roles.sql
--
-- Then make one login per process, give it its password by \password, and put it into that process's
-- REGISTRY_DATABASE_URL and REGISTRY_DATABASE_PASSWORD_FILE:
--
--   CREATE ROLE registry_ingest LOGIN IN ROLE registry_writer;
--   CREATE ROLE registry_report LOGIN IN ROLE registry_reader;
--   ALTER ROLE registry_report SET statement_timeout = '5min';  -- a reader must not hold back vacuum
--
-- Commands that build tables (`migrate`, `rebuild`) go on connecting as `registry`.

\set ON_ERROR_STOP on
BEGIN;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_writer') THEN
    CREATE ROLE registry_writer NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_reader') THEN
    CREATE ROLE registry_reader NOLOGIN;
  END IF;
END
$$;

REVOKE ALL ON DATABASE registry FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE registry TO registry_writer, registry_reader;
GRANT USAGE ON SCHEMA public TO registry_writer, registry_reader;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO registry_writer;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO registry_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO registry_reader;

-- What later migrations create.
ALTER DEFAULT PRIVILEGES FOR ROLE registry IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO registry_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE registry IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO registry_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE registry IN SCHEMA public
  GRANT SELECT ON TABLES TO registry_reader;

COMMIT;
