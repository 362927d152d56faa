// Says what changed since the version that was last read here. It is kept in this browser, and sent nowhere.
(() => {
  const main = document.querySelector("main[data-post]");
  if (!main) return;
  const key = "read:" + main.dataset.post, now = +main.dataset.version;
  let seen = 0;
  try {
    seen = +localStorage.getItem(key);
    localStorage.setItem(key, now);
  } catch { return; }
  const words = JSON.parse(main.dataset.changes)[seen], banner = document.querySelector(".banner");
  if (!(seen < now) || !words || !banner) return;
  const line = document.createElement("p"), link = document.createElement("a");
  link.href = words[1];
  link.textContent = "Changed since you read v" + seen + ": " + words[0];
  line.append(link);
  banner.append(line);
})();
