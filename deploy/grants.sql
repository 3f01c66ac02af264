-- The role that the service connects with, and its rights: those that it needs, and no more. Run it as
-- the owner of the database after `tasks-api migrate`, as often as you like:
--
--   psql "$DATABASE_URL_UNPOOLED" -v ON_ERROR_STOP=1 -v password="$SERVICE_PASSWORD" -f deploy/grants.sql
--
-- If USERS_TABLE names another table than `users`, add: -v users_table='"user"'. If Better Auth owns that
-- table, so that the service adds no user to it, add: -v users_rights=SELECT.

\if :{?users_table} \else \set users_table users \endif
\if :{?users_rights} \else \set users_rights 'SELECT, INSERT' \endif

SELECT 'CREATE ROLE tasks_service' WHERE to_regrole('tasks_service') IS NULL \gexec
ALTER ROLE tasks_service LOGIN PASSWORD :'password';

SELECT format('GRANT USAGE ON SCHEMA %I TO tasks_service', nspname)
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE pg_class.oid = to_regclass('tasks') AND NOT has_schema_privilege('tasks_service', nspname, 'USAGE') \gexec
GRANT SELECT, INSERT, UPDATE, DELETE ON tasks, idempotency_keys TO tasks_service;
GRANT SELECT ON task_lists, tasks_alembic_version TO tasks_service;
GRANT :users_rights ON :users_table TO tasks_service;
