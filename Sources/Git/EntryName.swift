/// What a name in a tree would do to a machine that made a file of it.
enum EntryName {
  /// Names that no tree of ours may have: git refuses them, or some file system takes them for
  /// `.git`.
  static func isReserved(_ name: [UInt8]) -> Bool {
    name.isEmpty || name == Array(".".utf8) || name == Array("..".utf8)
      || name.contains(0) || name.contains(UInt8(ascii: "/")) || isGit(name)
  }

  /// Whether a Mac, a Windows machine or Linux would take the name for `.git`.
  static func isGit(_ name: [UInt8]) -> Bool { isGitOnWindows(name) || isGitOnMac(name) }

  /// NTFS drops dots and spaces at the end, and what follows a colon; `git~1` is the short name;
  /// a backslash parts folders.
  private static func isGitOnWindows(_ name: [UInt8]) -> Bool {
    for part in name.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false) {
      var stem = part.prefix { $0 != UInt8(ascii: ":") }
      while let last = stem.last, last == UInt8(ascii: ".") || last == UInt8(ascii: " ") {
        stem.removeLast()
      }
      let lower = stem.map(lowercased)
      if lower == Array(".git".utf8) || lower == Array("git~1".utf8) { return true }
    }
    return false
  }

  /// HFS+ does not see some characters, and folds case.
  private static func isGitOnMac(_ name: [UInt8]) -> Bool {
    // Nothing to repair in what is too long to be a disguise: ignored characters take 3 bytes.
    guard name.contains(where: { $0 >= 0x80 }) else {
      return name.map(lowercased) == Array(".git".utf8)
    }
    var seen: [UInt8] = []
    for scalar in String(decoding: name, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: continue
      case 0..<0x80: seen.append(lowercased(UInt8(scalar.value)))
      default: return false
      }
      if seen.count > 4 { return false }
    }
    return seen == Array(".git".utf8)
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
