import type { Locator, Page } from "playwright-core";

export const addForm = (page: Page) => page.getByRole("form", { name: "Add a task" });
export const editForm = (page: Page) => page.getByRole("form", { name: "Edit" });
export const taskRow = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });
export const checkbox = (page: Page, title: string) =>
  page.getByRole("checkbox", { name: `Done: ${title}`, exact: true });
export const editButton = (page: Page, title: string) =>
  page.getByRole("button", { name: `Edit “${title}”`, exact: true });
export const deleteButton = (page: Page, title: string) =>
  page.getByRole("button", { name: `Delete “${title}”`, exact: true });

export async function fillFields(form: Locator, title: string, description = ""): Promise<void> {
  await form.getByLabel("Title").fill(title);
  await form.getByLabel("Description").fill(description);
}

/** Adds a task and waits until the service has saved it. */
export async function addTask(page: Page, title: string, description = ""): Promise<void> {
  await fillFields(addForm(page), title, description);
  await addForm(page).getByRole("button", { name: "Add" }).click();
  await waitUntilSaved(page, title);
}

/** Waits until the service has saved the pending changes of a task. */
export async function waitUntilSaved(page: Page, title: string): Promise<void> {
  await taskRow(page, title).and(page.locator("[aria-busy=false]")).waitFor();
}

/** Returns the titles as they are shown: first those of the open tasks, then those of the tasks that are done. */
export async function taskTitles(page: Page): Promise<string[]> {
  await page.locator("[data-title]").first().waitFor();
  const texts = await page.locator("[data-title]").allTextContents();
  return texts.map((text) => text.trim());
}

/** Deletes a task, and sends the deletion without the time to undo it. */
export async function deleteTask(page: Page, title: string): Promise<void> {
  await deleteButton(page, title).click();
  await checkbox(page, title).waitFor({ state: "detached" });
  await sendHeldChanges(page);
}

/** Sends what is held back for an undo, as closing the page does. */
export async function sendHeldChanges(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.dispatchEvent(new Event("pagehide"));
    window.dispatchEvent(new Event("pageshow"));
  });
}

export async function taskId(page: Page, title: string): Promise<number> {
  return Number(await taskRow(page, title).getAttribute("data-task"));
}
