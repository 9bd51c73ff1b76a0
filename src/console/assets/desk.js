// What a clerk's pages do in a browser: keep what is not sent yet, offer it again, and send it when the line is back.
// Without it they work too, but for drafts.
"use strict";

const tell = (text) => {
  document.querySelector(".said").textContent = text;
};

// The drafts of this browser, one a sheet: {id, campus, name, saved, waits, fields: [[name, value], …]}.
const drafts = (() => {
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("lianxiao", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const asked = async (mode, wish) => {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction("drafts", mode);
      const request = wish(transaction.objectStore("drafts"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  };
  return {
    put: (draft) => asked("readwrite", (store) => store.put(draft)),
    drop: (id) => asked("readwrite", (store) => store.delete(id)),
    all: () => asked("readonly", (store) => store.getAll()),
  };
})();

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

// Puts the page of an answer in the place of this one.
function turn(page) {
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.querySelector("main").focus();
  scrollTo(0, 0);
  begin();
}

// Sends a form as the browser would, but tells a lost line from an answer. An answer that is no page of ours (a
// restart, too many requests) counts as a lost line.
async function sent(action, body) {
  const answer = await fetch(action, { method: "POST", body, headers: { accept: "text/html" } });
  if (answer.redirected && new URL(answer.url).pathname === "/sign-in") {
    location.assign("/sign-in?next=/desk");
    return null;
  }
  if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
  return parsed(await answer.text());
}

function kept(form, waits) {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const name = form.querySelector('[name="name"]').value || form.querySelector("details strong")?.textContent || "";
  const { draft: id, campus } = form.dataset;
  return { id, campus, name, saved: new Date().toISOString(), waits, fields };
}

async function keep(form, waits) {
  try {
    await drafts.put(kept(form, waits));
    form.querySelector("[data-kept]").hidden = false;
    form.dataset.saved = "yes";
  } catch {
    // A browser that keeps nothing (a private window): the page says nothing of drafts then.
  }
}

let trying = 0;

async function push(form) {
  const button = form.querySelector("[data-send]");
  clearTimeout(trying);
  await keep(form, true);
  button.disabled = true;
  try {
    const page = await sent(form.action, new URLSearchParams(new FormData(form)));
    if (page) turn(page);
  } catch {
    button.disabled = false;
    lost(form);
  }
}

// The line is lost: it is said in words, and tried again.
function lost(form) {
  const said = "没有连上，还没有上报。草稿已存在这台电脑里，连上后会自动再报，也可以再按“上报”。 "
    + "The line is lost: the draft is kept here and sent when the line is back.";
  let note = form.querySelector(".lost");
  if (!note) {
    note = document.createElement("p");
    note.className = "refusal lost";
    note.setAttribute("role", "alert");
    form.querySelector(".sends").append(note);
  }
  note.textContent = said;
  trying = setTimeout(() => form.isConnected && push(form), 15000);
}

addEventListener("online", () => {
  const form = document.querySelector("form[data-draft]");
  if (form?.querySelector(".lost")) push(form);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.matches("[data-draft]") && button?.matches("[data-send]")) {
    event.preventDefault();
    push(form);
  } else if (form.matches("[data-take]")) {
    event.preventDefault();
    if (new FormData(form).get("file").size > Number(form.dataset.take)) {
      alertIn(form, "文件太大（最多 4 MB）：请只交要报的那一部分，或删去表里的图片再交。 The file is larger than 4 MB.");
      return;
    }
    try {
      await took(new FormData(form));
    } catch {
      alertIn(form, await keepUnread(form));
    }
  }
});

// A sheet that arrives has a draft of its own from then on.
async function took(handed) {
  const page = await sent("/desk/sheet", handed);
  if (!page) return;
  await drafts.drop("unread").catch(() => {});
  turn(page);
}

// What never reached the hub is kept as it is.
async function keepUnread(form) {
  const handed = new FormData(form);
  const [file, text] = [handed.get("file"), handed.get("text")];
  try {
    await drafts.put({
      id: "unread", campus: form.dataset.campus, name: file.name || text.slice(0, 20), saved: new Date().toISOString(),
      waits: true, fields: [["text", text], ["what", handed.get("what")]], file,
    });
    return "没有连上。这张表已存在这台电脑里，可以再按一次，也可以以后从今日事项继续。 "
      + "The line is lost: the sheet is kept here; press again, or go on later from the desk.";
  } catch {
    return "没有连上，请稍后再按一次。 The line is lost: press again in a moment.";
  }
}

function alertIn(form, text) {
  const note = form.querySelector(".lost") ?? document.createElement("p");
  note.className = "refusal lost";
  note.setAttribute("role", "alert");
  note.textContent = text;
  form.append(note);
}

let saving = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (!form) return;
  delete form.dataset.saved;
  clearTimeout(saving);
  saving = setTimeout(() => keep(form, false), 300);
});

// A file that is dropped is chosen.
document.addEventListener("dragover", (event) => {
  const drop = document.querySelector("[data-drop]");
  if (!drop) return;
  event.preventDefault();
  drop.classList.toggle("over", drop.contains(event.target));
});
document.addEventListener("drop", (event) => {
  const drop = document.querySelector("[data-drop]");
  if (!drop) return;
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer.files.length === 0) return;
  drop.querySelector("input").files = event.dataTransfer.files;
  drop.closest("form").requestSubmit();
});

// Goes on with a draft: its form is sent again as it was kept, and shown.
async function goOn(draft) {
  if (draft.file) {
    const handed = new FormData();
    for (const [name, value] of draft.fields) handed.append(name, value);
    handed.append("file", draft.file, draft.file.name);
    return took(handed);
  }
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/desk/sheet/again";
  for (const [name, value] of draft.fields) {
    const field = document.createElement("textarea");
    Object.assign(field, { name, value });
    form.append(field);
  }
  form.hidden = true;
  document.body.append(form);
  form.submit();
}

function offered(draft, list) {
  const row = document.createElement("li");
  const when = new Date(draft.saved).toLocaleString("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const text = document.createElement("span");
  text.textContent = `${draft.name}（${when}${draft.waits ? "，没有报出去" : ""}） `;
  const on = document.createElement("button");
  on.type = "button";
  on.textContent = "继续 Go on";
  on.addEventListener("click", () => goOn(draft).catch(() => tell("没有连上，请稍后再试 The line is lost: try again")));
  const away = document.createElement("button");
  away.type = "button";
  away.className = "plain";
  away.textContent = "丢弃 Discard";
  away.addEventListener("click", async () => {
    await drafts.drop(draft.id);
    offer();
  });
  row.append(text, on, " ", away);
  list.append(row);
}

async function offer() {
  const section = document.querySelector("[data-drafts]");
  if (!section) return;
  const mine = (await drafts.all()).filter((draft) => draft.campus === section.dataset.drafts);
  const list = section.querySelector("ul");
  list.replaceChildren();
  mine.sort((a, b) => b.saved.localeCompare(a.saved)).forEach((draft) => offered(draft, list));
  section.hidden = mine.length === 0;
}

// A page that is shown anew, because something was written, knows nothing of drafts.
new MutationObserver(() => offer().catch(() => {})).observe(document.body, { childList: true });

async function begin() {
  const settled = document.querySelector("[data-settled]")?.dataset.settled;
  if (settled) await drafts.drop(settled);
  const form = document.querySelector("form[data-draft]");
  if (form) await keep(form, false);
  await offer();
}

begin().catch(() => {
  // A browser that keeps nothing.
});
