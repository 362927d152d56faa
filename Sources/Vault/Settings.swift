internal import Markup

/// What a vault's `.notes/config.yaml` says: data only, shared by every machine.
///
/// The file may have come from a remote, so nothing in it is ever run, and a folder it names is
/// checked like any path.
public struct Settings: Sendable, Equatable {
  /// The folder that `add` puts notes in, `""` for the top.
  public var notesFolder = ""
  /// The folder for posts.
  public var postsFolder = "posts"
  /// The language whose endings a search looks through, by its English name.
  public var language = "english"
  /// Files and folders that are no notes, as gitignore-like patterns.
  public var ignored: [Glob] = []
  /// The largest file that is read as a note, in bytes; a larger one is known by its name only.
  public var largestNote: Int64 = 5_000_000
  /// The largest file that goes into a snapshot, in bytes: no more than `largestFileEver`.
  public var largestFile: Int64 = 95_000_000
  /// The largest file that any vault takes in from a remote, in bytes, whatever its settings say.
  public static let largestFileEver: Int64 = 256 << 20

  /// Files in which nothing counts as a secret, as gitignore-like patterns.
  public var allowsSecretsIn: [Glob] = []

  /// The site that is published of the posts.
  public var site = SiteSettings()

  /// Keys that this version does not know.
  public var unknownKeys: [String] = []

  /// The settings of a vault that says nothing.
  public init() {}

  /// The keys that the file may have.
  public static let keys = [
    "notes", "posts", "language", "ignore", "largest-note", "largest-file", "allow-secrets", "site",
  ]

  /// Where the file stands in a vault.
  public static let file = ".notes/config.yaml"

  /// What cannot be used of the file; the usual setting holds instead.
  public private(set) var problems: [Problem] = []

  /// Something in the file that cannot be used.
  public struct Problem: Sendable, Equatable {
    /// The key at the top of the file; `nil` where the file cannot be read at all.
    public let key: String?
    /// The error, for a command that cannot do without.
    public let error: VaultError
  }

  /// Reads a vault's settings; a missing file is an empty one.
  ///
  /// A value that cannot be used must stop no command that can do without: the file may have come
  /// from another machine, and what mends it has to come the same way.
  public init(root: String) {
    do {
      apply(try VaultFiles(root: root).read(NotePath(known: Self.file), limit: 65_536).bytes)
    } catch {
      if case .notFound = error { return }
      problems.append(Problem(key: nil, error: error))
    }
  }

  /// What cannot be used of a text that is to be the file.
  public static func problems(in text: [UInt8]) -> [Problem] {
    var settings = Settings()
    settings.apply(text)
    return settings.problems
  }

  /// Refuses to go on where some of these keys, or the whole file, cannot be used; of any key where
  /// none is named.
  public func insist(on keys: String...) throws(VaultError) {
    let problem = problems.first { problem in
      keys.isEmpty || problem.key.map(keys.contains) ?? true
    }
    if let problem { throw problem.error }
  }

  private mutating func apply(_ bytes: [UInt8]) {
    let wrapped = Array("---\n".utf8) + bytes + Array("\n---\n".utf8)
    let document = Document(bytes: wrapped)
    if let problem = document.problems.first {
      let error = VaultError.badSettings(
        file: Self.file,
        line: min(problem.line - 1, bytes.split(separator: UInt8(ascii: "\n")).count),
        why: problem.message.replacing("front matter: ", with: ""))
      problems.append(Problem(key: nil, error: error))
    }
    for entry in document.frontmatter?.entries ?? [] {
      do {
        try apply(entry)
      } catch {
        problems.append(Problem(key: entry.key, error: error))
      }
    }
  }

