#!/bin/sh
# Lay out the database as it was at an instant: recover.sh ARCHIVE DATA [INSTANT]
#
# INSTANT is in UTC, as 2026-11-30T01:45:00Z; without it all that was archived. DATA must be empty. PostgreSQL plays the
# log on when it is started there next, and is open for writing when it has got to the instant.
set -eu
umask 077
if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  echo "usage: $0 ARCHIVE DATA [INSTANT]" >&2
  exit 2
fi
archive=$1 data=$2 instant=${3:-}
if [ -n "$(ls -A "$data")" ]; then
  echo "$data is not empty; nothing was touched" >&2
  exit 1
fi
latest=99991231T235959Z
if [ -n "$instant" ]; then
  case $instant in
    [0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z) ;;
    *) echo "$instant is no instant in UTC, as 2026-11-30T01:45:00Z" >&2 && exit 2 ;;
  esac
  latest=$(printf %s "$instant" | tr -d ':-')
fi
base=$(find "$archive" -maxdepth 1 -name 'base-*' | sort | awk -F/ -v latest="base-$latest" '$NF <= latest' | tail -n 1)
if [ -z "$base" ]; then
  echo "no base backup had ended by then" >&2
  exit 1
fi
tar -xzf "$base/base.tar.gz" -C "$data"
{
  echo "restore_command = 'cp \"$archive/wal/%f\" \"%p\"'"
  echo "recovery_target_action = 'promote'"
  # As a number of hours: names of zones, Z too, are not known yet when this is read.
  if [ -n "$instant" ]; then echo "recovery_target_time = '${instant%Z}+00'"; fi
} >>"$data/postgresql.auto.conf"
touch "$data/recovery.signal"
echo "$base"
