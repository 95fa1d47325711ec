#!/bin/sh
# Replace one secret of a running system: rotate.sh database|postgres|rabbitmq|operator
# The store learns the new password, then the file changes in place, so containers that mount it see it. Processes read
# it at each new connection, and those that are open stay: nothing is stopped, and no request is refused.
set -eu
cd "$(dirname "$0")/.."
secrets=deploy/secrets
group=${1:-}

case $group in
database | postgres | rabbitmq | operator) ;;
*)
  echo "usage: $0 database|postgres|rabbitmq|operator" >&2
  exit 2
  ;;
esac

# Beside the old files: while the store has not said yes, the old ones are the valid ones.
fresh=$(mktemp -d "$secrets/.new.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
trap 'exit 1' HUP INT TERM

# Into the file that is there: a container's mount of one file goes on showing the one that was there when it was made.
put() { cat "$fresh/$1" >"$secrets/${2:-$1}"; }

if [ "$group" = operator ]; then
  cp "$secrets/tokens.json" "$fresh/"
  python3 deploy/make_secrets.py --force --directory "$fresh" operator >/dev/null
  # Both tokens let in until every process has read the list (a second) and the new one is in its place.
  python3 - "$secrets/tokens.json" "$fresh/tokens.json" >"$fresh/both" <<'PYTHON'
import json, sys
old, new = (json.load(open(name, encoding="utf-8"))["tokens"] for name in sys.argv[1:])
both = new + [entry for entry in old if entry["name"] == "operator"]
print(json.dumps({"tokens": both}, indent=2, ensure_ascii=False))
PYTHON
  put both tokens.json
  sleep 3
  # No container mounts it, and whoever reads it meanwhile reads one or the other.
  mv "$fresh/operator_token" "$secrets/"
  sleep 3
  put tokens.json
  exit
fi

python3 deploy/make_secrets.py --directory "$fresh" "$group" >/dev/null
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
for file in "$fresh"/*; do put "$(basename "$file")"; done
