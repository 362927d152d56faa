import Foundation
import TestSupport
import Testing

private let hasNode = FileManager.default.isExecutableFile(atPath: "/usr/bin/node")

/// The site's search, run by Node without a browser.
@Suite("the search page of a site", .enabled(if: hasNode))
struct SiteSearchTests {
  /// A document with no more than the script asks for.
  private static let browser = #"""
    const fs = require("fs"), [site, query, protocol] = process.argv.slice(1);
    const html = fs.readFileSync(site + "/search/index.html", "utf8");
    const element = (more) => ({ addEventListener() {}, focus() {}, append() {}, ...more });
    const items = [...html.matchAll(/<li><a href="..\/posts\/([^"]*)\/" dir="auto">/g)]
      .map((found) => ({ name: found[1], hidden: false }));
    const elements = {
      search: element({ dataset: { shards: html.match(/data-shards="([^"]*)"/)[1] } }),
      q: element({}), results: element({ children: items }), count: element({ textContent: "" }),
    };
    globalThis.document = { getElementById: (id) => elements[id], addEventListener() {} };
    globalThis.location = { search: "?q=" + query, pathname: "/search/", protocol };
    globalThis.history = { replaceState() {} };
    const asked = [];
    globalThis.fetch = async (url) => {
      asked.push(url);
      if (protocol === "file:") throw new TypeError("blocked");
      return { json: async () => JSON.parse(fs.readFileSync(site + "/search/" + url, "utf8")) };
    };
    eval(fs.readFileSync(site + "/search.js", "utf8"));
    process.on("exit", () => {
      console.log(elements.count.textContent);
      console.log(items.filter((item) => !item.hidden).map((item) => item.name).join(" "));
      console.log(asked.length);
    });
    """#

  private func search(_ vault: TestVault, _ words: String, by protocolName: String = "https:")
    throws -> [String]
  {
    let result = try runProcess(
      ["/usr/bin/node", "-e", Self.browser, vault.folder.path + "/site", words, protocolName],
      in: vault.path)
    #expect(result.errors.isEmpty)
    return result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private func vault() throws -> TestVault {
    let vault = try TestVault()
    try vault.post("merging.md", "# Merging\n\nHow to merge.\n")
    try vault.post("syncing.md", "# Syncing\n\nHow to sync with others.\n")
    try vault.publish().succeeded()
    return vault
  }

  @Test(
    "a word is found whatever letter of it is the wrong one",
    arguments: [
      ("merge", "merging"), ("mergd", "merging"), ("nerge", "merging"), ("emrge", "merging"),
      ("zync", "syncing"), ("yncing", "syncing"),
    ])
  func mistyped(typed: String, found: String) throws {
    let lines = try search(vault(), typed)
    #expect(lines.prefix(2) == ["1 text found", found])
  }

  @Test("a word that begins one is looked for in one file")
  func loads() throws {
    #expect(try search(vault(), "merg")[2] == "1")
  }

  @Test("a site that is read from the disk says that its search needs a server")
  func fromDisk() throws {
    let lines = try search(vault(), "merge", by: "file:")
    #expect(lines[0] == "A site on the disk cannot be searched: its search needs a web server.")
    #expect(lines[1] == "syncing merging" || lines[1] == "merging syncing")
  }
}
