internal import History
internal import Markup
internal import Vault

/// The pages on which a post's history is read.
extension PostPages {
  /// What a version changed.
  func changesPage(_ index: Int, _ change: TextDiff) -> SiteFile {
    let (edition, content) = readable[index]
    let (places, before) = post.origins[index] ?? ([], Document(""))
    let against = places.map { "\(readable[$0].edition.name) of \(readable[$0].edition.day)" }
    return comparison(
      from: places, before, to: index, change,
      at: post.place(of: edition) + "changes/",
      title: "\(content.title): what changed in \(edition.name)",
      heading: "What changed in \(edition.name)",
      byline: "\(edition.day) · \(edition.kind.shown) · against "
        + against.joined(separator: " and "),
      note: edition.note, textPlace: post.place(of: edition))
  }

  /// What changed from a version up to the newest.
  func sincePage(_ index: Int, _ change: TextDiff) -> SiteFile {
    let last = readable.count - 1
    let edition = readable[index].edition
    let later = readable[(index + 1)...].map(\.edition.name)
    return comparison(
      from: [index], readable[index].content.document, to: last, change,
      at: post.place + "since/\(edition.name)/",
      title: "\(post.title): what changed since \(edition.name)",
      heading: "What changed since \(edition.name)",
      byline: "From \(edition.day) to \(readable[last].edition.day) · in "
        + later.joined(separator: ", "), note: "", textPlace: post.place)
  }

  /// A page on which the text of some versions is held against that of another.
  private func comparison(
    from olds: [Int], _ old: Document, to new: Int, _ diff: TextDiff, at place: String,
    title: String, heading: String, byline: String, note: String, textPlace: String
  ) -> SiteFile {
    var frame = Frame(site, place, title: title)
    frame.isFrozen = true
    frame.canonical = post.place
    frame.relations = [
      Frame.Relation(rel: "version-history", place: post.place + "history/"),
      Frame.Relation(rel: "latest-version", place: post.place),
    ]
    let address = frame.address
    let after = readable[new]
    let html = site.renderer(
      of: after.content, on: TextPage(address, own: textPlace)
    ).html(
      of: diff, old: old, new: after.content.document,
      page: address.url(textPlace, fragment: "").dropLast().description)
    frame.hasMath = html.hasSetMath
    var links: [[String: Any]] = [
      ["label": "Read \(after.edition.name)", "url": address.url(textPlace)],
      ["label": "All versions", "url": address.url(post.place + "history/")],
    ]
    let before = olds.filter { post.origins[new]?.places.contains($0) ?? false }
    for index in before + [new + 1] where index < readable.count && changes[index] != nil {
      let edition = readable[index].edition
      links.append([
        "label": "What changed in \(edition.name)",
        "url": address.url(post.place(of: edition) + "changes/"),
      ])
    }
    var values: [String: Any] = [
      "title": post.title, "livingURL": address.url(post.place), "heading": heading,
      "byline": "\(byline) · \(diff.words)", "html": html, "isEmpty": diff.isEmpty,
      "links": links,
    ]
    if !note.isEmpty { values["note"] = note }
    if let title = olds.last.map({ readable[$0].content.title }), title != after.content.title {
      values["titleChange"] = ["before": title, "after": after.content.title]
    }
    return frame.file("changes", values)
  }

  /// The list of the versions, the newest first.
  func historyPage() -> SiteFile {
    var frame = Frame(site, post.place + "history/", title: "\(post.title): history")
    frame.relations = [Frame.Relation(rel: "latest-version", place: post.place)]
    let address = frame.address
    let versions = post.editions.reversed().map { edition -> [String: Any] in
      var values: [String: Any] = [
        "number": edition.number, "version": edition.name, "day": edition.day,
        "created": edition.created, "kind": edition.number == 1 ? "first" : edition.kind.shown,
      ]
      if !edition.note.isEmpty { values["note"] = edition.note }
      if let reason = edition.withdrawn { values["withdrawn"] = ["reason": reason] }
      guard let index = readable.firstIndex(where: { $0.edition.number == edition.number }) else {
        values["links"] = [[String: Any]]()
        if edition.withdrawn != nil { values["url"] = address.url(post.place(of: edition)) }
        return values
      }
      values["url"] = address.url(post.place(of: edition))
      var links: [[String: Any]] = []
      if let change = changes[index] {
        values["words"] = change.words
        let sections = change.sections(
          from: post.origins[index]?.text.bytes ?? [],
          to: readable[index].content.document.bytes)
        if !sections.isEmpty { values["sections"] = sections.shortList }
        links.append([
          "label": "what changed", "url": address.url(post.place(of: edition) + "changes/"),
        ])
      } else {
        values["words"] = counted(readable[index].content.words, "word")
      }
      if index + 1 < readable.count {
        links.append([
          "label": "changes since", "url": address.url(post.place + "since/\(edition.name)/"),
        ])
      }
      values["links"] = links
      return values
    }
    let minor = post.editions.count { $0.kind == .minor }
    let summary =
      counted(post.editions.count, "version")
      + (minor > 0 ? ", \(minor) of them \(minor == 1 ? "a minor edit" : "minor edits")" : "")
      + " · first published \(post.firstDay)"
    return frame.file(
      "history",
      [
        "title": post.title, "livingURL": address.url(post.place), "summary": summary,
        "versions": versions,
      ])
  }

