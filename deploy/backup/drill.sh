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
# By its name every command below, the last one too, means the stack of the drill alone.
COMPOSE_PROJECT_NAME=registry-drill
export COMPOSE_PROJECT_NAME
trap 'docker compose down --volumes >/dev/null 2>&1' EXIT
trap 'exit 1' HUP INT TERM
began=$(date +%s)
deploy/backup/restore.sh "$file"
echo "The backup is good: restored and verified in $(($(date +%s) - began)) s; the stack of the drill is removed."
