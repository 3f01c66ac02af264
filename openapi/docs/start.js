// Shows the contract with Scalar. What Scalar does not make of a contract is added to it here: a section for each
// code of an error or of a violation, samples in TypeScript and Python, and the changelog.

// Scalar keeps the token in localStorage. In sessionStorage it outlives a reload, and ends with the tab.
Object.defineProperty(window, 'localStorage', { value: window.sessionStorage })

// The service is where this page is, whatever address the contract names.
const base = new URL('.', location.href).href.replace(/\/$/, '')
const texts = Promise.all(['openapi.json', 'docs/changelog.md'].map(read))

addEventListener('DOMContentLoaded', async () => {
  const [json, changelog] = await texts
  const contract = JSON.parse(json)
  const [before, versions] = contract.info.description.split(/^(?=# Versions$)/m)
  const codes = [errorSections(before, contract), violationSections(before, contract)]
  const parts = [FIRST_STEPS, withLinks(before), ...codes, versions, changesOf(changelog)]
  contract.info.description = parts.join('\n\n')
  contract.servers = [{ url: base }]
  // An example of a schema makes Scalar offer a list to choose from, where an id is to be typed.
  delete contract.components.schemas.TaskId.example
  // What has a default would be in every sample.
  for (const each of ['IfMatch', 'IfNoneMatch']) delete contract.components.schemas[each].default
  for (const [path, item] of Object.entries(contract.paths)) {
    for (const [method, operation] of Object.entries(item).filter(([, each]) => each.operationId)) {
      const call = callOf(contract, path, method, [...(item.parameters ?? []), ...(operation.parameters ?? [])], operation)
      operation['x-codeSamples'] = [
        { lang: 'typescript', label: 'TypeScript', source: typescript(call) },
        { lang: 'python', label: 'Python', source: python(call) },
      ]
    }
  }
  Scalar.createApiReference('#reference', {
    content: contract,
    persistAuth: true,
    defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
    hiddenClients: { python: true }, // They import nothing.
    documentDownloadType: 'none', // What is shown is more than the contract; the links below lead to that.
    // Nothing of another origin: no fonts, no statistics, no assistant, no client elsewhere.
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    showDeveloperTools: 'never',
    customCss: TABLES,
  })
})

const FIRST_STEPS = `
**Try it**: [get a token](#description/authentication), enter it under *Authentication*, choose an operation, and press
*Test Request*, then *Send*. The token stays in this tab, over a reload as well, and is forgotten when the tab is closed.

**As a file**, for generators and importers: [openapi.yaml](openapi.yaml), [openapi.json](openapi.json); in OpenAPI 3.1
[openapi-3.1.yaml](openapi-3.1.yaml), [openapi-3.1.json](openapi-3.1.json).`

// On a phone, Scalar would break the words of a table, to make it as narrow as the screen. It is scrolled instead.
const TABLES = `
.markdown table { display: block !important; width: 100% !important; overflow-x: auto !important }
.markdown :is(td, th) { overflow-wrap: normal !important; word-break: normal !important }
.markdown :is(td, th) code { white-space: nowrap }
.markdown td { min-width: 6rem }`

async function read(path) {
  const answer = await fetch(path)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return answer.text()
}

function resolved(contract, node) {
  return node.$ref ? node.$ref.slice(2).split('/').reduce((at, key) => at[key], contract) : node
}

// A section for each row of the table of errors, so that each code has an anchor, with an answer that has it. Their
// headings are words, because Scalar takes the underscores of a code in a heading for emphasis.
const ROW = /^\| (\d{3}) \| `([A-Z_]+)` \| (.*) \| (.*) \| (.*) \|$/gm

function errorSections(description, contract) {
  const bodies = Object.values(contract.components.responses).flatMap(({ content }) => {
    const { example, examples = {} } = content?.['application/json'] ?? {}
    return [example, ...Object.values(examples).map((each) => resolved(contract, each).value)].filter((body) => body?.error)
  })
  const sections = [...description.matchAll(ROW)].map(([, status, code, when, written, remedy]) => {
    const body = bodies.find(({ error }) => error.code === code)
    return [
      `## ${inWords(code)}`,
      `**${status}** \`${code}\`: ${when}.`,
      `* Did the write happen? ${written}.\n* What to do: ${remedy}.`,
      ...(body ? [`\`\`\`json\n${JSON.stringify(body, null, 2)}\n\`\`\``] : []),
    ].join('\n\n')
  })
  return ['# Error codes', ...sections].join('\n\n')
}

// The same for each row of the table of violations, with the messages that the contract has beside its rules.
const VIOLATION_ROW = /^\| `([A-Z_]+)` \| (.*) \|$/gm

function violationSections(description, contract) {
  const rules = [...rulesIn(contract)]
  const sections = [...description.matchAll(VIOLATION_ROW)].map(([, code, what]) => {
    const messages = new Set(rules.filter((rule) => rule.code === code).map(({ message }) => message))
    return [`## ${inWords(code)}`, `\`${code}\`: ${what}.`, [...messages].map((each) => `* ${each}`).join('\n')].join('\n\n')
  })
  return ['# Violation codes', ...sections].join('\n\n')
}

function* rulesIn(node) {
  for (const rule of Object.values(node['x-violations'] ?? {})) yield* [rule].flat()
  for (const child of Object.values(node)) {
    if (child && typeof child === 'object') yield* rulesIn(child)
  }
}

function withLinks(description) {
  const linked = (row, code) => row.replace(`\`${code}\``, `[\`${code}\`](#description/${code.toLowerCase().replaceAll('_', '-')})`)
  return description.replace(ROW, (row, _status, code) => linked(row, code)).replace(VIOLATION_ROW, linked)
}

function inWords(code) {
  return code[0] + code.slice(1).toLowerCase().replaceAll('_', ' ')
}

// Of the changelog, only what is about the contract: a section for each of its versions, with the release that has it. Its
// links to other files of the repository lead nowhere here.
function changesOf(changelog) {
  const releases = changelog.split(/^## \[(.*?)\].*$/gm).slice(1)
  const sections = []
  for (let n = 0; n < releases.length; n += 2) {
    const parts = releases[n + 1].split(/^(?=### )/gm).filter((part) => part.startsWith('### Contract '))
    sections.push(...parts.map((part) => part.replace(/^### Contract (.*)$/m, `## $1\n\n*In ${releases[n]} of the service.*`)))
  }
  return `# Changelog\n\n${sections.join('\n').replace(/\[([^\]]*)\]\((?!https?:)[^)]*\)/g, '$1')}`
}

// What a sample has to say of an operation: its required parameters, all in the path, its body, and the headers that make
// it safe, as the contract has them.
function callOf(contract, path, method, parameters, operation) {
  const all = parameters.map((each) => resolved(contract, each))
  const required = all.filter((each) => each.required)
  const has = (name) => all.some((each) => each.name === name)
  const schema = operation.requestBody && resolved(contract, operation.requestBody).content['application/json'].schema
  return {
    path,
    method,
    parameters: Object.fromEntries(required.map((each) => [each.name, each.example])),
    body: schema && resolved(contract, schema).example,
    // As a good client does: a try can be repeated, and no change of others is lost.
    takesKey: has('Idempotency-Key'),
    changes: method !== 'get' && has('If-Match'),
    secured: (operation.security ?? contract.security).length > 0,
    answers: !operation.responses['204'],
  }
}

const TASK = '/api/tasks/{id}'

function typescript({ path, method, parameters, body, takesKey, changes, secured, answers }) {
  const options = []
  const given = Object.entries(parameters).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  const params = given.length ? [`path: { ${given.join(', ')} }`] : []
  if (takesKey) params.push('header: { "Idempotency-Key": crypto.randomUUID() }')
  if (changes) params.push('header: { "If-Match": read?.data.etag }')
  if (params.length) options.push(`  params: { ${params.join(', ')} },`)
  if (body) {
    const written = JSON.stringify(body, null, 2).replace(/^(\s+)"(\w+)":/gm, '$1$2:')
    options.push(`  body: ${written.replace(/\n/g, '\n  ')},`)
  }
  const headers = secured ? '\n  headers: { Authorization: `Bearer ${token}` },' : ''
  const call = options.length ? `, {\n${options.join('\n')}\n}` : ''
  const result = answers ? '{ data, error, response }' : '{ error, response }'
  return `// npm install openapi-fetch && npx openapi-typescript ${base}/openapi.yaml -o tasks-api.ts
import createClient from "openapi-fetch";
import type { paths } from "./tasks-api";

${secured ? 'const token = "YOUR_SECRET_TOKEN";\n' : ''}const api = createClient<paths>({
  baseUrl: "${base}",${headers}
});
${changes ? `const { data: read } = await api.GET("${TASK}", { params: { path: { ${given.join(', ')} } } });\n` : ''}const ${result} = await api.${method.toUpperCase()}("${path}"${call});
if (!response.ok) throw new Error(error?.error?.message ?? "Status " + response.status);${answers ? '\nconsole.log(data);' : ''}`
}

function python({ path, method, parameters, body, takesKey, changes, secured, answers }) {
  const urlOf = (path) => base + path.replace(/{(\w+)}/g, (_, name) => parameters[name])
  const given = secured ? ['**authorized'] : []
  if (takesKey) given.push('"Idempotency-Key": str(uuid.uuid4())')
  if (changes) given.push('"If-Match": read.json()["data"]["etag"]')
  const headers = given.length ? `\n    headers={${given.join(', ')}},` : ''
  const first = secured ? ['authorized = {"Authorization": f"Bearer {os.environ[\'TOKEN\']}"}'] : []
  if (changes) first.push(`read = httpx.get("${urlOf(TASK)}", headers=authorized).raise_for_status()`)
  const imports = [...(secured ? ['import os'] : []), ...(takesKey ? ['import uuid'] : [])]
  const json = body ? `\n    json=${JSON.stringify(body, null, 4).replace(/\n/g, '\n    ')},` : ''
  return `# pip install httpx
${imports.length ? `${imports.join('\n')}\n\n` : ''}import httpx

${first.map((line) => `${line}\n`).join('')}response = httpx.${method}(
    "${urlOf(path)}",${headers}${json}
)
response.raise_for_status()${answers ? '\nprint(response.json()["data"])' : ''}`
}
