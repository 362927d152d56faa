/// What the settings file of a repository includes, looked at before libgit2 reads it.
///
/// A vault that came as an archive brings its own `.git/config`, and `include.path` may name a
/// FIFO or a device, which libgit2 would wait for or read without end.
enum Includes {
  /// The first included path that is no plain, small file; nil when all is well.
  static func firstUnsafe(in file: String, home: String?, depth: Int = 0) -> String? {
    switch FileKind.of(file, following: true) {
    case .missing: return nil
    case .file: break
    default: return file
    }
    guard depth < 10, let bytes = readPlainFile(file) else { return file }
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    for path in paths(String(decoding: bytes, as: UTF8.self)) {
      var target = path
      if path.hasPrefix("~/") {
        guard let home else { continue }
        target = home + path.dropFirst()
      } else if !path.hasPrefix("/") {
        target = folder + path
      }
      if let found = firstUnsafe(in: target, home: home, depth: depth + 1) { return found }
    }
    return nil
  }

  /// The values of `path` in sections called `include` or `includeIf`.
  ///
  /// It errs on the side of seeing too many: a value that goes on over a line end, or that is
  /// quoted in an odd way, becomes a path that does not exist or is refused.
  private static func paths(_ text: String) -> [String] {
    var found: [String] = []
    var isInclude = false
    for line in text.split(whereSeparator: \.isNewline) {
      var rest = line.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
      if rest.first == "[" {
        let name = rest.dropFirst().drop { $0.isWhitespace }
        isInclude = name.lowercased().hasPrefix("include")
        guard let end = rest.lastIndex(of: "]") else { continue }
        rest = rest[rest.index(after: end)...].drop { $0.isWhitespace }
      }
      guard isInclude, rest.lowercased().hasPrefix("path"), let equals = rest.firstIndex(of: "=")
      else { continue }
      var value = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
      while value.last?.isWhitespace == true { value.removeLast() }
      if value.hasPrefix("\""), let end = value.dropFirst().firstIndex(of: "\"") {
        value = value[value.index(after: value.startIndex)..<end]
      } else if let comment = value.firstIndex(where: { $0 == "#" || $0 == ";" }) {
        value = value[..<comment]
        while value.last?.isWhitespace == true { value.removeLast() }
      }
      // A line that goes on could name anything.
      found.append(value.hasSuffix("\\") ? "/dev/null" : String(value))
    }
    return found
  }
}
