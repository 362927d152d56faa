internal import Git
public import Vault

extension History {
  /// Where this machine notes what it keeps back, as an ignore file that counts more than all others.
  static func keptBackPath(of vault: Vault) -> String { vault.stateFolder + "/kept-back" }

  /// What this machine keeps back, as lines of an ignore file.
  public func keptBack() throws -> [String] {
    let text = try StateFile(Self.keptBackPath(of: vault)).read() ?? []
    return IgnoreLines(text).taken.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether it is no ignore file that has a file left out, but what is kept back here.
  public func isKeptBack(_ path: NotePath) throws -> Bool {
    let place = GitPath(path.text)
    return try repository.ignoreRules(inFolderOf: place).keepsBack(place)
  }

  /// Keeps back what is ignored here and would not be by the ignore files that come in: whoever can push
  /// would have it sent to them otherwise.
  ///
  /// The lines that go are kept, for files that are made later, and the paths of what else is ignored now.
  /// Nothing else says so afterwards, so it is noted before any of these files is written.
  ///
  /// - Returns: the lines, files and folders that are kept back now, folders with a `/` behind them.
  func keepBack(beforeTakingIn changes: [FileChange]) throws -> [String] {
    let files = try incomingIgnoreFiles(changes)
    if files.isEmpty { return [] }
    let head = try headTree()
    // Who clones takes the vault as it is.
    let lines = try keepLines(
      of: files, under: head == nil ? [] : repository.ignoredOutsideFolders(but: files.keys))
    let others = files.mapValues(\.new)
    var kept: Set<String> = []
    try Walk(root: vault.root, includesHidden: true).eachFolder { listing in
      guard let first = listing.files.first else { return }
      let place = listing.gitPath(of: first)
      let now = try repository.ignoreRules(inFolderOf: place)
      let then = try repository.ignoreRules(inFolderOf: place, with: others)
      if then.isFolderIgnored { return }
      for file in listing.files {
        let path = listing.gitPath(of: file)
        if path.isBelow(.vaultFolder) || !now.ignores(path) || then.ignores(path) { continue }
        if try head.flatMap({ try repository.entry(at: path, in: $0) }) != nil { continue }
        kept.insert(try now.isFolderIgnored ? ignoredFolder(above: path) : path.description)
      }
    }
    let paths = kept.sorted().map { Array("/\(Self.pattern(of: $0))".utf8) }
    try addToKeptBack(paths.isEmpty ? [] : [paths])
    return lines + kept.sorted()
  }

  /// Keeps the lines of ignore files that are to say less: each file's in a paragraph, with the lines of those
  /// above it, and of what counts less than these (`outside`), where one takes in again what they ignore.
  ///
  /// - Returns: the lines that go.
  private func keepLines(
    of files: [GitPath: (old: [UInt8], new: [UInt8])], under outside: [[UInt8]]
  ) throws -> [String] {
    let outsideLines = outside.flatMap { IgnoreLines($0).all }
    var paragraphs: [[[UInt8]]] = []
    var told: [[UInt8]] = []
    for (path, texts) in files.sorted(by: { $0.key < $1.key }) {
      let (old, new) = (IgnoreLines(texts.old, of: path), IgnoreLines(texts.new, of: path))
      let gone = old.taken.filter { !new.has($0) }
      let takenIn = new.all.filter { IgnoreLines.takesIn($0) && !old.has($0) }
      var paragraph = old.all
      if !takenIn.isEmpty {
        for folder in path.folders.sorted(by: >) + [GitPath(bytes: [])] {
          let above = GitPath(folder.bytes.isEmpty ? ".gitignore" : "\(folder)/.gitignore")
          if above == path { continue }
          let text = try files[above]?.old ?? above.notePath.flatMap { try vault.bytesIfThere($0) }
          paragraph = IgnoreLines(text ?? [], of: above).all + paragraph
        }
      }
      let below = outsideLines.filter { line in
        takenIn.contains { IgnoreLines.canMeet($0, line) }
      }
      if gone.isEmpty && takenIn.isEmpty || (below + paragraph).isEmpty { continue }
      paragraphs.append(below + paragraph)
      told += (below + (gone.isEmpty ? paragraph : gone)).filter { !IgnoreLines.takesIn($0) }
    }
    return try addToKeptBack(paragraphs)
      ? told.map { String(decoding: $0, as: UTF8.self) } : []
  }

  /// Adds paragraphs to what is kept back, unless it has them; whether some are new.
  @discardableResult
  private func addToKeptBack(_ paragraphs: [[[UInt8]]]) throws -> Bool {
    let file = StateFile(Self.keptBackPath(of: vault))
    var text = try file.read() ?? []
    let lineEnd = UInt8(ascii: "\n")
    if let last = text.last, last != lineEnd { text.append(lineEnd) }
    let known = (text + [lineEnd]).split(separator: [lineEnd, lineEnd])
    let new = paragraphs.map { Array($0.joined(separator: [lineEnd])) }
      .filter { paragraph in !known.contains { $0.elementsEqual(paragraph) } }
    if new.isEmpty { return false }
    for paragraph in new { text += (text.isEmpty ? [] : [lineEnd]) + paragraph + [lineEnd] }
    try file.write(text)
    return true
  }

  /// The ignore files that come in, with what they say and will say; nothing where one goes.
  private func incomingIgnoreFiles(
    _ changes: [FileChange]
  ) throws -> [GitPath: (old: [UInt8], new: [UInt8])] {
    var files: [GitPath: (old: [UInt8], new: [UInt8])] = [:]
    func text(_ entry: TreeEntry?) throws -> [UInt8] {
      guard let entry, entry.kind == .file else { return [] }
      return try repository.readBlob(entry.id)
    }
    let found = repository.ignoreFilePaths(among: changes.flatMap { [$0.oldPath, $0.newPath] })
    if found.isEmpty { return [:] }
    for change in changes where found.contains(change.oldPath) {
      files[change.oldPath] = (try text(change.old), [])
    }
    for change in changes where change.new?.kind == .file && found.contains(change.newPath) {
      files[change.newPath, default: ([], [])].new = try text(change.new)
    }
    return files
  }

  /// The first of the folders that a path is in which is ignored.
  private func ignoredFolder(above path: GitPath) throws -> String {
    for folder in path.folders.sorted(by: { $0.bytes.count < $1.bytes.count }) {
      let inside = folder.appending("a file".utf8)
      if try repository.ignoreRules(inFolderOf: inside).isFolderIgnored { return "\(folder)/" }
    }
    return path.description
  }

  /// A path as a line of an ignore file has it.
  private static func pattern(of path: String) -> String {
    var pattern = ""
    for character in path.unicodeScalars {
      switch character {
      case "\\", "*", "?", "[", " ": pattern += "\\\(character)"
      // No line can have the one, nor end in the other.
      case "\n", "\r": pattern += "?"
      default: pattern.unicodeScalars.append(character)
      }
    }
    return pattern
  }
}

/// The lines of an ignore file that say something, as they are in one at the vault's top.
private struct IgnoreLines {
  let all: [[UInt8]]

