#!/bin/sh
# A backup of a running competition: backup.sh DIR BACKUP, from cron, as often as you like.
#
# The order is what makes it whole. A scoring is written to the private record before the public one, and files are kept
# before the record names them; so: public record, private record, files. Files are named by their content and never
# change, so that each backup copies only new ones. MLflow is left out: `classmark competition rebuild` makes it anew.
#
# Records in PostgreSQL: set JOURNAL and PRIVATE_JOURNAL to their URLs, such as postgresql://classmark@db/contest.
set -eu
contest=$1 backup=$2
umask 077
mkdir -p "$backup"

record() { # name, file in the competition, URL
    if [ -n "$3" ]; then
        pg_dump --format=custom --file="$backup/$1.dump.new" "$3"
        mv "$backup/$1.dump.new" "$backup/$1.dump"
    else
        rm -f "$backup/$1.db.new"
        sqlite3 "$contest/$2" ".timeout 60000" ".backup '$backup/$1.db.new'"
        mv "$backup/$1.db.new" "$backup/$1.db"
    fi
}

record journal journal.db "${JOURNAL:-}"
record private-journal private/journal.db "${PRIVATE_JOURNAL:-}"
rsync --archive --exclude='/journal.db*' --exclude='/private/journal.db*' --exclude='/mlflow/' \
    --exclude='/private/mlflow*' --exclude=incoming --exclude=/serve.lock "$contest/" "$backup/files/"
sync "$backup"
