#!/bin/sh
# Back up the conversations of a PostgreSQL while the bot runs:
#   BOT_DATABASE=postgresql://... deploy/backup.sh FOLDER
# Two files: conversations-TIME.dump, of which as many may be kept as you like, and keys.dump, of which there is only ever
# the newest. What people wrote is ciphertext in the first and needs its key from the second: once keys.dump has been
# written anew, a conversation that was erased meanwhile cannot be read in any older backup. Keep no copies of keys.dump
# that live longer than that, and keep the master key (BOT_MASTER_KEY) somewhere else than both.
set -eu
folder="${1:?name the folder for the backup}"
: "${BOT_DATABASE:?the database to back up, postgresql://...}"
umask 077
mkdir -p "$folder"
time="$(date -u +%Y%m%dT%H%M%SZ)"
# The contents first: what they hold has its key when the keys follow.
pg_dump --format=custom --exclude-schema=keys --file="$folder/conversations-$time.part" "$BOT_DATABASE"
pg_dump --format=custom --schema=keys --file="$folder/keys.part" "$BOT_DATABASE"
mv "$folder/conversations-$time.part" "$folder/conversations-$time.dump"
mv "$folder/keys.part" "$folder/keys.dump"
echo "$folder/conversations-$time.dump"
