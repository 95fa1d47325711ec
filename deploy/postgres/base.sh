#!/bin/sh
# A base backup, from which the archived log is played on: base.sh ARCHIVE
#
# Taken while everything runs; its name is when it ended. KEEP=2 keeps the newest two, and the log since the older one;
# without it nothing is deleted. Who connects is in PGUSER and PGPASSWORD.
set -eu
umask 077
partial=$1/base.partial
rm -rf "$partial"
pg_basebackup --pgdata "$partial" --format tar --gzip --wal-method none --checkpoint fast --no-password
base=$1/base-$(date -u +%Y%m%dT%H%M%SZ)
mv "$partial" "$base"
sync "$1"
if [ -n "${KEEP:-}" ]; then
  # The names sort by time.
  find "$1" -maxdepth 1 -name 'base-*' | sort -r | tail -n "+$((KEEP + 1))" |
    while IFS= read -r old; do
      rm -rf -- "$old"
    done
  oldest=$(find "$1" -maxdepth 1 -name 'base-*' | sort | head -n 1)
  first=$(tar -xzOf "$oldest/base.tar.gz" backup_label | sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\)).*/\1/p')
  pg_archivecleanup "$1/wal" "$first"
fi
echo "$base"
