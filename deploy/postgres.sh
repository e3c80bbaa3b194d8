#!/bin/sh
# Runs once in a new database server, after roles.sql: the roles' passwords and the database.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner_password="$FEESVC_OWNER_PASSWORD" \
    --set service_password="$FEESVC_SERVICE_PASSWORD" <<'SQL'
ALTER ROLE feesvc_owner PASSWORD :'owner_password';
ALTER ROLE feesvc_service PASSWORD :'service_password';
CREATE DATABASE feesvc OWNER feesvc_owner TEMPLATE template0 ENCODING 'UTF8'
    LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';
SQL
