public import Git
internal import History
internal import Markup
public import Vault

/// The posts that may be published, as readers may see them: all that the pages are made of.
///
/// What is not in here is on no page: the pages know nothing of the vault.
public struct PublicPosts: Sendable {
  /// The posts, those that were published first before others.
  let posts: [Post]
  let names: Names
  /// Posts of which every version was withdrawn.
  let withdrawn: [WithdrawnPost]
  /// What is not published, and why.
  public let held: [(path: NotePath, reason: Candidate.Reason)]

  /// Chooses among the notes that could be published.
  ///
  /// - Parameters:
  ///   - candidates: The notes.
  ///   - hasPicture: Whether a picture can be published that a text leads to, by the path or name in
  ///     its link and the pictures that the version kept.
  ///   - mayName: Whether the name may be read that stands in a link to what is not published.
  /// - Throws: `SiteError.sameSlug` where two posts ask for one address.
  public init(
    of candidates: [Candidate],
    hasPicture: @escaping @Sendable (_ name: String, _ from: NotePath, [String: ObjectID]) -> Bool,
    mayName: @escaping @Sendable (_ name: String) -> Bool
  ) throws(SiteError) {
    var held: [(NotePath, Candidate.Reason)] = []
    var chosen: [Candidate] = []
    var gone: [Candidate] = []
    for candidate in candidates.sorted(by: Self.isBefore) {
      if let reason = candidate.reason {
        held.append((candidate.path, reason))
        if reason == .withdrawn { gone.append(candidate) }
      } else {
        chosen.append(candidate)
      }
    }
    self.held = held
    let versions = chosen.mapSideBySide { candidate in
      candidate.ledger.versions.map { version in
        candidate.texts[version.number].flatMap { Candidate.isOpen($0) ? Document(bytes: $0) : nil }
      }
    }
    var names = Names()
    for (place, candidate) in chosen.enumerated() {
      let frontmatter = versions[place].compactMap { $0 }.last?.frontmatter
      names.add(
        candidate, place,
        titles: [frontmatter?.id, frontmatter?.title].compactMap { $0 }
          + (frontmatter?.aliases ?? []) + [frontmatter?.slug].compactMap { $0 }
          + [versions[place].compactMap { $0 }.last?.title].compactMap { $0 })
    }
    self.names = names
    let slugs = try Self.slugs(
      chosen + gone, versions + gone.map { $0.ledger.versions.map { _ in nil } })
    posts = Array(chosen.indices).mapSideBySide { [chosen, names] place in
      let (candidate, documents) = (chosen[place], versions[place])
      return Post(
        candidate.ledger, path: candidate.path, slug: slugs[place].now,
        isTrail: candidate.type == "trail",
        editions: zip(candidate.ledger.versions, documents).compactMap { version, document in
          // Of a text that is not public nothing is told, not even why it was cut.
          if document == nil, version.withdrawn == nil { return nil }
          return Self.edition(version, document, Self.rule(version, names, hasPicture, mayName))
        }, formerSlugs: slugs[place].former)
    }
    withdrawn = zip(gone, slugs[chosen.count...]).map { candidate, slug in
      WithdrawnPost(
        path: candidate.path,
        place: Post.place(slug.now, isTrail: candidate.type == "trail"),
        editions: candidate.ledger.versions.filter { $0.withdrawn != nil }.map {
          Self.edition($0, nil, Self.rule($0, names, hasPicture, mayName))
        })
    }
  }

  /// The order of the site: by the first version, then by what stays the same.
  private static func isBefore(_ left: Candidate, _ right: Candidate) -> Bool {
    let (one, other) = (left.ledger.versions.first?.created, right.ledger.versions.first?.created)
    return (one ?? "", left.ledger.key) < (other ?? "", right.ledger.key)
  }

  /// What may be named in a version.
  private static func rule(
    _ version: Version, _ names: Names,
    _ hasPicture: @escaping (String, NotePath, [String: ObjectID]) -> Bool,
    _ mayName: @escaping (String) -> Bool
  ) -> PublicNames {
    let path = version.path
    func isPicture(_ name: String) -> Bool { hasPicture(name, path, version.pictures) }
    return PublicNames(
      isPublic: { link in
        let target = HTMLRenderer.Target(link)
        if names.post(target, from: path) != nil { return true }
        return (link.kind == .embed || link.kind == .image) && isPicture(link.target)
      },
      isPublicPath: { text in
        let target = HTMLRenderer.Target(path: text)
        return names.post(target, from: path) != nil || isPicture(target.name)
      },
      mayName: { mayName($0.target) })
  }

