#!/bin/sh
# Dump the registry's database: backup.sh [DIRECTORY]
#
# Writes DIRECTORY/registry-<time>.dump (pg_dump, custom format) and its SHA-256. One snapshot, taken while
# everything runs. A dump holds personal data: keep it encrypted, and on another machine.
# KEEP=14 keeps the newest 14 and deletes older ones; without it nothing is deleted.
set -eu
umask 077
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
target=${1:-$here/../backups}
mkdir -p "$target"
target=$(CDPATH='' cd -- "$target" && pwd)
cd "$here/../.."

in_postgres() {
  # shellcheck disable=SC2016 # expanded in the container
  docker compose exec -T postgres sh -c 'PGPASSWORD="$(cat /run/secrets/postgres_password)" exec "$@"' sh "$@"
}

file=registry-$(date -u +%Y%m%dT%H%M%SZ).dump
partial=$target/.$file.partial
trap 'rm -f "$partial"' EXIT
trap 'exit 1' HUP INT TERM

in_postgres pg_dump --username postgres --dbname registry --format custom --compress 6 >"$partial"
# A dump cut short has no table of contents, or tables that cannot be read: read all of it before trusting it.
in_postgres pg_restore --file /dev/null <"$partial"
sync "$partial" 2>/dev/null || sync
mv "$partial" "$target/$file"
(cd "$target" && sha256sum "$file" >"$file.sha256")

# For `registry doctor`, which tells how old the newest one is.
in_postgres psql --no-psqlrc --quiet --username postgres --dbname registry --command \
  "INSERT INTO milestones (name) VALUES ('backup') ON CONFLICT (name) DO UPDATE SET reached_at = now()" >&2

if [ -n "${KEEP:-}" ]; then
  # The names sort by time.
  find "$target" -maxdepth 1 -name 'registry-*.dump' | sort -r | tail -n "+$((KEEP + 1))" |
    while IFS= read -r old; do
      rm -f -- "$old" "$old.sha256"
    done
fi
echo "$target/$file"