  private mutating func apply(_ entry: Frontmatter.Entry) throws(VaultError) {
    let key = entry.key
    switch (key, entry.value) {
    case ("notes", .scalar(let folder)): notesFolder = try Self.folder(folder, key)
    case ("posts", .scalar(let folder)): postsFolder = try Self.folder(folder, key)
    case ("language", .scalar(let name)): language = try Self.language(name)
    case ("ignore", let value): ignored = try Self.patterns(value, key)
    case ("allow-secrets", let value): allowsSecretsIn = try Self.patterns(value, key)
    case ("largest-note", .scalar(let size)): largestNote = try Self.size(size, key)
    case ("largest-file", .scalar(let size)):
      // What no other machine takes in is not to be sent to them.
      largestFile = min(try Self.size(size, key), Self.largestFileEver)
    case ("site", .map(let entries)):
      unknownKeys += entries.map(\.key).filter { !SiteSettings.keys.contains($0) }.map {
        "site: " + $0
      }
      for entry in entries where SiteSettings.keys.contains(entry.key) {
        do {
          try site.apply(entry)
        } catch {
          problems.append(Problem(key: key, error: error))
        }
      }
    default:
      guard !Self.keys.contains(key) else {
        throw .badSettings(
          file: Self.file, line: 0, why: "'\(key)' has a value of the wrong kind")
      }
      // A newer notes on another machine may know it.
      unknownKeys.append(key)
    }
  }

  /// The languages of which endings are known (Snowball); `none` compares words as they are.
  public static let languages = [
    "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french",
    "german", "greek", "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian",
    "nepali", "none", "norwegian", "portuguese", "romanian", "russian", "serbian", "spanish",
    "swedish", "tamil", "turkish", "yiddish",
  ]

  private static func language(_ name: String) throws(VaultError) -> String {
    guard languages.contains(name.lowercased()) else {
      throw .badSettings(
        file: file, line: 0,
        why: "'language' is none of \(languages.joined(separator: ", ")): \(name)")
    }
    return name.lowercased()
  }

  private static func patterns(_ value: Frontmatter.Value, _ key: String) throws(VaultError)
    -> [Glob]
  {
    switch value {
    case .scalar(let pattern): return [Glob(pattern)]
    case .list(let patterns):
      return patterns.compactMap { if case .scalar(let text) = $0 { Glob(text) } else { nil } }
    default:
      throw .badSettings(file: file, line: 0, why: "'\(key)' has a value of the wrong kind")
    }
  }

  private static func folder(_ text: String, _ key: String) throws(VaultError) -> String {
    if text.isEmpty || text == "." { return "" }
    let clean = text.hasSuffix("/") ? String(text.dropLast()) : text
    do { return try NotePath(clean).text } catch {
      throw .badSettings(file: file, line: 0, why: "'\(key)' is no folder of the vault: \(text)")
    }
  }

  /// A number of bytes, with `kB`, `MB` or `GB` behind it or not.
  private static func size(_ text: String, _ key: String) throws(VaultError) -> Int64 {
    let digits = text.prefix { $0.isNumber }
    let unit = text.dropFirst(digits.count).lowercased().filter { $0 != " " }
    let factors: [String: Int64] = [
      "": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000,
    ]
    guard let number = Int64(digits), let factor = factors[unit], number < 1_000_000_000,
      number * factor > 0
    else { throw .badSettings(file: file, line: 0, why: "'\(key)' is no size: \(text)") }
    return number * factor
  }
}

extension Settings {
  /// What a new vault's settings file says: every key, as a comment, with what holds without it.
  public static let initialText = """
    # Settings of this vault, shared by every machine that syncs it. Everything is optional.
    #
    # notes: ""               the folder that 'notes add' puts notes in
    # posts: posts            the folder for posts
    # ignore: [drafts/old]    files and folders that are no notes
    # largest-note: 5 MB      a larger note is found by its name only
    # largest-file: 95 MB     a larger file is not versioned
    # allow-secrets: []       files that may hold what looks like a key or a password
    # site:                   what 'notes publish' makes of the posts
    #   title: My posts
    #   author: Ada Lovelace
    #   base: https://example.org/

    """
}
