-- The role that the service connects with, and its rights: those that it needs, and no more. Run it as
-- the owner of the database after `tasks-api migrate`, as often as you like:
--
--   psql "$DATABASE_URL_UNPOOLED" -v ON_ERROR_STOP=1 -v password="$SERVICE_PASSWORD" -f deploy/grants.sql
--
-- If USERS_TABLE or USER_PROVISIONING is set, add: -v users_table="$USERS_TABLE", and likewise
-- -v user_provisioning="$USER_PROVISIONING". By default, the role may add users to our stand-in for the table
-- of users, and not to Better Auth's own.

\if :{?users_table} \else \set users_table users \endif
\if :{?user_provisioning} \else \set user_provisioning auto \endif

-- The name as SQL quotes it.
SELECT string_agg(format('%I', trim(both '"' from part)), '.' ORDER BY place) AS users_table
  FROM unnest(string_to_array(:'users_table', '.')) WITH ORDINALITY AS parts (part, place) \gset

-- A stand-in that Better Auth has extended is Better Auth's.
SELECT CASE WHEN :'user_provisioning' = 'create' THEN 'SELECT, INSERT'
            WHEN :'user_provisioning' = 'require' THEN 'SELECT'
            WHEN obj_description(:'users_table'::regclass, 'pg_class')
                 = 'tasks-api: stands in for Better Auth''s table of users'
             AND array_agg(attname::text ORDER BY attnum) = '{id,email,name,created_at}'
            THEN 'SELECT, INSERT' ELSE 'SELECT' END AS users_rights
  FROM pg_attribute
 WHERE attrelid = :'users_table'::regclass AND attnum > 0 AND NOT attisdropped \gset

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
