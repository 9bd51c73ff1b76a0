// Works at the pages of a school's own copy in Chromium, without a line at first. What it wants done meanwhile it asks in
// a line of its own; tests/suite/clerk/pages.rs answers.
"use strict";

const assert = require("node:assert/strict");
const { QUIET, PHONE, done, picture, opened, fits, named, run } = require("./tools.js");
const { chromium } = require(process.env.LIANXIAO_TEST_PLAYWRIGHT);
const { ADDRESS, SHEET } = process.env;

async function looks() {
  const browser = await chromium.launch({ executablePath: process.env.LIANXIAO_TEST_CHROMIUM, args: QUIET });
  const page = await opened(browser, PHONE);
  await page.goto(ADDRESS);
  await page.getByRole("heading", { level: 1, name: /今日事项/ }).waitFor();
  assert.ok(!page.url().includes("enter"), "the secret stays in no history");
  await named(page);
  await fits(page);
  await picture(page, "copy-desk");
  await page.getByRole("link", { name: /交一张表/ }).click();
  await page.setInputFiles("#file", SHEET);
  await page.getByRole("button", { name: /看看读成了什么/ }).click();
  await page.getByRole("heading", { level: 1, name: /请核对/ }).waitFor();
  await page.locator("textarea", { hasText: "2026-12-33" }).fill("2026-12-08");
  await page.getByRole("button", { name: /上报/ }).click();
  // What was corrected is shown before it is sent.
  await page.getByText("改过的地方已经重新读过").waitFor();
  await page.getByRole("button", { name: /上报/ }).click();
  await page.getByText("已录入，等线路").waitFor();
  await named(page);
  await picture(page, "copy-kept");
  await page.getByRole("link", { name: /待上报/ }).click();
  await page.getByText("已录入，等线路").waitFor();
  await done("line");
  await page.reload();
  assert.equal(await page.getByText("已录入，等线路").count(), 0);
  await fits(page);
  await browser.close();
}

run(looks);
