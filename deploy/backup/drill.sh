#!/bin/sh
# Try a backup out: drill.sh FILE
#
# Restores it into a stack of its own beside the running one, recomputes every result from the events and
# compares, then removes that stack with its data. The running one is not touched.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ $# -ne 1 ]; then
  echo "usage: $0 FILE" >&2
  exit 2
fi
file=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd)/$(basename -- "$1")
cd "$here/../.."
# By its name every command below, the last one too, means the stack of the drill alone; and it archives no log.
live=${COMPOSE_PROJECT_NAME:-}
files=${COMPOSE_FILE:-}
COMPOSE_PROJECT_NAME=registry-drill
COMPOSE_FILE=docker-compose.yml
export COMPOSE_PROJECT_NAME COMPOSE_FILE
trap 'docker compose -p registry-drill down --volumes >/dev/null 2>&1' EXIT
trap 'exit 1' HUP INT TERM
began=$(date +%s)
deploy/backup/restore.sh "$file"
# For `registry doctor`, which tells how long ago it was: in the running stack, if there is one.
(
  unset COMPOSE_PROJECT_NAME COMPOSE_FILE
  if [ -n "$live" ]; then export COMPOSE_PROJECT_NAME="$live"; fi
  if [ -n "$files" ]; then export COMPOSE_FILE="$files"; fi
  if [ -n "$(docker compose ps -q postgres)" ]; then
    # shellcheck disable=SC2016 # expanded in the container
    docker compose exec -T postgres sh -c 'PGPASSWORD="$(cat /run/secrets/postgres_password)" exec psql \
      --no-psqlrc --quiet --username postgres --dbname registry --command "$1"' sh \
      "INSERT INTO milestones (name) VALUES ('drill') ON CONFLICT (name) DO UPDATE SET reached_at = now()" >&2
  fi
)
echo "The backup is good: restored and verified in $(($(date +%s) - began)) s; the stack of the drill is removed."
