// Hono on Bun with Bun's own client of PostgreSQL, written well: one prepared statement for each
// request, bodies held to a schema of Zod, and a memory of verified tokens. Bun runs all of it in
// one thread.

import { SQL } from 'bun'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { verify } from 'hono/jwt'
import { z } from 'zod'

const MAX_TOKENS = 20_000

// A Date of JavaScript has no microseconds, so a time comes as text, as PostgreSQL writes it in UTC.
const sql = new SQL(process.env.DATABASE_URL, { max: 10, connection: { TimeZone: 'UTC' } })
const COLUMNS = sql`id, user_id, title, description, completed, created_at::text, updated_at::text`

const TaskInput = z.strictObject({
  title: z.string().refine((title) => title.trim() !== '' && [...title].length <= 500),
  description: z.string().max(65536).nullish(),
})

const tokens = new Map()

async function userOf(header) {
  const token = header?.startsWith('Bearer ') ? header.slice(7) : ''
  const claims = tokens.get(token) ?? (await verified(token))
  if (!claims.sub || claims.exp * 1000 <= Date.now()) throw problem(401, 'The token is not valid')
  return claims.sub
}

async function verified(token) {
  const claims = await verify(token, process.env.BETTER_AUTH_SECRET, 'HS256').catch(() => ({}))
  if (claims.sub && claims.exp) {
    if (tokens.size >= MAX_TOKENS) tokens.delete(tokens.keys().next().value)
    tokens.set(token, claims)
  }
  return claims
}

function problem(status, message) {
  return new HTTPException(status, { message })
}

async function inputOf(context) {
  const { data, success } = TaskInput.safeParse(await context.req.json().catch(() => null))
  if (!success) throw problem(422, 'The request is not valid')
  return data
}

function rfc3339(text) {
  const fraction = text.slice(19, -3)
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction && fraction.padEnd(7, '0')}Z`
}

function taskOf(row) {
  row.id = Number(row.id)
  row.created_at = rfc3339(row.created_at)
  row.updated_at = rfc3339(row.updated_at)
  row.etag = `"${row.updated_at}"`
  return row
}

function replyWithOne(context, [row], status = 200) {
  if (!row) throw problem(404, 'Task not found')
  const task = taskOf(row)
  context.header('ETag', task.etag)
  if (status === 201) context.header('Location', `/api/tasks/${task.id}`)
  return context.json({ data: task }, status)
}

const log = Bun.stdout.writer()
const app = new Hono()

app.use(async (context, next) => {
  const began = performance.now()
  await next()
  const { method, path } = context.req
  const milliseconds = performance.now() - began
  const line = { time: Date.now(), method, path, status: context.res.status, milliseconds }
  log.write(`${JSON.stringify(line)}\n`)
})
app.use('/api/*', async (context, next) => {
  context.set('user', await userOf(context.req.header('Authorization')))
  await next()
})

app.get('/livez', (context) => context.json({}))
app.get('/api/tasks', async (context) => {
  const rows = await sql`SELECT ${COLUMNS} FROM tasks WHERE user_id = ${context.get('user')}
    ORDER BY created_at DESC, id DESC`
  return context.json({ data: rows.map(taskOf) })
})
app.post('/api/tasks', async (context) => {
  const { title, description = null } = await inputOf(context)
  const rows = await sql`INSERT INTO tasks (user_id, title, description)
    VALUES (${context.get('user')}, ${title}, ${description}) RETURNING ${COLUMNS}`
  return replyWithOne(context, rows, 201)
})
app.get('/api/tasks/:id', async (context) => {
  const rows = await sql`SELECT ${COLUMNS} FROM tasks
    WHERE id = ${context.req.param('id')} AND user_id = ${context.get('user')}`
  return replyWithOne(context, rows)
})
app.put('/api/tasks/:id', async (context) => {
  const { title, description = null } = await inputOf(context)
  const rows = await sql`UPDATE tasks
    SET title = ${title}, description = ${description}, updated_at = clock_timestamp()
    WHERE id = ${context.req.param('id')} AND user_id = ${context.get('user')}
    RETURNING ${COLUMNS}`
  return replyWithOne(context, rows)
})
app.patch('/api/tasks/:id/complete', async (context) => {
  const rows = await sql`UPDATE tasks
    SET completed = NOT completed, updated_at = clock_timestamp()
    WHERE id = ${context.req.param('id')} AND user_id = ${context.get('user')}
    RETURNING ${COLUMNS}`
  return replyWithOne(context, rows)
})
app.onError((error, context) => {
  const status = error instanceof HTTPException ? error.status : 500
  const message = status === 500 ? 'Internal server error' : error.message
  return context.json({ error: { message } }, status)
})

Bun.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT), fetch: app.fetch })
