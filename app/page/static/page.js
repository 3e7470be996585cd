// Keeps a page true while it is open: listens to the event stream, fetches the page anew and morphs it in.
"use strict";
(() => {
  const QUIET = 250; // milliseconds in which several events become one look
  const RETRY = 5000;
  const PATIENCE = 30000; // after which an answer that does not come counts as a lost connection
  const REST = 60000; // for how long a page that was loaded anew is not loaded anew again
  const PARTS = ["body > header", "main", "body > footer"];
  const BACK = 8000; // for how long it is said that the connection is back, however often the page is fetched meanwhile
  const MARKED = 4000; // for how long a figure that has changed is marked
  const marks = new Map(); // the figures that are, and until when
  const TOLD = 3; // so many figures that have changed are named
  let source, waiting, listening, running, again, clearing, lost = false, backUntil = 0, asking = false;

  const live = () => document.getElementById("live");
  const zone = { timeZone: "Asia/Ho_Chi_Minh" };
  const clock = (at, form = {}) => at.toLocaleTimeString("vi-VN", { ...zone, ...form });
  const day = { day: "numeric", month: "long", year: "numeric", ...zone };
  const official = (written) => written.replace(/\/([12])\//, "/0$1/"); // 01/02/2026, but 27/6/2025
  // A day as the language writes it: the order of 05/11/2026 would be anybody's guess.
  const withDay = {
    vi: (at, time) => `${time} ${official(at.toLocaleDateString("vi-VN", { ...day, day: "2-digit", month: "numeric" }))}`,
    en: (at, time) => `${time} on ${at.toLocaleDateString("en-GB", day)}`,
    ja: (at, time) => `${at.toLocaleDateString("ja-JP", day)} ${time}`,
  };
  const moment = (at, form) => (withDay[document.documentElement.lang] ?? withDay.vi)(at, clock(at, form));
  const now = () => performance.now(); // goes on evenly, also when somebody sets the clock

  function say(state, text) {
    const node = live();
    if (!node) return;
    node.dataset.state = state;
    const says = node.querySelector(".says");
    if (says.textContent !== text) says.textContent = text;
  }

  // By the clock of the service: that of the browser may be wrong. A page that is not fetched by the minute says the day.
  function updated(answer) {
    const sent = answer.headers.get("Date"), at = sent ? new Date(sent) : new Date();
    const time = live().dataset.every ? clock(at) : moment(at);
    live().querySelector(".when").textContent = "· " + live().dataset.updated.replace("{time}", time);
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
      backUntil = now() + BACK;
      setTimeout(() => lost || goOn(), BACK + 100);
    }
    const { back, on } = live().dataset;
    say("on", now() < backUntil ? back : on);
  }

  const figures = () =>
    new Map([...document.querySelectorAll("[data-figure]")].map((node) => [
      node.dataset.figure, node.getAttribute("aria-label") || node.textContent,
    ]));

  // What a figure is of: what its row, its tile or its term says, and its column where the row has several.
  function meaning(node) {
    if (node.hasAttribute("aria-label")) return node.getAttribute("aria-label");
    const row = node.closest("tr"), item = node.closest("li");
    const of = row?.querySelector("th a, th") || item?.querySelector("h2") || item?.querySelector("span")
      || node.closest("div")?.querySelector("dt");
    const isOneOfMany = row?.querySelectorAll("[data-figure]").length > 1;
    const column = isOneOfMany ? node.closest("td")?.querySelector(".label") : null;
    const words = [of && `${of.firstChild.textContent.trim()}:`, column?.textContent, node.textContent.trim()];
    return words.filter(Boolean).join(" ");
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
    const until = now() + MARKED;
    const changed = [...figures()].filter(([key, text]) => before.has(key) && before.get(key) !== text);
    for (const [key] of changed) marks.set(key, until);
    tell(changed.map(([key]) => key));
    for (const key of marks.keys()) shown(key)?.classList.add("changed");
    setTimeout(unmark, MARKED + 10);
  }

  function unmark() {
    for (const [key, until] of marks) {
      if (until > now()) continue;
      marks.delete(key);
      shown(key)?.classList.remove("changed");
    }
  }

  const MORPHING = {
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed: (old) => old.id !== "live" && !(asking && old.localName === "form"),
      beforeAttributeUpdated: (name, node) => !(name === "open" && node.localName === "details"),
    },
  };

  function morph(next) {
    const before = figures();
    const { state } = live().dataset;
    const says = next.getElementById("live").dataset;
    for (const part of PARTS) {
      const shown = document.querySelector(part), fresh = next.querySelector(part);
      if (shown && fresh) Idiomorph.morph(shown, fresh, MORPHING);
    }
    Object.assign(live().dataset, says, { state });
    document.title = next.title;
    showSlider();
    mark(before);
  }

  // While two versions answer by turns, as in an upgrade, a page that is loaded anew for each would never rest.
  function loadAnew() {
    const since = Date.now() - (history.state?.loaded ?? 0);
    if (since >= 0 && since < REST) return false;
    history.replaceState({ loaded: Date.now() }, "");
    location.reload();
    return true;
  }

  // With the go-live, or the first bulletin after it, an address without a moment begins to open on a bulletin: whoever
  // is watching the present goes on watching it.
  function stayInThePresent(next) {
    const address = new URL(location.href);
    const goesOn = !live().dataset.every || next.getElementById("live").dataset.every;
    if (goesOn || address.searchParams.has("as_of")) return false;
    address.searchParams.set("as_of", "now");
    history.replaceState(history.state, "", address);
    return true;
  }

  async function look() {
    if (running) { again = true; return; }
    running = true;
    try {
      const signal = AbortSignal.timeout?.(PATIENCE);
      const answer = await fetch(location.href, { cache: "no-cache", headers: { Accept: "text/html" }, signal });
      if (answer.redirected) { location.reload(); return; }
      if (!answer.ok) throw new Error(answer.status);
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      const { version } = next.documentElement.dataset;
      if (!version) throw new Error("somebody else's page");
      if (version !== document.documentElement.dataset.version && loadAnew()) return;
      if (stayInThePresent(next)) { again = true; return; }
      morph(next);
      goOn();
      updated(answer);
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

  // A browser has few connections to a host, and streams of all its tabs share them. The screen of a room is always seen.
  const isResting = () => document.hidden && !document.body.classList.contains("room");

  function hangUp() {
    clearTimeout(listening);
    source?.close();
  }

  // Each time the stream begins the page is fetched: nothing tells what happened before. Where it ends, the answer says
  // whether the connection is lost: some proxies end every stream after a while.
  function listen() {
    hangUp();
    if (isResting()) return;
    const stream = new EventSource(live().dataset.events);
    source = stream;
    stream.onopen = () => soon(0);
    for (const kind of ["progress", "bulletin", "obstacle"]) stream.addEventListener(kind, () => soon());
    stream.onerror = () => {
      if (!lost) soon();
      if (stream.readyState === EventSource.CLOSED) listening = setTimeout(listen, RETRY);
    };
  }

  // The stream may come late, or not at all where a proxy holds it back.
  function begin() {
    listen();
    soon(RETRY);
  }

  // Not all pages in the same instant.
  function everyMinute() {
    setTimeout(() => {
      if (live().dataset.every && !isResting()) soon(0);
      everyMinute();
    }, 60000 - (Date.now() % 60000) + 500 + 1500 * Math.random());
  }

  function showSlider() {
    const slider = document.querySelector(".slider");
    if (slider) slider.hidden = false;
  }

  function slide(range) {
    const slider = range.closest(".slider"), said = slider.querySelector("output");
    const at = new Date(Date.parse(slider.dataset.start) + range.value * 3600000);
    said.textContent = moment(at, { hour: "2-digit", minute: "2-digit" });
    document.getElementById("as_of").value = new Date(at.getTime() + 7 * 3600000).toISOString().slice(0, 16);
  }

  // What a reader is filling in stays as it is.
  document.addEventListener("input", ({ target }) => {
    asking = true;
    if (target.id === "hour") slide(target);
  });
  document.addEventListener("change", ({ target }) => { if (target.id === "hour") target.form.requestSubmit(); });
  document.addEventListener("visibilitychange", () => {
    if (isResting()) hangUp();
    else if (!source || source.readyState === EventSource.CLOSED) begin();
  });
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", (event) => { if (event.persisted) begin(); });
  addEventListener("online", () => { listen(); soon(0); });
  addEventListener("offline", goLost);
  if (live()) { showSlider(); begin(); everyMinute(); }
})();
