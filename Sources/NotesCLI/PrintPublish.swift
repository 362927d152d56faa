internal import Site
internal import Vault

/// What a publish did, or would do.
struct PublishReport {
  private(set) var written: [String] = []
  /// Files that the site did not have before.
  private(set) var new: Set<String> = []
  private(set) var same = 0
  /// Folders with a text that was another one there before.
  private(set) var changed: Set<String> = []
  /// What the text was called that another note had in a folder before.
  private(set) var replaced: [String: String] = [:]
  var removed: [String] = []

  /// What is told of a site in which nothing changed.
  static func unchanged(_ site: Site, files: Int) -> String {
    var report = PublishReport()
    report.same = files
    return report.summary(site, isDry: false)
  }

  /// What was done, on one line.
  func summary(_ site: Site, isDry: Bool) -> String {
    let versions = site.published.reduce(0) { $0 + $1.versions.count }
    return "\(counted(site.published.count, "post")) in \(counted(versions, "version")); "
      + "\(counted(written.count, "file")) \(isDry ? "to write" : "written"), \(same) as they were, "
      + "\(removed.count) \(isDry ? "to remove" : "removed")"
  }

  mutating func add(_ file: SiteFile, _ outcome: OutputFolder.Outcome, isNew: Bool) {
    if isNew { new.insert(file.path) }
    if outcome == .same { same += 1 } else { written.append(file.path) }
    if case .changed(let before) = outcome, let folder = Self.folder(ofText: file.path) {
      let (old, now) = (SourceFile(before), SourceFile(file.bytes))
      if old.isOther(than: now) {
        replaced[folder] = old.title
      } else if old.isChanged(in: now) {
        changed.insert(folder)
      }
    }
  }

  /// The folder of a text's Markdown; `nil` for a file that is none.
  private static func folder(ofText path: String) -> String? {
    path.hasSuffix("/index.md") ? String(path.dropLast(8)) : nil
  }

  /// The pages and pictures that are no longer there.
  var gone: [String] {
    let gone = removed.compactMap { path -> String? in
      if path.hasPrefix("files/") { return path }
      return path.hasSuffix("/index.html") ? String(path.dropLast(10)) : Self.folder(ofText: path)
    }
    return Set(gone).sorted()
  }
}

extension Session {
  /// Says what became public, and what was done for it.
  func print(
    _ report: PublishReport, _ site: Site, _ posts: PublishedPosts, format: PathFormat, isDry: Bool,
    at folder: String
  ) throws {
    let news = site.published.compactMap { PostNews($0, report) }
    for (name, why) in posts.pictures.refused {
      console.warn(.line("not published: ", name, why))
    }
    noteHidden(site.published.filter { !$0.hidden.isEmpty }, isDry: isDry)
    switch format {
    case .json, .jsonl:
      try print(
        PublishRecord(report, site, posts, news, folder: folder, isDry: isDry), format)
      return
    case .path: for path in report.written { console.print(StyledText(path, .path)) }
    case .short:
      for line in lines(news, report, site, isDry: isDry) { console.print(line) }
    }
    console.note(StyledText(report.summary(site, isDry: isDry), .dim))
    let held = posts.posts.held
    if !held.isEmpty {
      let reasons = Candidate.Reason.allCases.compactMap { reason -> String? in
        let count = held.count { $0.reason == reason }
        return count > 0 ? "\(count) \(reason.rawValue)" : nil
      }
      console.note(
        StyledText("not published: \(reasons.joined(separator: ", "))", .dim))
    }
    if !isDry { console.note(StyledText("open \(folder)/index.html", .dim)) }
  }

  /// Says which formulas stay TeX.
  func noteUnset(_ formulas: [(text: String, why: String)]) {
    for (text, why) in formulas.prefix(3) {
      let shown = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(60)
      console.note(
        StyledText("stays TeX: ", .dim) + StyledText(String(shown))
          + StyledText("  (\(why.prefix(100)))", .dim))
    }
    if formulas.count > 3 {
      console.note(StyledText("… and \(formulas.count - 3) more formulas", .dim))
    }
  }

