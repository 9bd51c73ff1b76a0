// Works at a clerk's pages in Chromium: drops a workbook, corrects it, closes the browser, loses the line, and decides
// between two edits. What the hub has meanwhile it asks in a line of its own; tests/suite/console/chromium.rs answers.
"use strict";

const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { QUIET, PHONE, done, picture, signIn, fits, named, watched, run } = require("./tools.js");
const { chromium } = require(process.env.LIANXIAO_TEST_PLAYWRIGHT);
const { HUB, CLERK, SHEET, PROFILE } = process.env;

const ready = (page) => page.waitForFunction(() => document.querySelector("form[data-draft]").dataset.saved === "yes");

// A browser whose drafts and cookies outlive it.
async function started() {
  const context = await chromium.launchPersistentContext(PROFILE, {
    executablePath: process.env.LIANXIAO_TEST_CHROMIUM,
    args: QUIET,
    viewport: { width: 1366, height: 768 },
  });
  return [context, watched(context.pages()[0] ?? await context.newPage())];
}

// Drops the workbook as a hand does.
async function drop(page) {
  const bytes = readFileSync(SHEET).toString("base64");
  const dropped = await page.evaluateHandle((bytes) => {
    const binary = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([binary], "第11周食谱.xlsx"));
    return transfer;
  }, bytes);
  await page.dispatchEvent("[data-drop]", "drop", { dataTransfer: dropped });
}

async function corrected(page) {
  await page.goto(`${HUB}/`);
  await signIn(page, CLERK);
  await page.getByRole("heading", { level: 1, name: /今日事项/ }).waitFor();
  await named(page);
  await picture(page, "desk");
  await page.getByRole("link", { name: /交一张表/ }).click();
  await named(page);
  await picture(page, "desk-sheet");
  await drop(page);
  await page.getByRole("heading", { level: 1, name: /请核对/ }).waitFor();
  await named(page);
  const cell = page.getByLabel("A7", { exact: true });
  assert.equal(await cell.inputValue(), "5月33日 周四");
  const beside = page.locator(`#${await cell.getAttribute("aria-describedby")}`);
  await beside.getByText("无法确定").waitFor();
  await picture(page, "desk-preview");
  await cell.fill("5月14日 周四");
  await ready(page);
}

async function resumed(page) {
  await page.goto(`${HUB}/desk`);
  await page.getByRole("heading", { name: /上次没有报完的/ }).waitFor();
  await page.getByText("第11周食谱.xlsx").waitFor();
  await picture(page, "desk-draft");
  await page.getByRole("button", { name: "继续 Go on" }).click();
  await page.getByRole("heading", { level: 1, name: /请核对/ }).waitFor();
  assert.equal(await page.getByLabel("A7", { exact: true }).inputValue(), "5月14日 周四");
  await page.getByText("清蒸鱼").first().waitFor();
  await ready(page);
}

// Without a line it is kept, and goes by itself when the line is back: once.
async function offline(context, page) {
  page.removeAllListeners("console");
  await context.setOffline(true);
  await page.getByRole("button", { name: "上报 Push" }).click();
  await page.getByRole("alert").getByText("没有连上，还没有上报").waitFor();
  await picture(page, "desk-offline");
  assert.equal(await done("count"), "0");
  await context.setOffline(false);
  await page.getByText("都已办妥").waitFor();
  await picture(page, "desk-told");
  assert.equal(await done("count"), "1");
  await page.getByRole("link", { name: /回到今日事项/ }).click();
  await page.getByText("按时").waitFor();
  assert.ok(await page.locator("[data-drafts]").isHidden(), "a draft that is in is offered again");
}

// A sheet that never reached the hub is there again too.
async function unread(context, page) {
  await page.goto(`${HUB}/desk/sheet`);
  await context.setOffline(true);
  await page.fill("#text", "5月20日（周三）下午2点 六年级数学集体备课 主备：张老师 地点：三楼录播室");
  await page.getByRole("button", { name: /看看读成了什么/ }).click();
  await page.getByRole("alert").getByText("没有连上").waitFor();
  await context.setOffline(false);
  await page.goto(`${HUB}/desk`);
  await page.getByText("5月20日（周三）").waitFor();
  await page.getByRole("button", { name: "继续 Go on" }).click();
  await page.getByRole("heading", { level: 1, name: /请核对/ }).waitFor();
  await ready(page);
  await page.goto(`${HUB}/desk`);
  await page.getByRole("button", { name: "丢弃 Discard" }).click();
  await page.locator("[data-drafts]").waitFor({ state: "hidden" });
}

// Both edits side by side, and one choice. The desk tells of it by itself.
async function decided(page) {
  await page.waitForFunction(() => document.body.dataset.connected === "yes");
  await done("clash");
  await page.getByRole("heading", { name: /两处改动待定/ }).waitFor();
  await page.getByRole("link", { name: /五年级语文集体备课/ }).first().click();
  await page.getByRole("columnheader", { name: /原来/ }).waitFor();
  await named(page);
  await picture(page, "desk-conflict");
  await page.getByRole("button", { name: /用后到的改动/ }).click();
  await page.getByText("已收").waitFor();
  assert.equal(await done("clashes"), "0");
}

async function phone(page) {
  await page.setViewportSize(PHONE.viewport);
  for (const path of ["/desk", "/desk/sheet"]) {
    await page.goto(HUB + path);
    await fits(page);
    await picture(page, `phone${path.replaceAll("/", "-")}`);
  }
  await page.setInputFiles("#file", SHEET);
  await page.getByRole("button", { name: /看看读成了什么/ }).click();
  await page.getByRole("heading", { level: 1, name: /请核对/ }).waitFor();
  await fits(page);
  await picture(page, "phone-desk-preview");
}

run(async () => {
  let [context, page] = await started();
  try {
    await corrected(page);
    await context.close();
    [context, page] = await started();
    await resumed(page);
    await offline(context, page);
    await unread(context, page);
    await page.goto(`${HUB}/desk`);
    await decided(page);
    await phone(page);
  } finally {
    await context.close();
  }
});