  /// The post in the order in which it developed.
  func evolutionPage() -> SiteFile {
    var frame = Frame(site, post.place + "evolution/", title: "\(post.title): how it developed")
    frame.isFrozen = true
    frame.canonical = post.place
    let address = frame.address
    let steps = post.editions.map { edition -> [String: Any] in
      var values: [String: Any] = [
        "version": edition.name, "day": edition.day, "created": edition.created,
        "html": "", "class": "changes",
      ]
      if !edition.note.isEmpty { values["note"] = edition.note }
      if let reason = edition.withdrawn { values["withdrawn"] = ["reason": reason] }
      guard let index = readable.firstIndex(where: { $0.edition.number == edition.number }) else {
        return values
      }
      let content = readable[index].content
      var renderer = site.renderer(
        of: content, on: TextPage(address, own: post.place(of: edition), day: edition.day))
      renderer.hasNames = false
      if let change = changes[index], let before = post.origins[index]?.text {
        values["html"] = renderer.html(
          of: change, old: before, new: content.document, page: nil)
      } else {
        values["html"] = renderer.html(of: content.document)
        values["class"] = "e-content"
      }
      return values
    }
    frame.hasMath = steps.contains(where: \.hasSetMath)
    return frame.file(
      "evolution",
      ["title": post.title, "livingURL": address.url(post.place), "steps": steps])
  }

  /// The newest text with the age of each passage, which leads to it on the living page.
  func agePage(of living: SiteFile) -> SiteFile {
    let place = post.place + "age/"
    var frame = Frame(site, place, title: "\(post.title): age of each passage")
    frame.isFrozen = true
    frame.canonical = post.place
    let address = frame.address
    let content = post.latest.content
    let renderer = site.renderer(of: content, on: TextPage(address, own: post.place))
    let names = ParagraphNames.byBlock(paragraphNames.last ?? [], in: content.document)
    let there = ParagraphNames.names(on: living)
    var html = ""
    for passage in passages(of: content.document) {
      let shown = renderer.html(of: passage.blocks, in: content.document)
      if shown.isEmpty { continue }
      var label = escapedHTML(passage.label)
      if let name = passage.blocks.lazy.compactMap({ names[$0] }).first, there.contains(name) {
        label =
          "<a href=\"\(escapedHTML(address.url(post.place, fragment: name)))\">\(label)</a>"
      }
      html +=
        "<div class=\"age age\(passage.tint)\">\n<p class=\"since\">\(label)</p>\n\(shown)</div>\n"
    }
    frame.hasMath = html.hasSetMath
    return frame.file(
      "changes",
      [
        "title": post.title, "livingURL": address.url(post.place),
        "heading": "Age of each passage",
        "byline": "Since when the words of \(post.latest.edition.name) stand as they do",
        "html": html, "isEmpty": false,
        "links": [
          ["label": "All versions", "url": address.url(post.place + "history/")]
        ],
      ])
  }

  /// Blocks that follow each other and are of one age.
  private struct AgedPassage {
    var blocks: Range<Int>
    let label: String
    let tint: Int
  }

  private func passages(of document: Document) -> [AgedPassage] {
    let words = Provenance(
      of: readable.map(\.content.document.bytes), from: post.origins.map { $0?.places ?? [] }
    ).words
    var passages: [AgedPassage] = []
    var next = 0
    for (place, block) in document.blocks.enumerated() {
      var counts: [Int: Int] = [:]
      while next < words.count, words[next].range.lowerBound < block.range.upperBound {
        counts[words[next].origin, default: 0] += 1
        next += 1
      }
      let age = passageAge(counts)
      // What has no words, such as a rule, is of the age of what stands before it.
      if let last = passages.last, counts.isEmpty || last.label == age.label {
        passages[passages.count - 1].blocks = last.blocks.lowerBound..<place + 1
      } else {
        passages.append(
          AgedPassage(blocks: place..<place + 1, label: age.label, tint: age.tint))
      }
    }
    return passages
  }

  /// How old a passage is, by how many of its words are from which version.
  private func passageAge(_ counts: [Int: Int]) -> (label: String, tint: Int) {
    guard let oldest = counts.keys.min(), let newest = counts.keys.max() else {
      return ("", 3)
    }
    func name(_ index: Int) -> String {
      "\(readable[index].edition.name), \(readable[index].edition.day)"
    }
    let isNew = newest == readable.count - 1 && newest > 0
    let tint = isNew ? (oldest == newest ? 0 : 1) : newest > 0 ? 2 : 3
    if oldest == newest { return ("Since \(name(oldest))", tint) }
    let count = counted(counts[newest] ?? 0, "word")
    return ("Since \(name(oldest)); \(count) of \(name(newest))", tint)
  }
}

extension [String] {
  /// The first few of them.
  fileprivate var shortList: String {
    prefix(3).joined(separator: "; ") + (count > 3 ? " and \(count - 3) more" : "")
  }
}