  /// Says which links were left out, since what they lead to is not published.
  private func noteHidden(_ posts: [PublishedPost], isDry: Bool) {
    if posts.isEmpty { return }
    let most = isDry ? 20 : 3
    for post in posts.prefix(most) {
      let names = post.hidden.prefix(4).joined(separator: ", ")
      let more = post.hidden.count > 4 ? " and \(post.hidden.count - 4) more" : ""
      console.note(
        StyledText("not named, as it is not published: ", .dim)
          + StyledText("\(names)\(more)")
          + StyledText("  in \(post.path.text)", .dim))
    }
    if posts.count > most {
      console.note(StyledText("… and links of \(posts.count - most) more posts", .dim))
    }
  }

  private func lines(
    _ news: [PostNews], _ report: PublishReport, _ site: Site, isDry: Bool
  ) -> [StyledText] {
    var lines = news.map { news in
      StyledText(isDry ? "would be public: " : "public: ", .added)
        + StyledText(news.post.path.text, .path)
        + StyledText("  \(news.words)")
        + (news.isWhole ? StyledText("  \(news.post.place)", .dim) : StyledText(""))
    }
    for (path, place) in site.withdrawnPosts where report.new.contains(place + "index.html") {
      lines.append(
        StyledText(isDry ? "would be public: " : "public: ", .added) + StyledText(path.text, .path)
          + StyledText("  that it was withdrawn") + StyledText("  \(place)", .dim))
    }
    for path in report.new.sorted() where path.hasPrefix("files/") {
      lines.append(
        StyledText(isDry ? "would be public: " : "public: ", .added) + StyledText(path, .path))
    }
    for (place, title) in report.replaced.sorted(by: { $0.key < $1.key }) {
      lines.append(
        StyledText(isDry ? "would go: " : "gone: ", .removed) + StyledText(place, .path)
          + StyledText("  of another note, \(title)"))
    }
    for path in report.gone {
      lines.append(
        StyledText(isDry ? "would go: " : "gone: ", .removed) + StyledText(path, .path))
    }
    return lines
  }
}

/// What of a post was not public before, at its address.
private struct PostNews {
  let post: PublishedPost
  /// The versions.
  let versions: [String]
  /// The versions that were there with another text.
  let changed: [String]
  /// Whether nothing of it was.
  let isWhole: Bool

  init?(_ post: PublishedPost, _ report: PublishReport) {
    let isOther = report.replaced[post.place] != nil
    versions = post.versions.filter { version in
      isOther || report.new.contains("\(post.place)\(version)/index.md")
    }
    changed = post.versions.filter { report.changed.contains("\(post.place)\($0)/") }
    isWhole = isOther || report.new.contains(post.place + "index.md")
    if versions.isEmpty, changed.isEmpty, !isWhole { return nil }
    self.post = post
  }

  /// What is told of it.
  var words: String {
    let changes = changed.isEmpty ? [] : ["text of \(changed.joined(separator: " ")) changed"]
    return ((versions.isEmpty ? [] : [versions.joined(separator: " ")]) + changes)
      .joined(separator: "; ")
  }
}

/// A publish as JSON has it.
private struct PublishRecord: Encodable {
  struct Post: Encodable {
    let path: String
    let title: String
    let page: String
    let versions: [String]
    let newVersions: [String]
    let changedVersions: [String]
    let notNamed: [String]
  }

  struct Held: Encodable {
    let path: String
    let reason: String
  }

  let folder: String
  let dryRun: Bool
  let posts: [Post]
  let held: [Held]
  /// The titles of other notes' texts that were at addresses of now.
  let replaced: [String: String]
  let newPictures: [String]
  let written: [String]
  let unchanged: Int
  let removed: [String]

  init(
    _ report: PublishReport, _ site: Site, _ posts: PublishedPosts, _ news: [PostNews],
    folder: String, isDry: Bool
  ) {
    self.folder = folder
    dryRun = isDry
    let new = Dictionary(news.map { ($0.post.place, $0) }) { first, _ in first }
    self.posts = site.published.map {
      Post(
        path: $0.path.text, title: $0.title, page: $0.place, versions: $0.versions,
        newVersions: new[$0.place]?.versions ?? [],
        changedVersions: new[$0.place]?.changed ?? [], notNamed: $0.hidden)
    }
    held = posts.posts.held.map { Held(path: $0.path.text, reason: $0.reason.rawValue) }
    replaced = report.replaced
    newPictures = report.new.filter { $0.hasPrefix("files/") }.sorted()
    written = report.written
    unchanged = report.same
    removed = report.removed
  }
}
