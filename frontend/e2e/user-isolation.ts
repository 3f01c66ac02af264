import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./browser";
import { add, ask, idOf, join, newTask, signIn, somebody, titles, type } from "./task-page";

test("a second user sees nothing of the first, and cannot reach it", () =>
  withPage((ada) =>
    withPage(async (grace) => {
      await join(ada);
      await add(ada, "Water the plants");
      const id = await idOf(ada, "Water the plants");
      await join(grace, somebody("Grace"));

      const input = { title: "Mine now" };
      const answers = [
        await ask(grace, "GET", `/api/tasks/${id}`),
        await ask(grace, "PUT", `/api/tasks/${id}`, input),
        await ask(grace, "PATCH", `/api/tasks/${id}/complete`),
        await ask(grace, "DELETE", `/api/tasks/${id}`),
      ];

      assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404, 404]);
      assert.deepEqual((await ask(grace, "GET", "/api/tasks")).body, { data: [] });
      await ada.reload();
      assert.deepEqual(await titles(ada), ["Water the plants"]);
    }),
  ));

test("the words that one has left in a tab are not there for the next", () =>
  withPage((elsewhere) =>
    withPage(async (page, context) => {
      const grace = await join(elsewhere, somebody("Grace"));
      await join(page);
      await type(newTask(page), "A secret of Ada's");
      await context.clearCookies();

      await page.goto("/sign-in");
      await signIn(page, grace);
      await page.getByRole("heading", { name: "Nothing to do" }).waitFor();

      assert.equal(await newTask(page).getByLabel("Title").inputValue(), "");
    }),
  ));
