"use strict";
(() => {
  const main = document.querySelector("main");
  const box = document.querySelector("header input[type=search]");
  let before = null; // the page that a search stands in front of
  let asked = null;

  const show = (html) => { main.innerHTML = html; };

  // Search as you type: the same page that Enter opens, without its frame.
  const search = async () => {
    const words = box.value;
    if (asked) asked.abort();
    if (!words.trim()) return back();
    asked = new AbortController();
    const url = "/search?q=" + encodeURIComponent(words);
    try {
      const answer = await fetch(url + "&part=1", { signal: asked.signal });
      if (!answer.ok) return;
      const html = await answer.text();
      if (!before) {
        before = { html: main.innerHTML, url: location.href, title: document.title };
        history.pushState(null, "", url);
      } else history.replaceState(null, "", url);
      document.title = words;
      show('<h1>Search</h1><div id="results" aria-live="polite">' + html + "</div>");
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };
  const back = () => {
    if (asked) asked.abort();
    if (!before) return;
    show(before.html);
    history.replaceState(null, "", before.url);
    document.title = before.title;
    before = null;
  };
  let wait = 0;
  box.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(search, 40);
  });
  addEventListener("popstate", () => location.reload());

  // Keys.
  const links = () => [...main.querySelectorAll(".hits > li > a, ul.list > li > a")];
  const step = (by) => {
    const all = links();
    if (!all.length) return false;
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
    if (next < 0) box.focus();
    else if (next < all.length) all[next].focus();
    return true;
  };
  const press = (key) => {
    if (key === "a") {
      const add = document.getElementById("add");
      if (add) add.focus(); else location.href = "/#add";
      return true;
    }
    if (key === "t") { location.href = "/changes"; return true; }
    const link = main.querySelector('[data-key="' + key + '"]');
    if (link) link.click();
    return !!link;
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const inBox = event.target === box;
    const key = event.key;
    if (key === "Escape" && (inBox || before)) {
      box.value = "";
      back();
      box.blur();
      return;
    }
    const types = event.target.closest("input, textarea, select, [contenteditable]");
    if (types && !(inBox && (key === "ArrowDown" || key === "ArrowUp"))) return;
    let done = false;
    if (key === "/") { box.focus(); box.select(); done = true; }
    else if (key === "ArrowDown" || key === "j") done = step(1) ;
    else if (key === "ArrowUp" || key === "k") done = step(-1);
    else if (key.length === 1 && "aeht".includes(key)) done = press(key);
    if (done) event.preventDefault();
  });
  if (location.hash === "#add") document.getElementById("add")?.focus();

  // Live reload: one page at a time, the one that is seen, and never over what is being typed.
  if (!main.hasAttribute("data-live")) return;
  let source = null;
  const isTyping = () =>
    [...main.querySelectorAll("textarea, input[type=text]")].some((field) => field.value !== field.defaultValue);
  const renew = async () => {
    if (before || isTyping()) return;
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("main");
    if (before || !fresh || fresh.innerHTML === first) return;
    first = fresh.innerHTML;
    const open = [...main.querySelectorAll("details")].map((details) => details.open);
    show(first);
    main.querySelectorAll("details").forEach((details, at) => { details.open = open[at] || details.open; });
    document.title = page.title;
  };
  let first = main.innerHTML;
  let isFirst = true;
  const listen = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      source = new EventSource("/events");
      source.onmessage = renew;
      // What changed while nobody looked.
      if (!isFirst) renew();
      isFirst = false;
    }
  };
  document.addEventListener("visibilitychange", listen);
  listen();
})();
