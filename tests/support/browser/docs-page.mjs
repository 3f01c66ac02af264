// Uses /docs as a person does, in Chromium, and prints what happened as JSON: what was pressed and answered, what
// the console says, and where requests went. The first argument is the address of the service, the second a token,
// the third Chromium.
import { chromium } from 'playwright-core'

const [url, token, executablePath] = process.argv.slice(2)
const WAIT = { timeout: 60_000 } // A busy machine is slow, and no failure.
const OPERATIONS = [
  ['tasks', 'GET', '/api/tasks'],
  ['tasks', 'POST', '/api/tasks'],
  ['tasks', 'GET', '/api/tasks/{id}'],
  ['tasks', 'PUT', '/api/tasks/{id}'],
  ['tasks', 'PATCH', '/api/tasks/{id}/complete'],
  ['tasks', 'DELETE', '/api/tasks/{id}'],
  ['health', 'GET', '/livez'],
  ['health', 'GET', '/readyz'],
]
const SAMPLES = { curl: 'Curl', Python: 'Python', TypeScript: 'TypeScript' }
const seen = { pressed: [], samples: {}, console: [], origins: [] }

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
context.on('request', (request) => seen.origins.push(new URL(request.url()).origin))
const page = await context.newPage()
page.setDefaultTimeout(WAIT.timeout)
page.on('console', (message) => message.type() === 'info' || seen.console.push(message.text()))
page.on('pageerror', (error) => seen.console.push(String(error)))

await page.goto(`${url}/docs`)
await page.getByPlaceholder('Token').fill(token)
// Scalar waits for half a second before it stores what was typed.
await page.waitForFunction((value) => JSON.stringify(sessionStorage).includes(value), token)
await page.reload()
seen.kept = await page.getByPlaceholder('Token').first().inputValue()
seen.storedForGood = await storedForGood()

let created
for (const round of [1, 2]) {
  for (const [tag, method, path] of OPERATIONS) {
    await press(round, tag, method, path)
  }
}

// A link to an error code leads to its section.
await page.goto(`${url}/docs#description/schema-not-ready`)
await page.reload()
await page.locator('h2[id$="/description/schema-not-ready"]').waitFor()
await page.waitForFunction(() => {
  const { top } = document.querySelector('h2[id$="/description/schema-not-ready"]').getBoundingClientRect()
  return top >= 0 && top < innerHeight
})
seen.sections = await page.locator('[id*="/description/"]').evaluateAll((nodes) => nodes.map((node) => node.id.split('/').at(-1)))

await page.getByRole('button', { name: /Search/ }).first().click()
await page.getByRole('dialog').getByRole('option').first().waitFor()
await page.keyboard.type('Delete a task')
await page.getByRole('option', { name: /Delete a task/ }).first().waitFor()
await page.keyboard.press('Escape')

await page.setViewportSize({ width: 390, height: 844 })
await page.goto(`${url}/docs`)
await page.reload()
await page.locator('[id$="/description/conventions"]').first().waitFor()
seen.phone = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])

await browser.close()
seen.origins = [...new Set(seen.origins)]
console.log(JSON.stringify(seen))

async function press(round, tag, method, path) {
  await page.goto(`${url}/docs#tag/${tag}/${method}${path}`)
  const section = page.locator(`[id$="tag/${tag}/${method}${path}"]`)
  const test = section.getByRole('button', { name: 'Test Request' })
  await test.waitFor()
  if (round === 1 && method === 'PUT') await sample(section)
  await test.click()
  const dialog = page.getByRole('dialog')
  const send = page.getByRole('button', { name: new RegExp(`Send ${method} request`, 'i') })
  await send.waitFor()
  if (path.includes('{id}')) {
    const box = dialog.getByLabel('Value').first()
    await box.click()
    await page.keyboard.press('Control+A')
    await page.keyboard.type(String(created))
  }
  const resource = new RegExp(`${path.replace('{id}', '[0-9]+')}$`)
  const answered = page.waitForResponse(
    (response) => response.request().method() === method && resource.test(response.url()), WAIT)
  await send.click()
  const response = await answered
  const sent = response.request()
  seen.pressed.push([method, new URL(sent.url()).pathname, response.status()])
  if (method === 'POST') created = (await response.json()).data.id
  // The page shows what it got.
  await dialog.getByText(`${response.status()} ${response.statusText()}`).first().waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
}

async function sample(section) {
  for (const [language, client] of Object.entries(SAMPLES)) {
    await section.getByRole('button', { name: /code sample language/ }).click()
    await page.getByRole('option', { name: client, exact: true }).first().click()
    seen.samples[language] = await section.locator('pre').first().innerText()
  }
}

// What another tab of the browser finds; the page itself has another storage by that name.
async function storedForGood() {
  const other = await context.newPage()
  await other.goto(`${url}/livez`)
  const kept = await other.evaluate(() => Object.keys(localStorage))
  await other.close()
  return kept
}
