#!/bin/sh
# Replace one secret of a running system: rotate.sh database|postgres|rabbitmq|operator
# The store learns the new password, then the file changes, then the processes that use it are made anew, one after the
# other. Whoever calls one at that moment finds its door closed for seconds: a proxy in front retries (deploy/README.md).
set -eu
cd "$(dirname "$0")/.."
secrets=deploy/secrets
group=${1:-}

renew() {
  for service in "$@"; do
    if [ "$service" = worker ]; then
      # As many as run now, whatever started them: without this, `up` goes back to REGISTRY_WORKERS.
      docker compose up -d --force-recreate --no-deps --wait --scale "worker=$(docker compose ps -q worker | wc -l)" worker
    else
      docker compose up -d --force-recreate --no-deps --wait "$service"
    fi
  done
}

case $group in
database | postgres | rabbitmq)
  # Beside the old files, not over them: while the store has not said yes, the old ones are the valid ones.
  fresh=$(mktemp -d "$secrets/.new.XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  trap 'exit 1' HUP INT TERM
  python3 deploy/make_secrets.py --directory "$fresh" "$group" >/dev/null
  ;;
operator)
  python3 deploy/make_secrets.py --force operator
  renew ingest api
  exit
  ;;
*)
  echo "usage: $0 database|postgres|rabbitmq|operator" >&2
  exit 2
  ;;
esac

if [ "$group" = rabbitmq ]; then
  docker compose exec -T rabbitmq rabbitmqctl change_password registry <"$fresh/rabbitmq_password"
else
  if [ "$group" = database ]; then role=registry; else role=postgres; fi
  # By standard input: neither the old nor the new password is ever an argument or a log line.
  {
    cat "$secrets/postgres_password"
    printf '\nSET log_min_duration_statement = -1;\n'
    printf "ALTER ROLE %s PASSWORD '%s';\n" "$role" "$(cat "$fresh/${group}_password")"
  } | docker compose exec -T postgres sh -c \
    'read -r PGPASSWORD; export PGPASSWORD; exec psql -q -X -v ON_ERROR_STOP=1 -U postgres -d postgres -f -'
fi
mv "$fresh"/* "$secrets/"

case $group in
# Its mount still shows the old file, which backups would use.
postgres) renew postgres ;;
rabbitmq) renew ingest worker ;;
database) renew ingest worker api ;;
esac