  /// Those that ignore something.
  var taken: [[UInt8]] { all.filter { !Self.takesIn($0) } }

  /// Whether a line takes in again what others ignore.
  static func takesIn(_ line: [UInt8]) -> Bool { line.first == UInt8(ascii: "!") }

  /// Whether a line is among them; editors on Windows put a carriage return behind each.
  func has(_ line: [UInt8]) -> Bool {
    func withoutReturn(_ line: [UInt8]) -> ArraySlice<UInt8> {
      line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
    }
    return all.contains { withoutReturn($0) == withoutReturn(line) }
  }

  /// Whether two lines can be about one file or folder, by how the last name in each begins and ends.
  static func canMeet(_ line: [UInt8], _ other: [UInt8]) -> Bool {
    let (one, two) = (lastName(of: line), lastName(of: other))
    func isPlain(_ byte: UInt8) -> Bool { !"*?[\\".utf8.contains(byte) }
    return zip(one.prefix(while: isPlain), two.prefix(while: isPlain)).allSatisfy(==)
      && zip(one.reversed().prefix(while: isPlain), two.reversed().prefix(while: isPlain))
        .allSatisfy(==)
  }

  /// The last name in a line, in small letters.
  private static func lastName(of line: [UInt8]) -> [UInt8] {
    core(of: line[...]).split(separator: UInt8(ascii: "/")).last.map { name in
      name.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
    } ?? []
  }

  /// Reads a file at a path; where that is no folder's, it is about the whole vault.
  init(_ text: [UInt8], of path: GitPath? = nil) {
    let name = Array(".gitignore".utf8)
    var folder: [UInt8] = []
    if let path, path.bytes.suffix(name.count).elementsEqual(name) {
      folder = path.bytes.dropLast(name.count)
    }
    let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    all = text[start...].split(separator: UInt8(ascii: "\n"))
      .filter { $0.first != UInt8(ascii: "#") && !Self.core(of: $0).isEmpty }
      .map { Self.line($0, from: folder) }
  }

  /// A line without its marks.
  private static func core(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var core = line.first == UInt8(ascii: "!") ? line.dropFirst() : line
    while let last = core.last, " /\r".utf8.contains(last) { core = core.dropLast() }
    return core
  }

  /// A line of a folder's file, as one of the file at the top has it.
  private static func line(_ line: ArraySlice<UInt8>, from folder: [UInt8]) -> [UInt8] {
    if folder.isEmpty { return Array(line) }
    let takesIn = line.first == UInt8(ascii: "!")
    let isOfPaths = core(of: line).contains(UInt8(ascii: "/"))
    var rest = takesIn ? line.dropFirst() : line
    if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
    let escaped = folder.flatMap { "\\*?[".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    let start = Array((takesIn ? "!/" : "/").utf8) + escaped
    return start + Array((isOfPaths ? "" : "**/").utf8) + rest
  }
}
