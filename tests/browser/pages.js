// Looks at the pages of a hub in Chromium, as an office does. What it wants done meanwhile it says in a line of its
// own (publish, write, arrive, revoke) and waits for the answer; tests/suite/console/chromium.rs does it. SHOTS names a folder for
// pictures of every page, for somebody to look at.
"use strict";

const assert = require("node:assert/strict");
const { QUIET, PHONE, done, picture, opened, signIn, fits, named, run } = require("./tools.js");
const { chromium } = require(process.env.LIANXIAO_TEST_PLAYWRIGHT);
const { HUB, OFFICE, CLERK, PUBLIC } = process.env;

// A4 across, in the points of a PDF.
const A4 = /\/MediaBox\s*\[\s*0\s+0\s+84[12](\.\d+)?\s+59[45](\.\d+)?\s*\]/;

async function office(browser) {
  const page = await opened(browser, { viewport: { width: 1280, height: 900 } });
  await page.goto(`${HUB}/`);
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await named(page);
  await picture(page, "sign-in");
  // A refusal is a 401, which the browser tells as an error of its own.
  page.removeAllListeners("console");
  await signIn(page, "lianxiao_wrong");
  await page.getByRole("alert").getByText("本中心不认识这个令牌").waitFor();
  await signIn(page, OFFICE);
  await page.getByRole("heading", { level: 1, name: /供餐周/ }).waitFor();
  await named(page);
  const row = page.locator("table.board").first().locator("tbody tr", { hasText: "春风分校" });
  const week = row.locator('[data-key^="week"]');
  await week.getByText("待报").waitFor();
  await picture(page, "office");
  // It changes without being asked for anew.
  await page.evaluate(() => { window.stayed = true; });
  await done("publish");
  await week.getByText("按时").waitFor();
  assert.equal(await page.evaluate(() => window.stayed), true, "the page was loaded again");
  await picture(page, "office-changed");
  await byKeyboard(page);
  await asked(page);
  await printed(page);
  await copied(page);
  await onward(page);
  await page.goto(`${HUB}/`);
  await page.waitForFunction(() => document.body.dataset.connected === "yes");
  await done("revoke");
  await page.waitForURL(/\/sign-in/, { timeout: 5000 });
}

// The first stop leads past the head of the page, and every stop can be seen.
async function byKeyboard(page) {
  await page.reload();
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.className), /skip/);
  await page.keyboard.press("Enter");
  for (let i = 0; i < 6; i += 1) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const at = document.activeElement;
      const box = at.getBoundingClientRect();
      return at.closest("main") && box.width > 0 && getComputedStyle(at).outlineStyle !== "none";
    });
    assert.ok(seen, `stop ${i} is not seen: ${await page.evaluate(() => document.activeElement.outerHTML)}`);
  }
}

// A late menu is excused where it stands, and a correction asked for on its page.
async function asked(page) {
  await page.goto(`${HUB}/?week=2026-05-04`);
  const week = page.locator("table.board").first().locator("tbody tr", { hasText: "滨湖分校" }).locator('[data-key^="week"]');
  await week.locator("summary").click();
  await week.locator("select").selectOption("EXCUSE_REASON_SUPPLY");
  await picture(page, "excuse");
  await week.getByRole("button", { name: /核准/ }).click();
  await page.locator('[data-key^="week"]').getByText("迟报·已核准").waitFor();
  await week.locator("summary").click();
  await week.getByRole("link", { name: /看食谱/ }).click();
  await page.locator("summary", { hasText: "要求更正" }).click();
  await page.locator('select[name="field"]').selectOption("meals");
  await page.locator('input[name="text"]').fill("周三缺素菜");
  await picture(page, "correct");
  // What is written meanwhile by somebody else takes nothing away, though the focus is elsewhere.
  await page.locator("h1").click();
  await done("write");
  await page.getByText("填完表单后更新页面").waitFor();
  assert.equal(await page.locator('input[name="text"]').inputValue(), "周三缺素菜");
  // Folded up, it holds nothing up.
  await page.locator("summary", { hasText: "要求更正" }).click();
  await page.getByText("页面已更新").waitFor();
  await page.locator("summary", { hasText: "要求更正" }).click();
  await page.locator('select[name="field"]').selectOption("meals");
  await page.locator('input[name="text"]').fill("周三缺素菜");
  await page.getByRole("button", { name: /发给学校/ }).click();
  await page.getByText("餐：周三缺素菜").waitFor();
  await named(page);
  for (const name of ["matrix", "sessions", "chase"]) {
    await page.goto(`${HUB}/report/${name}`);
    await named(page);
    await picture(page, `report-${name}`);
  }
  await page.goto(`${HUB}/`);
}

