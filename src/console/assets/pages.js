// What the pages do in a browser: show themselves anew when the hub says that something was written, copy a
// line, and open an invitation. Without it they work too, but for being live.
"use strict";

const said = (text) => {
  document.querySelector(".said").textContent = text;
};

// Whoever is at a form, or has begun to fill one in and has not folded it up, is not interrupted.
document.addEventListener("input", (event) => event.target.form?.setAttribute("data-begun", ""));
const busy = () => document.activeElement?.closest("main form") != null
  || [...document.querySelectorAll("main form[data-begun]")].some((form) => !form.closest("details:not([open])"));

let again = 0;
let soon = 0;
let asking = false;
let waits = false;

// A page of which every look is written down is told of, and looked at by whoever wants to.
const moved = () => {
  const told = document.querySelector("[data-moved]");
  if (!told) return refresh();
  told.hidden = false;
  return said(told.textContent.trim());
};

async function refresh() {
  if (asking || busy()) return later();
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (answer.redirected && new URL(answer.url).pathname === "/sign-in") {
      location.assign(answer.url);
      return;
    }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Somebody may have begun to type while it was under way.
    if (busy()) return later();
    if (waits) said("");
    waits = false;
    show(page);
  } catch {
    // The line is down; the stream asks again when it is back.
  } finally {
    asking = false;
  }
}

function later() {
  if (busy() && !waits) {
    waits = true;
    said("填完表单后更新页面 The page waits for the form");
  }
  clearTimeout(soon);
  soon = setTimeout(refresh, 1000);
}

// Puts the newer page in the place of this one, and marks what changed in it.
function show(page) {
  const [next, now] = [page.querySelector("main"), document.querySelector("main")];
  const foot = [page.querySelector("footer"), document.querySelector("footer")];
  if (foot[0] && foot[1]) foot[1].replaceWith(foot[0]);
  if (!next || next.innerHTML === now.innerHTML) {
    if (next) now.dataset.againIn = next.dataset.againIn;
    settle();
    return;
  }
  const at = document.activeElement;
  const focused = at && now.contains(at) ? at.getAttribute("href") : null;
  const before = new Map([...now.querySelectorAll("[data-key]")].map((of) => [of.dataset.key, of.innerHTML]));
  for (const open of now.querySelectorAll("details[open][data-key]")) {
    next.querySelector(`details[data-key="${CSS.escape(open.dataset.key)}"]`)?.setAttribute("open", "");
  }
  now.replaceWith(next);
  for (const of of next.querySelectorAll("[data-key]")) {
    if (before.has(of.dataset.key) && before.get(of.dataset.key) !== of.innerHTML) of.classList.add("changed");
  }
  if (focused) next.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  said("页面已更新 The page was updated");
  settle();
}

// A deadline that passes changes figures too.
function settle() {
  clearTimeout(again);
  const wait = Number(document.querySelector("main").dataset.againIn);
  if (wait > 0) again = setTimeout(refresh, wait + 200);
}

let stream = null;

function follow() {
  const path = document.body.dataset.live;
  if (!path || stream || document.hidden) return;
  stream = new EventSource(path);
  stream.addEventListener("moved", moved);
  stream.addEventListener("ended", () => location.assign("/sign-in"));
  stream.addEventListener("open", () => {
    document.body.dataset.connected = "yes";
  });
  stream.addEventListener("error", () => {
    document.body.dataset.connected = "no";
    if (stream.readyState !== EventSource.CLOSED) return;
    stream = null;
    if (!document.querySelector("[data-moved]")) refresh();
    setTimeout(follow, 5000);
  });
}

// A page that nobody looks at holds no line open: browsers have six of them for a whole hub.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return follow();
  stream?.close();
  stream = null;
});

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-print]")) print();
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(from.textContent.trim());
    said("已复制 Copied");
  } catch {
    // Plain text from another machine: the browser lets nobody copy for the reader.
    getSelection().selectAllChildren(from);
    said("已选中，请按 Ctrl+C Selected: press Ctrl+C");
  }
});

const invitation = document.querySelector("[data-fragment]");
if (invitation && location.hash.startsWith("#code=")) {
  invitation.value = location.href;
  // The code is for one use, and not for the browser's history.
  history.replaceState(null, "", location.pathname);
}

const onward = document.querySelector("[data-go]");
if (onward) location.replace(onward.href);

settle();
follow();
