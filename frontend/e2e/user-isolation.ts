import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { callApi } from "./requests";
import { addForm, addTask, fillFields, taskId, taskTitles } from "./task-page";
import { newUser, openAsNewUser, signIn } from "./users";

test("a user can neither see nor change the tasks of another user", () =>
  withPage((ada) =>
    withPage(async (grace) => {
      await openAsNewUser(ada);
      await addTask(ada, "Water the plants");
      const id = await taskId(ada, "Water the plants");
      await openAsNewUser(grace, newUser("Grace"));

      const input = { title: "Mine now" };
      const responses = [
        await callApi(grace, "GET", `/api/tasks/${id}`),
        await callApi(grace, "PUT", `/api/tasks/${id}`, input),
        await callApi(grace, "PATCH", `/api/tasks/${id}/complete`),
        await callApi(grace, "DELETE", `/api/tasks/${id}`),
      ];

      assert.deepEqual(
        responses.map(({ status }) => status),
        [404, 404, 404, 404],
      );
      assert.deepEqual((await callApi(grace, "GET", "/api/tasks")).body, { data: [] });
      await ada.reload();
      assert.deepEqual(await taskTitles(ada), ["Water the plants"]);
    }),
  ));

test("a draft of one user is not shown to the next user of the tab", () =>
  withPage((elsewhere) =>
    withPage(async (page, context) => {
      const grace = await openAsNewUser(elsewhere, newUser("Grace"));
      await openAsNewUser(page);
      await fillFields(addForm(page), "A secret of Ada's");
      await context.clearCookies();

      await page.goto("/sign-in");
      await signIn(page, grace);
      await page.getByRole("heading", { name: "Nothing to do" }).waitFor();

      assert.equal(await addForm(page).getByLabel("Title").inputValue(), "");
    }),
  ));