  private static func edition(
    _ version: Version, _ document: Document?, _ rule: PublicNames
  ) -> Post.Edition {
    var hidden: [String] = []
    let note = rule.line(version.note, &hidden)
    return Post.Edition(
      number: version.number, created: version.created, kind: version.kind, note: note,
      withdrawn: version.withdrawn.map { rule.line($0, &hidden) },
      content: document.map { content(of: $0, version, rule, hidden) })
  }

  private static func content(
    of document: Document, _ version: Version, _ rule: PublicNames, _ others: [String]
  ) -> Post.Content {
    let text = PublicText(of: document, by: rule)
    var hidden = text.hidden + others
    func line(_ text: String?) -> String? { text.map { rule.line($0, &hidden) } }
    let frontmatter = document.frontmatter
    let shown = text.document
    var fragments = shown.fragments
    // A section below that is called as the title is has the name to itself.
    let heading = text.heading.flatMap { fragments[$0.anchor] == nil ? $0 : nil }
    if let heading {
      for name in [heading.anchor, Heading.name(of: heading.text), Heading.words(of: heading.text)]
      where !name.isEmpty && fragments[name] == nil { fragments[name] = heading.anchor }
    }
    let tags = (frontmatter?.tags ?? []).filter { line($0) == $0 }
    return Post.Content(
      title: text.title ?? version.path.stem, heading: heading, document: shown, path: version.path,
      pictures: version.pictures,
      description: line(frontmatter?.description), lead: text.lead,
      tags: Document.unique(tags + shown.tags.map(\.name)), status: line(frontmatter?.status),
      confidence: line(frontmatter?.text("confidence")), hidden: hidden,
      fragments: fragments)
  }

  // MARK: Addresses

  /// What a note asks for as its address.
  private struct Claim {
    let place: Int
    let slug: String
    /// Whether its author wrote it, and no file's name suggested it.
    let isAsked: Bool
    /// When the note was first published there; `nil` for never.
    let since: String?

    /// The order in which addresses are given: who had one before others keeps it.
    func isBefore(_ other: Claim) -> Bool {
      switch (since, other.since) {
      case (let mine?, let its?) where mine != its: mine < its
      case (_?, nil): true
      case (nil, _?): false
      default: isAsked == other.isAsked ? place < other.place : isAsked
      }
    }

    init(_ place: Int, _ candidate: Candidate, _ documents: [Document?]) {
      self.place = place
      let asked = documents.compactMap(\.self).last?.frontmatter?.slug
      isAsked = asked != nil
      let slug = Slug.make(asked ?? candidate.path.stem)
      self.slug = slug
      since =
        zip(candidate.ledger.versions, documents).first { version, document in
          (document != nil || version.withdrawn != nil)
            && PublicPosts.slug(of: version, document) == slug
        }.map { version, _ in version.cut ?? version.created }
    }
  }

  /// The address that a version asked for.
  private static func slug(of version: Version, _ document: Document?) -> String {
    Slug.make(document?.frontmatter?.slug ?? version.path.stem)
  }

  /// The addresses of the posts now, and those that they had in earlier versions.
  ///
  /// An address stays with the note that was published there first: what a file's name suggests gives
  /// way to it by a number, and what an author asks for is refused.
  private static func slugs(
    _ chosen: [Candidate], _ versions: [[Document?]]
  ) throws(SiteError) -> [(now: String, former: [String])] {
    var taken: [String: Int] = [:]
    var now = [String](repeating: "", count: chosen.count)
    let claims = chosen.indices.map { Claim($0, chosen[$0], versions[$0]) }
    for claim in claims.sorted(by: { $0.isBefore($1) }) {
      if claim.isAsked, let other = taken[claim.slug] {
        throw .sameSlug(claim.slug, chosen[other].path, chosen[claim.place].path)
      }
      let slug = Slug.unused(claim.slug) { taken[$0] != nil }
      taken[slug] = claim.place
      now[claim.place] = slug
    }
    var former = [[String]](repeating: [], count: chosen.count)
    for (place, candidate) in chosen.enumerated() {
      for (version, document) in zip(candidate.ledger.versions, versions[place]) {
        // Where one stood that was withdrawn is no secret.
        guard document != nil || version.withdrawn != nil else { continue }
        for slug in [slug(of: version, document)] + version.called.map({ Slug.make($0) })
        where taken[slug] == nil {
          taken[slug] = place
          former[place].append(slug)
        }
      }
    }
    return zip(now, former).map { ($0, $1) }
  }
}

/// What keeps a site from being made.
public enum SiteError: Error, Equatable, Sendable {
  /// Two posts ask for one address.
  case sameSlug(String, NotePath, NotePath)
  /// A template cannot be read.
  case badTemplate(name: String, why: String)
  /// A folder cannot be the site's.
  case badFolder(String, why: String)
  /// Files that `notes` did not write stand where the site's would.
  case foreignFiles([String], folder: String)
}
