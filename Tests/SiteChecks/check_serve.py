#!/usr/bin/env python3
"""Checks `notes serve` as a browser sees it: its pages, its keys, its forms, and hostile notes.

usage: check_serve.py [--shots DIR] NOTES VAULT [HOSTILE]

NOTES is the program, VAULT a vault that may be changed, HOSTILE one whose texts try to run something.
What is not installed is named as skipped; the exit status is 1 when a check fails.
"""
import argparse
import contextlib
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

import check_site
from check_site import (FAILURES, RAN, axe_script, browser, complaints, fail, forget_policy,
                        look_at)


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout


@contextlib.contextmanager
def serving(notes, vault):
    """The server of a vault, with a connection that was let in."""
    process = subprocess.Popen(
        [notes, "-C", vault, "serve", "--port", "0"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    try:
        address = process.stdout.readline().strip()
        if not address.startswith("http://127.0.0.1:"):
            sys.exit(f"notes serve said: {address} {process.stderr.read()}")
        yield Server(address, process)
    finally:
        process.terminate()
        process.wait(10)


class Server:
    def __init__(self, address, process):
        self.base, self.key = address.split("/?key=")
        self.host = self.base[len("http://"):]
        self.process = process
        _, headers, _ = self.ask("/?key=" + self.key)
        self.cookie = headers["set-cookie"].split(";")[0]
        while True:
            line = process.stderr.readline()
            if "for another browser" in line:
                self.next = line.split("key=")[1].strip()
                break

    def ask(self, path, form=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers = {"Origin": self.base, "Content-Type": "application/x-www-form-urlencoded",
                       **headers}
        if hasattr(self, "cookie"):
            headers = {"Cookie": self.cookie, **headers}
        connection.request("GET" if form is None else "POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, dict((k.lower(), v) for k, v in answer.getheaders()), answer.read()


def prepare(notes, vault):
    """Gives a vault a past, a note that changed today, and a conflict; the paths of two notes."""
    if not os.path.isdir(os.path.join(vault, ".git")):
        run(notes, "init", "-q", vault)
    run("git", "-C", vault, "config", "user.name", "Ada")
    run("git", "-C", vault, "config", "user.email", "ada@example.org")
    write(vault, "formulas.md", "# Formulas\n\nHere $e^{i\\pi} = -1$.\n\n```python\nx = 1\n```\n\n"
          "| a | b |\n|---|---|\n| 1 | 2 |\n\n[[Torn]] and [gone](gone.md).\n")
    write(vault, "torn.md", "# Torn\n\nThe loss falls with the size of the data.\n\nSee [[Formulas]].\n")
    run(notes, "-C", vault, "save", "-q", "-m", "first")
    with tempfile.TemporaryDirectory() as folder:
        run("git", "init", "-q", "--bare", folder + "/remote")
        run(notes, "-C", vault, "sync", "-q", "--remote", folder + "/remote")
        run(notes, "clone", "-q", folder + "/remote", folder + "/other")
        for name, value in [("user.name", "Bob"), ("user.email", "bob@example.org")]:
            run("git", "-C", folder + "/other", "config", name, value)
        write(folder + "/other", "torn.md",
              "# Torn\n\nThe loss falls with the number of parameters.\n\nSee [[Formulas]].\n")
        run(notes, "-C", folder + "/other", "sync", "-q")
        write(vault, "torn.md",
              "# Torn\n\nThe loss falls with the logarithm of compute.\n\nSee [[Formulas]].\n")
        subprocess.run([notes, "-C", vault, "sync", "-q"], capture_output=True, check=False)
    write(vault, "formulas.md", read(vault, "formulas.md") + "\nAn unsaved paragraph.\n")


def write(vault, path, text):
    with open(os.path.join(vault, path), "w", encoding="utf-8") as file:
        file.write(text)


def read(vault, path):
    with open(os.path.join(vault, path), encoding="utf-8") as file:
        return file.read()


def pages(server, vault):
    """One page of each kind."""
    longest = max((os.path.join(folder, name) for folder, _, names in os.walk(vault)
                   for name in names if name.endswith(".md") and "/." not in folder),
                  key=os.path.getsize)
    longest = urllib.parse.quote(os.path.relpath(longest, vault))
    conflict = re.search(rb'/conflicts/([0-9a-f]{8})', server.ask("/conflicts")[2])
    kinds = {
        "home": "/", "folder": "/notes/", "note": "/notes/formulas.md", "long": "/notes/" + longest,
        "torn": "/notes/torn.md", "search": "/search?q=data", "nothing": "/search?q=qqxzzy",
        "past-search": "/search?q=loss&past=1", "tags": "/tags", "today": "/changes",
        "history": "/history/torn.md", "compare": "/compare/torn.md?from=HEAD&to=now",
        "then": "/at/HEAD/torn.md", "then-folder": "/at/HEAD/", "edit": "/edit/formulas.md",
        "conflicts": "/conflicts", "message": "/notes/no-such-note.md",
    }
    if conflict:
        kinds["conflict"] = "/conflicts/" + conflict.group(1).decode()
    else:
        fail("conflict", "/conflicts", "the two edits made no conflict")
    return kinds


def check_answers(server, kinds, folder):
    """Each page is there, with the headers that guard it, and its HTML has no error."""
    for kind, path in kinds.items():
        status, headers, body = server.ask(path)
        if status != (404 if kind == "message" else 200):
            fail("status", path, status)
        for name, part in [("content-security-policy", "default-src 'none'"),
                           ("x-content-type-options", "nosniff"), ("cache-control", "no-store"),
                           ("cross-origin-resource-policy", "same-origin"),
                           ("referrer-policy", "same-origin")]:
            if part not in headers.get(name, ""):
                fail("headers", path, f"{name}: {headers.get(name)}")
        with open(os.path.join(folder, kind + ".html"), "wb") as file:
            file.write(body)
        page = check_site.Page(os.path.join(folder, kind + ".html"))
        for fault in page.faults:
            fail("safe pages", path, fault)
        for url in page.links:
            if urllib.parse.urlsplit(url).scheme or url.startswith("#"):
                continue
            place = urllib.parse.urljoin(path, url).split("#")[0]
            if server.ask(place)[0] != 200:
                fail("links", path, f"{url} leads nowhere")
    print(f"ok  {len(kinds)} pages and what they link to")
    check_site.check_html(folder)


def check_browser(server, kinds, vault, shots):
    axe = axe_script("the server in the browser")
    if not axe:
        return
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    driver = browser()

    def wait(what, condition, seconds=10):
        end = time.time() + seconds
        while time.time() < end:
            try:
                if condition():
                    return
            except Exception:  # the page is being renewed
                pass
            time.sleep(0.05)
        fail("browser", what, "did not come to pass")

    def main():
        return driver.find_element(By.CSS_SELECTOR, "main").text

    def press(*keys):
        driver.switch_to.active_element.send_keys(*keys)

    try:
        driver.get(server.base + "/?key=" + server.next)
        for kind, path in kinds.items():
            look_at(driver, axe, server.base + path, path, (320, 1280), shots, "serve-" + kind)
            for complaint in complaints(driver):
                if kind != "message":
                    fail("console", path, complaint)
        print(f"ok  browser: {len(kinds)} pages, light and dark, two widths")

        # Keys alone: search, go down the hits, open one, go to its history.
        driver.get(server.base + "/")
        press("/")
        press("formulas")
        wait("search as you type", lambda: "formulas.md" in main() and "/search?q=" in driver.current_url)
        press(Keys.ARROW_DOWN)
        wait("a hit has the focus", lambda: driver.switch_to.active_element.tag_name == "a")
        press(Keys.ENTER)
        wait("Enter opens it", lambda: driver.current_url.endswith("/notes/formulas.md"))
        press("h")
        wait("h shows the history", lambda: "/history/formulas.md" in driver.current_url)
        driver.get(server.base + "/tags")
        press("/")
        press("data")
        wait("search over a page", lambda: "/search?q=" in driver.current_url)
        press(Keys.ESCAPE)
        wait("Esc goes back", lambda: driver.current_url.endswith("/tags") and "Tags" in main())

        # What another program writes is seen, and what is being typed is not taken away.
        driver.get(server.base + "/notes/formulas.md")
        wait("the page listens", lambda: driver.execute_script(
            "return performance.getEntriesByType('resource').some(e => e.name.endsWith('serve.js'))"))
        time.sleep(0.5)
        write(vault, "formulas.md", read(vault, "formulas.md") + "\nA line from an editor.\n")
        wait("live reload", lambda: "A line from an editor." in main())
        driver.get(server.base + "/")
        field = driver.find_element(By.ID, "add")
        field.send_keys("Half a thought")
        write(vault, "other.md", "# Another\n\nText.\n")
        time.sleep(1.5)
        if driver.find_element(By.ID, "add").get_attribute("value") != "Half a thought":
            fail("browser", "/", "a page that was renewed took away what was being typed")
        driver.find_element(By.ID, "add").send_keys("\nand the rest of it")
        driver.find_element(By.CSS_SELECTOR, ".add button").click()
        wait("quick add", lambda: "Half a thought" in main() and "/notes/" in driver.current_url)
        print("ok  browser: keys, live reload, quick add")
    finally:
        driver.quit()

    # Without script: search, compare two texts, edit, settle the conflict.
    driver = browser(has_script=False)
    try:
        key = server.process.stderr.readline().split("key=")[1].strip()
        driver.get(server.base + "/?key=" + key)
        box = driver.find_element(By.CSS_SELECTOR, "input[type=search]")
        box.send_keys("formulas" + Keys.ENTER)
        wait("search without script", lambda: "formulas.md" in main())
        driver.get(server.base + "/history/torn.md")
        driver.find_element(By.CSS_SELECTOR, "form button:not([name])").click()
        wait("compare without script", lambda: "/compare/torn.md" in driver.current_url
             and driver.find_elements(By.CSS_SELECTOR, "ins, del"))
        driver.get(server.base + kinds["edit"])
        driver.find_element(By.ID, "text").send_keys("\nWritten without script.\n")
        driver.find_element(By.CSS_SELECTOR, "main button").click()
        wait("edit without script", lambda: "Written without script." in main())
        if "conflict" in kinds:
            driver.get(server.base + kinds["conflict"])
            driver.find_element(By.CSS_SELECTOR, "button[value=both]").click()
            wait("settle without script", lambda: "/notes/torn.md" in driver.current_url)
            text = read(vault, "torn.md")
            if "compute" not in text or "parameters" not in text:
                fail("conflict", "torn.md", "both texts should be in it: " + text)
        print("ok  browser: search, compare, edit and settle without script")
    finally:
        driver.quit()


def check_hostile(notes, vault):
    """Nothing that a note brings along runs, not even without the policy that would keep it."""
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        print("skipped: hostile notes in the browser (chromium, chromedriver)")
        return
    if not os.path.isdir(os.path.join(vault, ".git")):
        run(notes, "init", "-q", vault)
    with serving(notes, vault) as server:
        names = [name for name in sorted(os.listdir(vault)) if name.endswith(".md")]
        driver = browser()
        try:
            forget_policy(driver)
            driver.get(server.base + "/?key=" + server.next)
            urls = ["/", "/notes/", "/tags", "/changes", "/search?q=before"]
            urls += ["/search?q=" + urllib.parse.quote("<img src=x onerror=window.xss=1>")]
            for name in names:
                path = urllib.parse.quote(name)
                urls += ["/notes/" + path, "/at/v1/" + path]
            for path in names[::8]:
                path = urllib.parse.quote(path)
                urls += ["/edit/" + path, f"/compare/{path}?from=v1&to=v2", "/history/" + path]
            for url in urls:
                driver.get(server.base + url)
                ran = driver.execute_script(RAN)
                if ran is not None or not driver.current_url.startswith(server.base):
                    fail("hostile", url, "something ran")
        finally:
            driver.quit()
    print(f"ok  hostile notes: {len(urls)} pages without their policy")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shots", help="a folder for screenshots")
    parser.add_argument("notes")
    parser.add_argument("vault")
    parser.add_argument("hostile", nargs="?")
    options = parser.parse_args()
    if options.shots:
        os.makedirs(options.shots, exist_ok=True)
    print("--  notes serve")
    prepare(options.notes, options.vault)
    with serving(options.notes, options.vault) as server, tempfile.TemporaryDirectory() as folder:
        kinds = pages(server, options.vault)
        check_answers(server, kinds, folder)
        check_browser(server, kinds, options.vault, options.shots)
    if options.hostile:
        check_hostile(options.notes, options.hostile)
    if FAILURES:
        print(f"{len(FAILURES)} failures")
        sys.exit(1)


if __name__ == "__main__":
    main()
