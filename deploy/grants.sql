-- The role that the service connects with, and its rights: those that it needs, and no more. Run it as
-- the owner of the database after `tasks-api migrate`, as often as you like:
--
--   psql "$DATABASE_URL_UNPOOLED" -v ON_ERROR_STOP=1 -v password="$SERVICE_PASSWORD" -f deploy/grants.sql
--
-- If USERS_TABLE names another table than `users`, add: -v users_table="$USERS_TABLE". The role may add users
-- to our stand-in for that table, and not to Better Auth's own, unless USER_PROVISIONING is `create`; then
-- add: -v users_rights='SELECT, INSERT'.

\if :{?users_table} \else \set users_table users \endif

-- The name as SQL quotes it.
SELECT string_agg(format('%I', trim(both '"' from part)), '.' ORDER BY place) AS users_table
  FROM unnest(string_to_array(:'users_table', '.')) WITH ORDINALITY AS parts (part, place) \gset

-- A stand-in that Better Auth has extended is Better Auth's.
\if :{?users_rights} \else
SELECT CASE WHEN obj_description(:'users_table'::regclass, 'pg_class')
                 = 'tasks-api: stands in for Better Auth''s table of users'
             AND array_agg(attname::text ORDER BY attnum) = '{id,email,name,created_at}'
            THEN 'SELECT, INSERT' ELSE 'SELECT' END AS users_rights
  FROM pg_attribute
 WHERE attrelid = :'users_table'::regclass AND attnum > 0 AND NOT attisdropped \gset
\endif

SELECT 'CREATE ROLE tasks_service' WHERE to_regrole('tasks_service') IS NULL \gexec
ALTER ROLE tasks_service LOGIN PASSWORD :'password';

-- In `public`, every role has this right already, unless it was revoked.
SELECT DISTINCT format('GRANT USAGE ON SCHEMA %s TO tasks_service', relnamespace::regnamespace)
  FROM pg_class
 WHERE oid IN ('tasks'::regclass, :'users_table'::regclass)
   AND NOT has_schema_privilege('tasks_service', relnamespace, 'USAGE') \gexec

GRANT SELECT, INSERT, UPDATE, DELETE ON tasks, idempotency_keys TO tasks_service;
GRANT SELECT ON task_lists, tasks_alembic_version TO tasks_service;
GRANT :users_rights ON :users_table TO tasks_service;
