internal import Vault

/// A post of which every version was withdrawn: of it readers are told numbers, days and reasons.
final class WithdrawnPost: Sendable {
  /// Where the note stands now.
  let path: NotePath
  /// The folder of its pages.
  let place: String
  /// Its versions that were withdrawn, the oldest first.
  let editions: [Post.Edition]

  init(path: NotePath, place: String, editions: [Post.Edition]) {
    self.path = path
    self.place = place
    self.editions = editions
  }
}

/// What stands where a text was that its author withdrew, and nothing of the text.
extension Site {
  /// The page of a version that was withdrawn, in the place of its text.
  func withdrawnPage(_ edition: Post.Edition, at place: String, history: String) -> SiteFile {
    withdrawnPage(
      "\(edition.name) was withdrawn", at: place, "\(edition.name), \(edition.day)",
      reason: edition.withdrawn ?? "", history: history)
  }

  private func withdrawnPage(
    _ heading: String, at place: String, _ detail: String, reason: String, history: String
  ) -> SiteFile {
    var frame = Frame(self, place, title: heading)
    frame.isFrozen = true
    let address = frame.address
    return frame.file(
      "list",
      [
        "heading": heading, "lead": reason.isEmpty ? detail : "\(detail): \(reason)",
        "groups": [
          [
            "items": [
              ["label": "History", "url": address.url(history)],
              ["label": "All posts", "url": address.url("")],
            ]
          ]
        ],
      ])
  }

  /// The pages of a post of which nothing else is left.
  func pages(of post: WithdrawnPost) -> [SiteFile] {
    let history = post.place + "history/"
    var files = post.editions.map {
      withdrawnPage($0, at: "\(post.place)\($0.name)/", history: history)
    }
    var frame = Frame(self, history, title: "History")
    frame.isFrozen = true
    let address = frame.address
    files.append(
      frame.file(
        "history",
        [
          "title": post.path.stem, "livingURL": address.url(post.place),
          "summary": "\(counted(post.editions.count, "version")), withdrawn",
          "versions": post.editions.reversed().map { edition -> [String: Any] in
            [
              "number": edition.number, "version": edition.name, "day": edition.day,
              "created": edition.created, "kind": edition.kind.shown,
              "url": address.url("\(post.place)\(edition.name)/"),
              "withdrawn": ["reason": edition.withdrawn ?? ""], "links": [[String: Any]](),
            ]
          },
        ]))
    if let last = post.editions.last {
      files.append(
        withdrawnPage(
          "This text was withdrawn", at: post.place, "\(last.name), \(last.day)",
          reason: last.withdrawn ?? "", history: history))
    }
    return files
  }
}
