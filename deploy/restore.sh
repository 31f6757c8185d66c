#!/bin/sh
# Put a backup into an empty database:
#   BOT_DATABASE=postgresql://... deploy/restore.sh FOLDER/conversations-TIME.dump FOLDER/keys.dump
# All or nothing for each file. Afterwards start the bot with the master key of the backup; one made by an older version
# of the bot needs `python -m bot migrate` first.
set -eu
contents="${1:?name the conversations' dump}" keys="${2:?name the keys' dump}"
: "${BOT_DATABASE:?the empty database, postgresql://...}"
for dump in "$keys" "$contents"; do
    pg_restore --dbname="$BOT_DATABASE" --no-owner --no-privileges --single-transaction --exit-on-error "$dump"
done
