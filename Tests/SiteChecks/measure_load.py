#!/usr/bin/env python3
"""Measures how soon a page of a published site is there for a reader on a slow connection.

usage: measure_load.py SITE PAGE [RUNS]

Prints the median of the largest contentful paint in milliseconds, and the largest layout shift, as the
browser tells them, with 1.6 Mbit/s, a round trip of 150 ms, a processor four times as slow, an empty cache
and a server that packs what it sends: Lighthouse's "slow 4G".
"""
import functools
import gzip
import http.server
import os
import statistics
import sys
import threading
import time

from check_site import browser

OBSERVE = """
window.largest = 0; window.shift = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.largest = entry.startTime; })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shift += entry.value; })
  .observe({type: 'layout-shift', buffered: true});
"""


class Packing(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.translate_path(self.path)
        if os.path.isdir(path):
            path = os.path.join(path, "index.html")
        try:
            with open(path, "rb") as file:
                body = file.read()
        except OSError:
            return self.send_error(404)
        packs = path.endswith((".html", ".css", ".js", ".svg", ".json"))
        if packs:
            body = gzip.compress(body, 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        if packs:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    site, page, runs = sys.argv[1], sys.argv[2], int((sys.argv + ["", ""])[3] or 5)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Packing, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    paints, shifts = [], []
    for _ in range(runs):
        driver = browser()
        try:
            driver.set_window_size(412, 823)
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": OBSERVE})
            driver.execute_cdp_cmd("Network.enable", {})
            driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
                "offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8,
                "uploadThroughput": 750_000 / 8})
            driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 4})
            driver.get(f"http://127.0.0.1:{server.server_port}/{page}")
            time.sleep(1)
            paints.append(driver.execute_script("return window.largest"))
            shifts.append(driver.execute_script("return window.shift"))
        finally:
            driver.quit()
    print(f"{statistics.median(paints):.0f} {max(shifts):.3f}")


if __name__ == "__main__":
    main()
