// Finds posts by their words, in lists that notes made: nothing that is typed is sent anywhere.
(() => {
  const form = document.getElementById("search"), field = document.getElementById("q");
  const list = document.getElementById("results"), count = document.getElementById("count");
  const items = [...list.children], all = count.textContent, known = {};
  const shards = new Map(form.dataset.shards.split(" ").map((one) => one.split(":")));
  const most = 1e6; // So many bytes are looked through at most where nothing begins as a word does.
  let isCutOff = false;
  const words = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
      .match(/[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\P{L}\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|\p{N}+/gu) || [];
  const shard = async (name) => {
    if (!shards.has(name)) return {};
    known[name] ||= fetch("words/" + name + ".json").then((answer) => answer.json()).catch(() => {
      isCutOff = true;
      delete known[name];
      return {};
    });
    return known[name];
  };
  const nameOf = (letter) => /[a-z0-9]/.test(letter) ? letter : "_";
  // Whether two words are the same but for so many letters: inserted, left out, changed or swapped.
  const near = (a, b, most) => {
    if (Math.abs(a.length - b.length) > most) return false;
    let before = [], row = [...Array(b.length + 1).keys()];
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      [before, row] = [row, next];
    }
    return row[b.length] <= most;
  };
  const scores = async (typed) => {
    const first = nameOf(typed[0]), found = new Map();
    const typos = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
    const add = (posts, factor) => {
      const rare = Math.log(1 + (2 * items.length) / posts.length);
      for (let i = 0; i < posts.length; i += 2) {
        const score = factor * rare * posts[i + 1] / (posts[i + 1] + 4);
        found.set(posts[i], Math.max(found.get(posts[i]) || 0, score));
      }
    };
    const addNear = (entries) => {
      for (const name in entries) if (near(typed, name, typos)) add(entries[name], 0.3);
    };
    const entries = await shard(first);
    if (Object.hasOwn(entries, typed)) add(entries[typed], 1);
    for (const name in entries) if (name !== typed && name.startsWith(typed)) add(entries[name], 0.6);
    if (!found.size && typos) addNear(entries);
    if (!found.size && typos) {
      // The first letter may be the wrong one; where two were swapped, the second is right.
      const second = nameOf(typed[1]);
      addNear(await shard(second));
      let size = 0;
      const others = [...shards.keys()].filter((name) =>
        name !== first && name !== second && (size += +shards.get(name)) <= most);
      if (!found.size) (await Promise.all(others.map(shard))).forEach(addNear);
    }
    return found;
  };
  let turn = 0;
  const look = async () => {
    isCutOff = false;
    const mine = ++turn, typed = [...new Set(words(field.value))];
    const found = await Promise.all(typed.map(scores));
    if (mine !== turn) return;
    const ranked = items.map((item, place) => [
      item, found.every((one) => one.has(place)) ? found.reduce((sum, one) => sum + one.get(place), 0) : -1, place]);
    if (typed.length) ranked.sort((a, b) => b[1] - a[1] || a[2] - b[2]);
    const shown = ranked.filter((one) => one[1] >= 0);
    for (const [item, score] of ranked) item.hidden = score < 0 && !isCutOff;
    list.append(...ranked.map((one) => one[0]));
    count.textContent = isCutOff
      ? location.protocol === "file:"
        ? "A site on the disk cannot be searched: its search needs a web server."
        : "The words could not be loaded, so the search is not whole."
      : typed.length ? (shown.length || "No") + (shown.length === 1 ? " text" : " texts") + " found" : all;
    history.replaceState(null, "", field.value ? "?q=" + encodeURIComponent(field.value) : location.pathname);
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("li:not([hidden]) a")?.click();
  });
  field.addEventListener("input", look);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== field) {
      event.preventDefault();
      field.focus();
    }
  });
  field.value = new URLSearchParams(location.search).get("q") || "";
  if (field.value) look();
  field.focus();
})();