async function printed(page) {
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const boxes = pdf.toString("latin1").match(/\/MediaBox\s*\[[^\]]*\]/g);
  assert.ok(boxes && boxes.every((box) => A4.test(box)), `not A4: ${boxes}`);
}

async function copied(page) {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: HUB });
  await page.getByRole("button", { name: /复制催报/ }).click();
  const line = (await page.locator("#line").textContent()).trim();
  await page.waitForFunction(async (line) => (await navigator.clipboard.readText()) === line, line);
}

async function onward(page) {
  await page.locator("tbody a", { hasText: "总校" }).first().click();
  await page.getByRole("heading", { level: 1, name: "总校" }).waitFor();
  await named(page);
  await picture(page, "campus");
  for (const [link, name] of [["/session/", "session"], ["/menu/", "menu"]]) {
    const href = await page.locator(`a[href^="${link}"]`).first().getAttribute("href");
    await page.goto(HUB + href);
    await named(page);
    await picture(page, name);
    await page.goto(HUB + (await page.locator('a[href^="/history/"]').first().getAttribute("href")));
    await named(page);
    await picture(page, `${name}-history`);
    await page.goBack();
    await page.goBack();
  }
  for (const path of ["/exchanges", "/calendar"]) {
    await page.goto(HUB + path);
    await named(page);
    await picture(page, path.slice(1));
  }
  // The book is not shown anew by itself: whoever wants to looks again.
  await page.goto(`${HUB}/exchanges`);
  await page.waitForFunction(() => document.body.dataset.connected === "yes");
  assert.equal(await page.getByText("李老师").count(), 0);
  await done("arrive");
  await page.locator("[data-moved]").waitFor();
  assert.equal(await page.getByText("李老师").count(), 0);
  await picture(page, "book-moved");
  await page.getByRole("link", { name: /再看一次/ }).click();
  await page.getByText("李老师").first().waitFor();
}

async function phone(browser) {
  const page = await opened(browser, PHONE);
  await page.goto(`${HUB}/`);
  await fits(page);
  await signIn(page, CLERK);
  await page.getByRole("heading", { level: 1, name: "滨湖分校" }).waitFor();
  await fits(page);
  await picture(page, "phone-campus");
  const parent = await opened(browser, PHONE);
  await parent.goto(`${HUB}/public/${PUBLIC}`);
  await fits(parent);
  await parent.getByRole("link", { name: "总校" }).click();
  await parent.getByText("红烧狮子头").first().waitFor();
  await fits(parent);
  await named(parent);
  await picture(parent, "phone-public");
  const small = await opened(browser, PHONE);
  await small.goto(`${HUB}/sign-in`);
  await signIn(small, OFFICE);
  await small.getByRole("heading", { level: 1, name: /供餐周/ }).waitFor();
  await fits(small);
  await picture(small, "phone-office");
  await small.goto(`${HUB}/report/matrix`);
  await fits(small);
  await picture(small, "phone-report");
}

run(async () => {
  const executablePath = process.env.LIANXIAO_TEST_CHROMIUM;
  const browser = await chromium.launch({ executablePath, args: QUIET });
  try {
    await phone(browser);
    await office(browser);
  } finally {
    await browser.close();
  }
});
