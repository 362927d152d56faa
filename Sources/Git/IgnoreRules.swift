/// The lines of an ignore file, as git reads them ([gitignore](https://git-scm.com/docs/gitignore)).
struct IgnoreRules: Sendable {
  private var rules: [Rule] = []

  private struct Rule {
    let pattern: Wildmatch
    /// Whether it takes in again what another took out: `!` before it.
    let takesIn: Bool
    /// Whether it is about folders only: `/` behind it.
    let isOfFolders: Bool
    /// Whether it is held against the whole path from the file's folder on: `/` before or within it.
    let isOfPaths: Bool
  }

  /// Reads the lines of a file.
  ///
  /// A line ends at a line feed and at nothing else; a carriage return before it belongs to it, and what
  /// stands behind a NUL counts for nothing.
  init(_ bytes: [UInt8], foldsCase: Bool) {
    var text = bytes[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
    for line in lines where line.first != UInt8(ascii: "#") {
      if let rule = Self.rule(line, foldsCase) { rules.append(rule) }
    }
  }

  /// The parts of a text between which there are empty lines.
  static func paragraphs(_ bytes: [UInt8]) -> [[UInt8]] {
    var paragraphs: [[UInt8]] = [[]]
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.isEmpty {
        paragraphs.append([])
      } else {
        paragraphs[paragraphs.count - 1] += line + [UInt8(ascii: "\n")]
      }
    }
    return paragraphs.filter { !$0.isEmpty }
  }

  /// Whether it says nothing of any path.
  var isEmpty: Bool { rules.isEmpty }

  /// Whether a path is ignored by the last line that matches it; `nil` where none does.
  ///
  /// It is a path from the file's folder on, with small letters where the rules fold case.
  func ignores(_ path: ArraySlice<UInt8>, isFolder: Bool) -> Bool? {
    let name = path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex)...]
    for rule in rules.reversed() where isFolder || !rule.isOfFolders {
      if rule.pattern.matches(rule.isOfPaths ? path : name) { return !rule.takesIn }
    }
    return nil
  }

  private static func rule(_ line: ArraySlice<UInt8>, _ foldsCase: Bool) -> Rule? {
    let end = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    var pattern = withoutBlanksAtEnd(end.prefix { $0 != 0 })
    let takesIn = pattern.first == UInt8(ascii: "!")
    if takesIn { pattern = pattern.dropFirst() }
    let isOfFolders = pattern.last == UInt8(ascii: "/")
    if isOfFolders { pattern = pattern.dropLast() }
    let isOfPaths = pattern.contains(UInt8(ascii: "/"))
    if pattern.first == UInt8(ascii: "/") { pattern = pattern.dropFirst() }
    guard !pattern.isEmpty,
      let match = Wildmatch(pattern, isOfPaths: isOfPaths, foldsCase: foldsCase)
    else { return nil }
    return Rule(
      pattern: match, takesIn: takesIn, isOfFolders: isOfFolders, isOfPaths: isOfPaths)
  }

  /// A line without the blanks at its end, but for one that a backslash stands before.
  private static func withoutBlanksAtEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = line.startIndex
    var isEscaped = false
    for place in line.indices {
      if isEscaped || line[place] != UInt8(ascii: " ") { end = place + 1 }
      isEscaped = !isEscaped && line[place] == UInt8(ascii: "\\")
    }
    return line[..<end]
  }
}

/// What all ignore files say of the files in one folder.
public struct FolderIgnoreRules: Sendable {
  /// Whether the folder is ignored, or one that it is in, and so all that it has.
  public internal(set) var isFolderIgnored = false
  /// What a file says, and how much of a path is before what it is about: what counts least comes first.
  private var layers: [(base: Int, rules: IgnoreRules)] = []
  /// What is ignored whatever the layers say, by any of these.
  var keptBack: [IgnoreRules] = []
  /// Whether the folder is ignored, and no ignore file says so.
  var isFolderKeptBack = false
  private let foldsCase: Bool

  init(foldsCase: Bool) { self.foldsCase = foldsCase }

  /// Takes what a file says that counts more than those before it.
  mutating func add(_ rules: IgnoreRules, base: Int) {
    if !rules.isEmpty { layers.append((base, rules)) }
  }

  /// Whether a file of the folder is ignored.
  public func ignores(_ path: GitPath) -> Bool {
    isFolderIgnored || names(path.bytes, isFolder: false)
  }

  /// Whether a file of the folder is ignored, and no ignore file says so.
  public func keepsBack(_ path: GitPath) -> Bool {
    isFolderIgnored ? isFolderKeptBack : ignores(path) && !filesName(path.bytes, isFolder: false)
  }

  /// Whether the rules name a path, whatever is said of the folders that it is in.
  func names(_ path: [UInt8], isFolder: Bool) -> Bool {
    let small = foldsCase ? path.map(\.small) : path
    return keptBack.contains { $0.ignores(small[...], isFolder: isFolder) == true }
      || filesName(path, isFolder: isFolder)
  }

  /// Whether the ignore files name a path.
  func filesName(_ path: [UInt8], isFolder: Bool) -> Bool {
    let path = foldsCase ? path.map(\.small) : path
    for layer in layers.reversed() {
      if let isIgnored = layer.rules.ignores(path[layer.base...], isFolder: isFolder) {
        return isIgnored
      }
    }
    return false
  }
}
