import type { Page } from "playwright-core";

import { add, editor, idOf, join, type, words } from "./task-page";

/** The editor has "Bake two loaves" in it, and elsewhere the same task became something else. */
export async function editedTwice(page: Page, elsewhere: (path: string) => Promise<unknown>): Promise<void> {
  await join(page);
  await add(page, "Bake bread");
  const path = `/api/tasks/${await idOf(page, "Bake bread")}`;
  await words(page, "Bake bread").click();
  await type(editor(page), "Bake two loaves", "Rye");
  await elsewhere(path);
  await editor(page).getByRole("button", { name: "Save" }).click();
}
