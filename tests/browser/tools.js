// What the scripts that look at pages share.
"use strict";

const assert = require("node:assert/strict");
const readline = require("node:readline");
const { SHOTS } = process.env;

const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const answers = readline.createInterface({ input: process.stdin });
const done = (what) => new Promise((resolve) => {
  answers.once("line", resolve);
  console.log(what);
});

let pictures = 0;
async function picture(page, name) {
  pictures += 1;
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${pictures}-${name}.png`, fullPage: true });
}

async function opened(browser, how) {
  const context = await browser.newContext(how);
  return watched(await context.newPage());
}

function watched(page) {
  page.setDefaultTimeout(15000);
  // What the policy of the pages forbids is told here, and so is a script that failed.
  page.on("console", (said) => assert.notEqual(said.type(), "error", said.text()));
  page.on("pageerror", (error) => assert.fail(error));
  return page;
}

async function signIn(page, token) {
  await page.fill("#token", token);
  await page.press("#token", "Enter");
  await page.waitForLoadState();
}

// A phone shows a page that is too wide from further away: its own width is what counts.
async function fits(page) {
  const wide = await page.evaluate(() => Math.max(document.documentElement.scrollWidth, innerWidth));
  assert.ok(wide <= PHONE.viewport.width, `${page.url()} is ${wide} wide`);
}

// Every table says what its rows and columns are, and every picture and field has a name.
async function named(page) {
  const nameless = await page.evaluate(() => [
    ...document.querySelectorAll("th:not([scope]), img:not([alt]), svg[role=img]:not([aria-labelledby])"),
    ...[...document.querySelectorAll("main input:not([type=hidden])")].filter((field) => field.labels.length === 0),
  ].map((of) => of.outerHTML));
  assert.deepEqual(nameless, [], page.url());
  assert.equal(await page.locator("h1").count(), 1, page.url());
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
}

// Runs what looks, and ends with its result.
function run(looking) {
  looking().then(() => console.log("all seen")).catch((error) => {
    console.log(String(error.stack || error));
    process.exitCode = 1;
  }).finally(() => answers.close());
}

module.exports = { QUIET, PHONE, done, picture, opened, signIn, fits, named, watched, run };
