// Keeps a page true while it is open: listens to the event stream, fetches the page anew and morphs it in.
"use strict";
(() => {
  const QUIET = 250; // milliseconds in which several events become one look
  const RETRY = 5000;
  const PARTS = "main";
  const BACK = 8000; // for how long it is said that the connection is back, however often the page is fetched meanwhile
  const MARKED = 4000; // for how long a figure that has changed is marked
  const marks = new Map(); // the figures that are, and until when
  const TOLD = 3; // so many figures that have changed are named
  let source, waiting, running, again, clearing, lost = false, backUntil = 0, asking = false;

  const live = () => document.getElementById("live");
  const clock = () => new Date().toLocaleTimeString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh" });

  function say(state, text) {
    const node = live();
    if (!node) return;
    node.dataset.state = state;
    const says = node.querySelector(".says");
    if (says.textContent !== text) says.textContent = text;
  }

  function updated() {
    const node = live();
    node.querySelector(".when").textContent = "· " + node.dataset.updated.replace("{time}", clock());
  }

  function goLost() {
    if (live()) {
      say("lost", live().dataset.lost);
      live().querySelector(".news").textContent = "";
    }
    lost = true;
  }

  function goOn() {
    if (lost) {
      lost = false;
      backUntil = Date.now() + BACK;
      setTimeout(() => lost || goOn(), BACK + 100);
    }
    const { back, on } = live().dataset;
    say("on", Date.now() < backUntil ? back : on);
  }

  const figures = () =>
    new Map([...document.querySelectorAll("[data-figure]")].map((node) => [
      node.dataset.figure, node.getAttribute("aria-label") || node.textContent,
    ]));

  // What a figure is of: what its row, its tile or its term says.
  function meaning(node) {
    if (node.hasAttribute("aria-label")) return node.getAttribute("aria-label");
    const item = node.closest("li");
    const of = node.closest("tr")?.querySelector("th a, th") || item?.querySelector("h2") || item?.querySelector("span")
      || node.closest("div")?.querySelector("dt");
    return `${of ? of.firstChild.textContent.trim() + ": " : ""}${node.textContent.trim()}`;
  }

  // Says what has changed: on a long page it may lie out of sight, and a screen reader sees no mark.
  function tell(keys) {
    const repeated = (key) => /^(change-|delta)/.test(key) || (key.startsWith("tile-") && shown(key.replace("tile", "p")));
    const those = keys.filter((key) => !repeated(key));
    if (!those.length) return;
    const more = those.length - TOLD;
    const named = those.slice(0, TOLD).map((key) => meaning(shown(key))).join("; ");
    const news = live().querySelector(".news");
    news.textContent = live().dataset.changed.replace("{what}", () => named) + (more > 0 ? ` (+${more})` : "");
    clearTimeout(clearing);
    clearing = setTimeout(() => { news.textContent = ""; }, BACK);
  }

  const shown = (key) => document.querySelector(`[data-figure="${CSS.escape(key)}"]`);

  // What is morphed in has no marks: those of a moment ago are made again, however often the page is fetched meanwhile.
  function mark(before) {
    const until = Date.now() + MARKED;
    const changed = [...figures()].filter(([key, text]) => before.has(key) && before.get(key) !== text);
    for (const [key] of changed) marks.set(key, until);
    tell(changed.map(([key]) => key));
    for (const key of marks.keys()) shown(key)?.classList.add("changed");
    setTimeout(unmark, MARKED + 10);
  }

  function unmark() {
    for (const [key, until] of marks) {
      if (until > Date.now()) continue;
      marks.delete(key);
      shown(key)?.classList.remove("changed");
    }
  }

  function morph(next) {
    const before = figures();
    const { state } = live().dataset;
    const says = next.getElementById("live").dataset;
    Idiomorph.morph(document.querySelector(PARTS), next.querySelector(PARTS), {
      ignoreActiveValue: true,
      callbacks: {
        beforeNodeMorphed: (old) => old.id !== "live" && !(asking && old.localName === "form"),
        beforeAttributeUpdated: (name, node) => !(name === "open" && node.localName === "details"),
      },
    });
    Object.assign(live().dataset, says, { state });
    document.title = next.title;
    showSlider();
    mark(before);
  }

  async function look() {
    if (running) { again = true; return; }
    running = true;
    try {
      const answer = await fetch(location.href, { cache: "no-cache", headers: { Accept: "text/html" } });
      if (answer.redirected) { location.reload(); return; }
      if (!answer.ok) throw new Error(answer.status);
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (next.documentElement.dataset.version !== document.documentElement.dataset.version) { location.reload(); return; }
      morph(next);
      goOn();
      updated();
    } catch {
      goLost();
      soon(RETRY);
    } finally {
      running = false;
      if (again) { again = false; soon(QUIET); }
    }
  }

  function soon(delay = QUIET) {
    clearTimeout(waiting);
    waiting = setTimeout(look, delay);
  }

  function listen() {
    source = new EventSource(live().dataset.events);
    let first = true;
    source.onopen = () => { if (!first || lost) soon(0); else goOn(); first = false; };
    for (const kind of ["progress", "bulletin", "obstacle"]) source.addEventListener(kind, () => soon());
    source.onerror = () => {
      goLost();
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, RETRY);
    };
  }

  function everyMinute() {
    if (!live().dataset.every) return;
    setTimeout(() => { soon(0); everyMinute(); }, 60000 - (Date.now() % 60000) + 500);
  }

  function showSlider() {
    const slider = document.querySelector(".slider");
    if (slider) slider.hidden = false;
    return slider;
  }

  function slide() {
    const slider = showSlider();
    if (!slider) return;
    const range = slider.querySelector("input"), said = slider.querySelector("output");
    const field = document.getElementById("as_of");
    const at = () => new Date(Date.parse(slider.dataset.start) + range.value * 3600000);
    const local = (form) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "Asia/Ho_Chi_Minh", ...form });
    range.addEventListener("input", () => {
      said.textContent = local({ dateStyle: "medium", timeStyle: "short" }).format(at());
      field.value = new Date(at().getTime() + 7 * 3600000).toISOString().slice(0, 16);
    });
    range.addEventListener("change", () => range.form.requestSubmit());
  }

  // What a reader is filling in stays as it is.
  document.addEventListener("input", () => { asking = true; });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) { listen(); soon(0); } });
  addEventListener("online", () => soon(0));
  addEventListener("offline", goLost);
  if (live()) { updated(); listen(); everyMinute(); slide(); }
})();
