/// Where a file of a vault stands: a relative path in the vault, with `/` between its parts.
///
/// Two paths are the same when their bytes are: `String`'s own equality would take the two Unicode
/// spellings of `é` for one file, and Linux keeps them apart.
public struct NotePath: Sendable, CustomStringConvertible {
  /// The path as text.
  public let text: String

  /// The path as text.
  public var description: String { text }

  /// Checks a path: relative, without empty, `.` or `..` parts, NUL, or any spelling of `.git`.
  public init(_ text: String) throws(VaultError) {
    if let fault = Self.fault(in: text) { throw .unsafePath(text, why: fault) }
    self.text = text
  }

  /// A path that came from a walk or from the index, and so is known to be sound.
  init(known text: String) {
    self.text = text
  }

  /// The last part.
  public var name: String {
    text.utf8.lastIndex(of: slash).map { String(text[text.utf8.index(after: $0)...]) } ?? text
  }

  /// The last part without `.md` or `.markdown`.
  public var stem: String { Self.withoutSuffix(name) }

  /// The folder it stands in, `""` at the top.
  public var folder: String {
    text.utf8.lastIndex(of: slash).map { String(text[..<$0]) } ?? ""
  }

  /// Whether Windows takes its name for that of a device.
  ///
  /// Source: "Naming Files, Paths, and Namespaces", learn.microsoft.com.
  public var isDevice: Bool {
    let stem = name.prefix { $0 != "." }.lowercased()
    if ["con", "prn", "aux", "nul"].contains(stem) { return true }
    return stem.utf8.count == 4 && (stem.hasPrefix("com") || stem.hasPrefix("lpt"))
      && stem.utf8.last.map { 0x31...0x39 ~= $0 } == true
  }

  /// Whether this is a note: a Markdown file outside hidden folders.
  public var isNote: Bool { Self.isNoteName(Array(name.utf8)) && !isHidden }

  /// Whether a part of it begins with a dot.
  public var isHidden: Bool { text.utf8.split(separator: slash).contains { $0.first == dot } }

  /// Whether a file of this name is Markdown.
  static func isNoteName(_ name: some BidirectionalCollection<UInt8>) -> Bool {
    noteSuffixes.contains { suffix in
      name.count > suffix.utf8.count && name.first != dot
        && name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) { $0 | 0x20 == $1 | 0x20 }
    }
  }

  /// A name or path without `.md` or `.markdown`.
  public static func withoutSuffix(_ name: String) -> String {
    let bytes = name.utf8
    for suffix in noteSuffixes where bytes.count > suffix.utf8.count {
      let tail = bytes.suffix(suffix.utf8.count)
      if tail.elementsEqual(suffix.utf8, by: { $0 | 0x20 == $1 | 0x20 }) {
        return String(Substring(bytes.dropLast(suffix.utf8.count)))
      }
    }
    return name
  }

  /// Whether another is this one, or stands below it.
  public func holds(_ other: NotePath) -> Bool {
    other == self || other.text.utf8.starts(with: (text + "/").utf8)
  }

  /// A relative path below a folder, without `.` and `..`; `nil` where it leads out of the vault.
  public static func joined(_ folder: String, _ path: String) -> String? {
    if isPlain(path) { return folder.isEmpty ? path : folder + "/" + path }
    var parts = folder.utf8.split(separator: slash)
    for part in path.utf8.split(separator: slash) {
      if part.elementsEqual("..".utf8) {
        if parts.popLast() == nil { return nil }
      } else if !part.elementsEqual(".".utf8) {
        parts.append(part)
      }
    }
    return parts.map { String(Substring($0)) }.joined(separator: "/")
  }

  /// Where a link of a note in a folder may lead by its path: from that folder, else from the top.
  public static func places(of target: String, from folder: String) -> [NotePath] {
    let isFromTop = target.utf8.first == slash
    return [isFromTop ? nil : joined(folder, target), joined("", target)]
      .compactMap { path in path.flatMap { try? NotePath($0) } }
  }

  /// The names in a path, as the system takes it apart: a `/` with an accent on it is one as well.
  static func parts(of path: String) -> [String] {
    path.utf8.split(separator: slash).map { String(Substring($0)) }
  }

  /// Whether no part of a path is empty, `.` or `..`, as in almost all.
  private static func isPlain(_ path: String) -> Bool {
    var last = slash
    for byte in path.utf8 {
      if last == slash, byte == slash || byte == dot { return false }
      last = byte
    }
    return last != slash
  }

  private static let noteSuffixes = [".md", ".markdown"]

  private static func fault(in text: String) -> String? {
    if text.isEmpty { return "it is empty" }
    if text.utf8.first == slash { return "it is absolute" }
    if text.utf8.count > 4_000 { return "it is longer than 4,000 bytes" }
    // Every row of every list makes a path, so this looks at each byte once.
    var part = (count: 0, dots: 0, mayBeGit: false)
    var place = 0
    func fault() -> String? {
      if part.count == 0 { return "a part of it is empty" }
      if part.count == part.dots, part.count <= 2 { return "it has a '.' or '..' part" }
      if part.count > 255 { return "a part of it is longer than 255 bytes" }
      guard part.mayBeGit else { return nil }
      let bytes = text.utf8.dropFirst(place - part.count).prefix(part.count)
      return isGit(String(bytes) ?? "") ? "'.git' is git's own" : nil
    }
    for byte in text.utf8 {
      if byte == slash {
        if let fault = fault() { return fault }
        part = (0, 0, false)
      } else {
        if byte == 0 { return "it has a NUL byte" }
        // Of a name in ASCII every letter is seen, so its first one tells of almost all that they
        // are not '.git'.
        if byte >= 0x80 || part.count == 0 && (byte == dot || byte | 0x20 == UInt8(ascii: "g")) {
          part.mayBeGit = true
        }
        part.count += 1
        if byte == dot { part.dots += 1 }
      }
      place += 1
    }
    if let fault = fault() { return fault }
    return nil
  }

  /// Whether a name would be taken for `.git` by any file system a clone may land on.
  ///
  /// Source: git's `is_hfs_dotgit` and `is_ntfs_dotgit`.
  private static func isGit(_ part: String) -> Bool {
    let visible = part.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
    var name = String(String.UnicodeScalarView(visible)).lowercased()
    name =
      name.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? name
    while let last = name.last, last == "." || last == " " { name.removeLast() }
    return name == ".git" || name == "git~1" || name.hasPrefix(".git\\")
  }
}

extension NotePath: Hashable, Comparable {
  /// Whether both are the same bytes.
  public static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    hasher.combine(UInt8(0))
  }

  /// Orders by bytes, as git does.
  public static func < (left: Self, right: Self) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

private let slash = UInt8(ascii: "/")
private let dot = UInt8(ascii: ".")
