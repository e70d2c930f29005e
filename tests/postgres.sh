#!/bin/sh
# Runs a command beside a throw-away PostgreSQL whose address is in DATABASE_URL, and passes the command's exit code on.
# usage: tests/postgres.sh COMMAND…
# DURABLE=on keeps what a power cut would lose, as in production; tests do without.
# Exit code 3: this machine has no PostgreSQL.
set -u

say() { printf '%s\n' "$*" >&2; }
[ $# -gt 0 ] || { say "usage: $0 COMMAND…"; exit 2; }

programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$programs/initdb" ] || { say "There is no PostgreSQL on this machine: install Debian's package postgresql."; exit 3; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/postgres.XXXXXX") || exit 1
if [ "$(id -u)" = 0 ]; then
  # The server refuses to run as root.
  id postgres >/dev/null 2>&1 || { say "There is no user postgres to run the server as."; rmdir "$folder"; exit 3; }
  chown postgres "$folder"
  as_server() { (cd "$folder" && exec runuser -u postgres -- "$@"); }
else
  as_server() { "$@"; }
fi

stop() {
  trap '' HUP INT TERM
  [ ! -f "$folder/data/postmaster.pid" ] || as_server "$programs/pg_ctl" stop -D "$folder/data" -m immediate >/dev/null 2>&1
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' HUP INT TERM

give_up() { say "The throw-away PostgreSQL did not start:"; cat "$folder"/*.log >&2; exit 1; }

random() { od -An -N "$1" -t "$2" /dev/urandom | tr -d ' \n'; }
password=$(random 16 x1)
printf '%s\n' "$password" >"$folder/password"
[ "$(id -u)" != 0 ] || chown postgres "$folder/password"
as_server "$programs/initdb" -D "$folder/data" -U tests --pwfile="$folder/password" --auth=scram-sha-256 \
  -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || give_up

durable=${DURABLE:-off}
# A port that somebody else has makes the start fail: then another one is tried.
tries=0
until
  port=$((20000 + $(random 2 u2) % 40000))
  as_server "$programs/pg_ctl" start -D "$folder/data" -w -s -l "$folder/server.log" -o "-p $port \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c fsync=$durable -c synchronous_commit=$durable -c full_page_writes=$durable -c shared_buffers=512MB" >/dev/null 2>&1
do
  tries=$((tries + 1))
  [ $tries -lt 10 ] || give_up
done

DATABASE_URL="postgresql://tests:$password@127.0.0.1:$port/postgres"
export DATABASE_URL
# The shell outlives a Ctrl-C, so that the command can end by itself and the server is stopped behind it.
trap : HUP INT TERM
"$@"
