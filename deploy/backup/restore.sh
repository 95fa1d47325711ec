#!/bin/sh
# Restore a dump into an empty database, and check it: restore.sh [--move-aside] FILE
#
# Refuses when the database holds anything. With --move-aside the present database is renamed to
# registry_before_<time> first: nothing is lost, drop it by hand when you are content.
# At the end `registry rebuild --verify` recomputes every result from the events and compares.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

usage() {
  echo "usage: $0 [--move-aside] FILE" >&2
  exit 2
}

aside=no
if [ "${1:-}" = --move-aside ]; then
  aside=yes
  shift
fi
if [ $# -ne 1 ]; then usage; fi
if [ ! -f "$1" ] || [ ! -f "$1.sha256" ]; then
  echo "$1 and $1.sha256 are both needed" >&2
  exit 1
fi
folder=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd)
file=$folder/$(basename -- "$1")
(cd "$folder" && sha256sum --check --quiet "$(basename -- "$file").sha256")
cd "$here/../.."

in_postgres() {
  # shellcheck disable=SC2016 # expanded in the container
  docker compose exec -T postgres sh -c 'PGPASSWORD="$(cat /run/secrets/postgres_password)" exec "$@"' sh "$@"
}
sql() {
  in_postgres psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 \
    --username postgres --dbname "$1" --command "$2"
}

docker compose up -d --no-recreate --wait postgres

# Look first, stop after: a mistyped command must not take the service down.
present=$(sql postgres "SELECT count(*) FROM pg_database WHERE datname = 'registry'")
tables=0
if [ "$present" = 1 ]; then
  tables=$(sql registry "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'")
  if [ "$tables" != 0 ] && [ "$aside" = no ]; then
    echo "The database is not empty ($tables tables, views and sequences). Use --move-aside to keep it under another name." >&2
    exit 1
  fi
fi
workers=$(docker compose ps -q worker | wc -l)
docker compose stop ingest worker api
if [ "$tables" != 0 ]; then
  kept=registry_before_$(date -u +%Y%m%dt%H%M%Sz)
  sql postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'registry'" >/dev/null
  sql postgres "ALTER DATABASE registry RENAME TO $kept"
  echo "The present database is kept as $kept."
  present=0
fi
if [ "$present" = 0 ]; then
  sql postgres 'CREATE DATABASE registry OWNER registry TEMPLATE template0'
  sql postgres 'REVOKE ALL ON DATABASE registry FROM PUBLIC'
fi

# All or nothing. Everything belongs to `registry`; grants come again from deploy/postgres/roles.sql, if used.
in_postgres pg_restore --username postgres --dbname registry --role registry --no-owner --no-privileges \
  --single-transaction --exit-on-error <"$file"
sql registry 'ANALYZE'
echo "Restored. Bringing the tables up to this version, then checking every result against the events."
docker compose run --rm -T --no-deps migrate
# Who follows the change feed has seen what the backup does not hold.
docker compose run --rm -T --no-deps worker restored
docker compose up -d --no-recreate --wait rabbitmq
# What was under way when the backup was made lies in no queue any more.
docker compose run --rm -T --no-deps worker wake
docker compose run --rm -T --no-deps worker rebuild --verify
echo "Verified. Start with: docker compose up -d --wait --scale worker=$([ "$workers" -gt 0 ] && echo "$workers" || echo 1)"
