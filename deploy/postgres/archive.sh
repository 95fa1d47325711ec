#!/bin/sh
# PostgreSQL's archive_command: archive.sh ARCHIVE PATH NAME
#
# Whole or not at all, and never over another: PostgreSQL removes its own once this says that it is done. After a
# crash the same one comes again, which is done as well.
set -eu
to=$1/wal/$3
if [ -f "$to" ]; then
  exec cmp -s "$2" "$to"
fi
mkdir -p "$1/wal"
cp "$2" "$to.partial"
sync "$to.partial"
mv "$to.partial" "$to"
sync "$1/wal"
