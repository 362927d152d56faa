internal import Git
internal import History
internal import Markup
internal import Vault

/// A post or a trail that is published.
///
/// It and what it is made of are objects that never change: lists of posts are sorted, filtered and cut
/// all over a site, and a copy of one would be a copy of all that it holds.
final class Post: Sendable {
  /// What stays the same whatever becomes of its name: the ledger's key.
  let key: String
  /// Where the note stands now.
  let path: NotePath
  /// The last part of its page's address.
  let slug: String
  /// Whether it is a trail.
  let isTrail: Bool
  /// Its versions, the oldest first, without those of which the text is not public; those that were
  /// withdrawn have none.
  let editions: [Edition]
  /// Addresses at which it stood before.
  let formerSlugs: [String]
  /// The versions that can be read, the oldest first; never none.
  let readable: [(edition: Edition, content: Content)]
  /// What each of those came from: the places of others, and the text that it is held against; `nil`
  /// for one that came from none.
  let origins: [(places: [Int], text: Document)?]

  init(
    _ ledger: Ledger, path: NotePath, slug: String, isTrail: Bool, editions: [Edition],
    formerSlugs: [String]
  ) {
    key = ledger.key
    self.path = path
    self.slug = slug
    self.isTrail = isTrail
    self.editions = editions
    self.formerSlugs = formerSlugs
    let readable = editions.compactMap { edition in edition.content.map { (edition, $0) } }
    self.readable = readable
    origins = Self.origins(of: readable.map { ($0.number, $1.document) }, in: ledger)
  }

  private static func origins(
    of texts: [(number: Int, document: Document)], in ledger: Ledger
  ) -> [(places: [Int], text: Document)?] {
    let places = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1.number, $0) })
    let bytes = Dictionary(
      uniqueKeysWithValues: texts.map { ($0.number, $0.document.bytes) })
    return texts.map { number, _ in
      guard let version = ledger[number] else { return nil }
      let parents = ledger.parents(of: version) { places[$0.number] != nil }
      let from = parents.compactMap { places[$0.number] }
      if from.count == 1 { return (from, texts[from[0]].document) }
      return ledger.textBefore(parents, bytes).map { (from, Document(bytes: $0)) }
    }
  }

  /// A version as readers see it.
  final class Edition: Sendable {
    let number: Int
    /// When it was cut, as RFC 3339 has it.
    let created: String
    let kind: Version.Kind
    /// Why, in the author's words.
    let note: String
    /// Why it was withdrawn.
    let withdrawn: String?
    /// Its public text; `nil` where there is none to read.
    let content: Content?

    init(
      number: Int, created: String, kind: Version.Kind, note: String, withdrawn: String?,
      content: Content?
    ) {
      self.number = number
      self.created = created
      self.kind = kind
      self.note = note
      self.withdrawn = withdrawn
      self.content = content
    }

    var day: String { String(created.prefix(10)) }
    var name: String { "v\(number)" }
  }

  /// The text of a version, and what its front matter says to readers.
  final class Content: Sendable {
    let title: String
    /// The heading that the text has it from, which the page has above the text; `nil` where there is
    /// none, or a section below has its name.
    let heading: Heading?
    let document: Document
    let path: NotePath
    /// The pictures that it showed, by what its links say.
    let pictures: [String: ObjectID]
    /// What stood in links that were left out.
    let hidden: [String]
    let description: String?
    /// Its first paragraph that says something.
    let lead: String
    let tags: [String]
    let status: String?
    let confidence: String?
    /// The names of its headings and blocks, by what links call them.
    let fragments: [String: String]

    init(
      title: String, heading: Heading?, document: Document, path: NotePath,
      pictures: [String: ObjectID], description: String?, lead: String, tags: [String],
      status: String?, confidence: String?, hidden: [String], fragments: [String: String]
    ) {
      self.title = title
      self.heading = heading
      self.document = document
      self.path = path
      self.pictures = pictures
      self.hidden = hidden
      self.description = description
      self.lead = lead
      self.tags = tags
      self.status = status
      self.confidence = confidence
      self.fragments = fragments
    }

    var words: Int { document.wordCount }
    /// What is shown of it in lists.
    var excerpt: String { description ?? lead }

    /// The fragment of a link to the text, if it has a place of that name.
    func fragment(of target: HTMLRenderer.Target) -> String? {
      let written = target.anchor?.split(separator: "#").last.map(String.init)
      return written.flatMap { fragments[$0] } ?? target.fragment.flatMap { fragments[$0] }
        ?? written.flatMap { fragments[Heading.words(of: $0)] }
    }
  }

  /// The newest version that can be read.
  var latest: (edition: Edition, content: Content) { readable[readable.count - 1] }
  /// Its title.
  var title: String { latest.content.title }
  /// The day of its first version.
  var firstDay: String { editions[0].day }

  /// The newest version that readers should know of: the first, or one that is not minor.
  var lastNews: Edition {
    let read = readable.map(\.edition)
    return read.last { $0.kind != .minor } ?? read[0]
  }

  /// The folder of its pages, from the site's top, with a `/` at the end.
  var place: String { place(slug) }

  /// The folder of its pages, were its address this one.
  func place(_ slug: String) -> String { Self.place(slug, isTrail: isTrail) }

  static func place(_ slug: String, isTrail: Bool) -> String {
    "\(isTrail ? "trails" : "posts")/\(slug)/"
  }

  /// The folder of a version's page.
  func place(of edition: Edition) -> String { place + edition.name + "/" }

  /// The order of lists: what changed last before others; minor edits do not count.
  func isNewer(than other: Post) -> Bool {
    (lastNews.created, key) > (other.lastNews.created, other.key)
  }

  /// The version that a pin names, by its number or a day; `nil` where there is none, and for a pin
  /// that only the history could tell, such as a snapshot.
  func edition(pinnedBy pin: String) -> Edition? {
    if let named = editions.first(where: { $0.name == pin }) { return named }
    let isDay = pin.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2D } && IdeaDate(pin) != nil
    return isDay ? edition(at: pin) : nil
  }

  /// The version that held on a day, or in a month or year; `nil` before the first.
  func edition(at day: String) -> Edition? {
    readable.map(\.edition).last { $0.day.prefix(day.count) <= day }
  }
}
