import assert from "node:assert/strict";
import { test, vi } from "vitest";

import type { Task } from "@/tasks/task";

import { pathOf, split, viewOf } from "./view";

const task = (id: number, title: string, description: string | null, completed: boolean) =>
  ({ id, title, description, completed }) as Task;
const LIST = [
  task(3, "Bake bread", "Rye, and caraway", false),
  task(2, "Water the plants", null, true),
  task(1, "Buy caraway", null, false),
];

test("a view survives its URL", () => {
  vi.stubGlobal("location", { pathname: "/" });
  for (const view of [
    { filter: "all", query: "" },
    { filter: "open", query: "rye & salt" },
    { filter: "done", query: "ä" },
  ] as const) {
    assert.deepEqual(viewOf(pathOf(view).replace("/", "")), view);
  }
});

test("an unknown filter shows all", () => {
  assert.deepEqual(viewOf("?view=__proto__"), { filter: "all", query: "" });
});

test("open and done tasks keep their order", () => {
  const { open, done } = split(LIST, "");

  assert.deepEqual([open.map(({ id }) => id), done.map(({ id }) => id)], [[3, 1], [2]]);
});

test("each word is searched for in title and description, in any order and case", () => {
  const found = (query: string) => split(LIST, query).open.map(({ id }) => id);

  assert.deepEqual(found("CARAWAY"), [3, 1]);
  assert.deepEqual(found("  rye bread "), [3]);
  assert.deepEqual(found("rye milk"), []);
});

test("a word is searched for as it is typed: nothing in it is a pattern", () => {
  const list = [task(2, "50 % (of 1.5 l) [+] {a|b} ^$ c:\\d / e-f", null, false), task(1, "50 of 145", null, false)];
  const found = (query: string) => split(list, query).open.map(({ id }) => id);

  for (const word of ["%", "(of", "1.5", "[+]", "{a|b}", "^$", "\\d", "/", "e-f"])
    assert.deepEqual(found(word), [2], word);
  assert.deepEqual(found("\ud83e"), []);
});
