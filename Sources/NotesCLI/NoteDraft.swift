internal import History
internal import Markup
internal import Vault

/// A note that is about to be made: its text, and where it wants to stand.
struct NoteDraft {
  /// The file's bytes.
  let bytes: [UInt8]
  private let folder: String
  private let slug: String

  /// What was asked for by name, and so stands whatever a template or a text with front matter of its
  /// own says.
  struct Wishes {
    /// Whether the title was typed.
    var hasTitle = false
    /// Whether it is to be a post.
    var isPost = false
    /// Tags, each of which may be several with commas between.
    var tags: [String] = []
    /// Whether the day was typed.
    var hasDate = false
  }

  /// Writes the note's text, from its template where there is one.
  ///
  /// A text that brings the id of a note that is there (`isTaken`) is a copy, and gets another.
  init(
    title: String, body: String, wishes: Wishes, folder: String?, moment: Moment,
    template: String?, vault: Vault, isTaken: (_ id: String) throws -> Bool
  ) throws {
    slug = Slug.make(from: title)
    let settings = vault.settings
    self.folder = try Self.folder(
      folder ?? (wishes.isPost ? settings.postsFolder : settings.notesFolder))
    let id = Self.id()
    var entries: [(key: String, value: Frontmatter.Value)] = [
      ("id", .scalar(id)), ("title", .scalar(title)), ("created", .scalar(moment.day)),
    ]
    if wishes.isPost { entries.insert(("type", .scalar("post")), at: 2) }
    let tags = wishes.tags.flatMap(Self.tags)
    if !tags.isEmpty { entries.append(("tags", .list(tags.map { .scalar($0) }))) }
    let text = body.isEmpty || body.utf8.last == UInt8(ascii: "\n") ? body : body + "\n"
    let isWhole = Self.isWhole(text)
    guard template != nil || isWhole else {
      bytes = Array(("---\n" + Frontmatter.render(entries) + "---\n\n" + text).utf8)
      return
    }
    var whole = text
    if let template, !isWhole {
      let filled = Template(template).filled(with: [
        "title": title, "date": moment.day, "time": moment.time, "id": id, "slug": slug,
        "content": text,
      ])
      whole = Template(template).hasContent || text.isEmpty ? filled : filled + "\n" + text
    }
    // What the text does not say itself is put into its front matter.
    var document = Document(bytes: Array(whole.utf8))
    for (key, value) in entries {
      let own = document.frontmatter
      switch key {
      case "title":
        // A template may make more of it than the title.
        let isMadeOf = !isWhole && own?.title?.contains(title) == true
        if document.title == title || isMadeOf { continue }
        if own?.title != nil, !wishes.hasTitle { continue }
      case "type": break
      case "tags":
        let all = own?.tags(under: key) ?? []
        document = document.saying(
          key, .list((all + tags.filter { !all.contains($0) }).map { .scalar($0) }))
        continue
      case "created":
        // 'date' says the same, and 'created' beside it would win.
        let said = own?[key] == nil && own?.date != nil ? "date" : key
        if own?[said] == nil || wishes.hasDate { document = document.saying(said, value) }
        continue
      case "id":
        if own?[key] != nil, try own?.id.map(isTaken) != true { continue }
      default:
        if own?[key] != nil { continue }
      }
      document = document.saying(key, value)
    }
    bytes = document.bytes
  }

  /// Whether a text brings its own front matter, and so is a whole note.
  static func isWhole(_ text: String) -> Bool { Document(text).frontmatter != nil }

  /// Tags as they are typed: with commas between them, each with a `#` before it or not.
  static func tags(_ typed: String) -> [String] {
    typed.split(separator: ",").map { tag in String(tag.drop { $0 == "#" || $0 == " " }) }
  }

  /// The text of a template: of the one that was named, else of the one that a post or a note has.
  static func template(_ name: String?, isPost: Bool, in vault: Vault) throws -> String? {
    let path = try NotePath(".notes/templates/\(name ?? (isPost ? "post" : "note")).md")
    guard let bytes = try vault.bytesIfThere(path) else {
      if let name {
        throw Failure("no template '\(name)'", hint: "notes edit \(path.text)", status: .no)
      }
      return nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A line as a title: without the marks of a heading, and without control characters; it may be empty.
  static func title(from line: String) -> String {
    String(
      String.UnicodeScalarView(
        line.drop { $0 == "#" || $0 == " " }.unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control ? " " : scalar
        })
    ).split(separator: " ").joined(separator: " ")
  }

  /// The title of a text that has none beside it: its own, where it has front matter, else its first
  /// line; it may be empty.
  static func title(of text: String) -> String {
    let own = Document(text)
    let first = own.frontmatter.flatMap { _ in own.title } ?? own.text(own.body)
    return title(from: first.split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
  }

  /// Makes the note at the first path that is free, by `perform`; where another command has taken that
  /// meanwhile, at the next one.
  func made(
    in vault: Vault, perform: ([FileEdit]) throws -> [VaultChange]
  ) throws -> (path: NotePath, changes: [VaultChange]) {
    while true {
      let path = try freePath(in: vault)
      do {
        return (path, try perform([.create(path, bytes)]))
      } catch VaultError.exists where vault.files.isTaken(path) {
        continue
      }
    }
  }

  /// The first path that is free, for other systems as well: the title's, or the title's with a number.
  func freePath(in vault: Vault) throws -> NotePath {
    let stem = folder.isEmpty ? slug : folder + "/" + slug
    var path = try NotePath(stem + ".md")
    var number = 2
    // A Mac takes two spellings of a name for one, and so does Windows with two cases.
    let names = Set(StateFile.names(in: vault.root + "/" + folder).map(folded))
    while path.isDevice || names.contains(folded(path.name)) || vault.files.isTaken(path) {
      path = try NotePath("\(stem)-\(number).md")
      number += 1
    }
    try vault.insistOnNote(at: path)
    return path
  }

  private static func folder(_ typed: String) throws -> String {
    let clean = typed.hasSuffix("/") ? String(typed.dropLast()) : typed
    if clean.isEmpty || clean == "." { return "" }
    return try NotePath(clean).text
  }

  /// Eight letters and digits by chance (40 bits), without those that look alike: a prefix of four
  /// is enough to type, and two machines will not make the same.
  private static func id() -> String {
    let letters = Array("abcdefghjkmnpqrstvwxyz0123456789")
    return String((0..<8).map { _ in letters[Int.random(in: 0..<letters.count)] })
  }
}

extension Vault {
  /// Refuses a path at which a file would be no note, and so be found by no command.
  func insistOnNote(at path: NotePath) throws {
    guard path.isNote else {
      throw Failure("\(path.text) would be no note: a part of its path begins with a dot")
    }
    guard isNote(path) else {
      throw Failure(
        "\(path.text) would be no note: the vault's 'ignore' leaves it out",
        hint: "notes edit .notes/config.yaml")
    }
  }
}

extension Document {
  /// The document with a value under a key of its front matter.
  fileprivate func saying(_ key: String, _ value: Frontmatter.Value) -> Document {
    Document(bytes: setting(key, to: value))
  }
}
