#!/bin/sh
# Draw the secrets that compose.yml asks for, where they are missing. Keep a copy of master_key elsewhere: without it
# no conversation, and no backup of one, can be read.
set -eu
umask 077
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
cd "$folder"
drawn() { [ -s "$1" ] || python3 -c 'import secrets; print(secrets.token_hex(32), end="")' > "$1"; }
drawn database_password
drawn master_key
drawn signing_key
drawn metrics_token
[ -s database_url ] || printf 'postgresql://bot:%s@postgres:5432/bot' "$(cat database_password)" > database_url
chmod 444 ./*  # read by the containers' own accounts; the folder is its owner's only
echo "secrets: $(pwd)"
