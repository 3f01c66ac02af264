// Fastify over node-postgres, written well: one prepared statement for each request, bodies held to
// a JSON Schema, answers written by fast-json-stringify, and tokens verified by fast-jwt with its
// cache. Node.js runs all of it in one thread.

import { createVerifier } from 'fast-jwt'
import Fastify from 'fastify'
import pg from 'pg'

const COLUMNS = 'id, user_id, title, description, completed, created_at, updated_at'
const OWN = 'WHERE id = $1 AND user_id = $2'
const STATEMENTS = {
  list: `SELECT ${COLUMNS} FROM tasks WHERE user_id = $1 ORDER BY created_at DESC, id DESC`,
  get: `SELECT ${COLUMNS} FROM tasks ${OWN}`,
  add: `INSERT INTO tasks (user_id, title, description) VALUES ($1, $2, $3) RETURNING ${COLUMNS}`,
  replace: `UPDATE tasks SET title = $3, description = $4, updated_at = clock_timestamp() ${OWN} RETURNING ${COLUMNS}`,
  toggle: `UPDATE tasks SET completed = NOT completed, updated_at = clock_timestamp() ${OWN} RETURNING ${COLUMNS}`,
}

const TaskInput = {
  type: 'object',
  additionalProperties: false,
  required: ['title'],
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 500, pattern: '\\S' },
    description: { type: 'string', nullable: true, maxLength: 65536 },
  },
}
const Task = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    user_id: { type: 'string' },
    title: { type: 'string' },
    description: { type: 'string', nullable: true },
    completed: { type: 'boolean' },
    created_at: { type: 'string' },
    updated_at: { type: 'string' },
    etag: { type: 'string' },
  },
}
const enveloped = (data) => ({ type: 'object', properties: { data } })
const One = { '2xx': enveloped(Task) }
const All = { '2xx': enveloped({ type: 'array', items: Task }) }

// A Date of JavaScript has no microseconds, so a time stays text: as of PostgreSQL, in RFC 3339.
function rfc3339(text) {
  const fraction = text.slice(19, -3)
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction && fraction.padEnd(7, '0')}Z`
}

pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, rfc3339)
const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: 10,
  options: '-c TimeZone=UTC',
})
const verify = createVerifier({
  key: process.env.BETTER_AUTH_SECRET,
  algorithms: ['HS256'],
  requiredClaims: ['sub', 'exp'],
  cache: 20_000,
})

async function rows(name, ...values) {
  const { rows: tasks } = await pool.query({ name, text: STATEMENTS[name], values })
  for (const task of tasks) task.etag = `"${task.updated_at}"`
  return tasks
}

class Problem extends Error {
  constructor(status, code, message) {
    super(message)
    Object.assign(this, { status, code })
  }
}

async function authenticate(request) {
  try {
    request.user = verify((request.headers.authorization ?? '').replace(/^Bearer /, '')).sub
  } catch {
    throw new Problem(401, 'UNAUTHORIZED', 'The token is not valid')
  }
}

async function replyWithOne(reply, name, ...values) {
  const [task] = await rows(name, ...values)
  if (!task) throw new Problem(404, 'NOT_FOUND', 'Task not found')
  reply.header('ETag', task.etag)
  return { data: task }
}

function answerError(error, _request, reply) {
  const status = error.validation ? 422 : (error.status ?? error.statusCode ?? 500)
  const code = error.validation ? 'VALIDATION_ERROR' : error.code
  reply.code(status).send({ error: { code, message: error.message } })
}

const app = Fastify({
  logger: true,
  disableRequestLogging: true, // One line for each request, below, and not two.
  ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
})
app.setErrorHandler(answerError)
app.addHook('onResponse', async ({ method, url, log }, { statusCode, elapsedTime }) => {
  log.info({ method, url, statusCode, elapsedTime })
})
// Answers of JSON name no charset.
app.addHook('onSend', async (_request, reply) => {
  reply.header('content-type', 'application/json')
})

app.get('/livez', async () => ({}))
app.register(async (tasks) => {
  tasks.decorateRequest('user', null)
  tasks.addHook('onRequest', authenticate)
  tasks.get('/', { schema: { response: All } }, async ({ user }) => ({
    data: await rows('list', user),
  }))
  tasks.post('/', { schema: { body: TaskInput, response: One } }, async (request, reply) => {
    const { title, description } = request.body
    const created = await replyWithOne(reply, 'add', request.user, title, description ?? null)
    reply.code(201).header('Location', `/api/tasks/${created.data.id}`)
    return created
  })
  tasks.get('/:id', { schema: { response: One } }, ({ params, user }, reply) =>
    replyWithOne(reply, 'get', params.id, user),
  )
  tasks.put('/:id', { schema: { body: TaskInput, response: One } }, (request, reply) => {
    const { title, description } = request.body
    return replyWithOne(reply, 'replace', request.params.id, request.user, title, description ?? null)
  })
  tasks.patch('/:id/complete', { schema: { response: One } }, ({ params, user }, reply) =>
    replyWithOne(reply, 'toggle', params.id, user),
  )
}, { prefix: '/api/tasks' })

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
