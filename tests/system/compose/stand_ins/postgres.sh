#!/bin/sh
# What compose.yaml relies on of the entrypoint of PostgreSQL's official image: without data, create the
# role and the database of $POSTGRES_USER, with $POSTGRES_PASSWORD; then serve.
set -e

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    mkdir -p "$PGDATA"
    echo "${POSTGRES_PASSWORD:?}" >/tmp/password
    # shellcheck disable=SC2086 -- a list of options.
    initdb --username "${POSTGRES_USER:=postgres}" --pwfile /tmp/password --encoding UTF8 \
        --auth-local trust --auth-host scram-sha-256 $POSTGRES_INITDB_ARGS
    rm /tmp/password
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
    pg_ctl --wait --options "-c listen_addresses=''" start
    [ "$POSTGRES_USER" = postgres ] || createdb --username "$POSTGRES_USER" "$POSTGRES_USER"
    pg_ctl --wait --mode fast stop
fi

exec postgres "$@"
