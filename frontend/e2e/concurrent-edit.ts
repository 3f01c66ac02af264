import type { Page } from "playwright-core";

import { addTask, editButton, editForm, fillFields, taskId } from "./task-page";
import { openAsNewUser } from "./users";

/** Edits "Bake bread" to "Bake two loaves", and runs `changeElsewhere` on the task before saving the edit. */
export async function editConcurrently(page: Page, changeElsewhere: (path: string) => Promise<unknown>): Promise<void> {
  await openAsNewUser(page);
  await addTask(page, "Bake bread");
  const path = `/api/tasks/${await taskId(page, "Bake bread")}`;
  await editButton(page, "Bake bread").click();
  await fillFields(editForm(page), "Bake two loaves", "Rye");
  await changeElsewhere(path);
  await editForm(page).getByRole("button", { name: "Save" }).click();
}
