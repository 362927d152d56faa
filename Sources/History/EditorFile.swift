internal import Git

/// Files that an editor or a desktop keeps beside those that somebody writes, and that nobody means to have on
/// another machine: a swap file holds what was not saved yet.
///
/// They are left alone, as what git ignores is; one that the history has already goes on being versioned.
enum EditorFile {
  /// What programs keep in a folder of notes for one machine, or until it is thrown away, as lines of an
  /// ignore file that counts less than all of the user's: `!.trash/` in one of those takes it in again.
  ///
  /// Which windows Obsidian has open, what it, a desktop or Logseq has in its trash, and what Syncthing keeps.
  static let rules = """
    **/.obsidian/workspace
    **/.obsidian/workspace.json
    **/.obsidian/workspace-*.json
    **/.obsidian/cache
    .trash/
    .Trash-*/
    **/logseq/.recycle/
    .stversions/
    """

  /// Whether a file says which windows are open on a machine: nobody is asked about two of them.
  static func isOfWindows(_ path: GitPath) -> Bool {
    guard let name = path.names.last.map({ String(decoding: $0, as: UTF8.self) }),
      path.names.dropLast().last.map({ $0.elementsEqual(".obsidian".utf8) }) == true
    else { return false }
    return name == "workspace"
      || name.hasSuffix(".json") && (name == "workspace.json" || name.hasPrefix("workspace-"))
  }

  /// Whether a file's name says that it is one.
  static func isName(_ name: String) -> Bool {
    let bytes = name.utf8
    guard let first = bytes.first, let last = bytes.last else { return false }
    switch (first, last) {
    // Emacs, gedit, joe and many others keep the last text so.
    case (_, UInt8(ascii: "~")): return true
    // What Emacs saves by itself, and LibreOffice's locks.
    case (UInt8(ascii: "#"), UInt8(ascii: "#")): return bytes.count > 1
    case (UInt8(ascii: "."), UInt8(ascii: "#")): return name.hasPrefix(".~lock.")
    case (UInt8(ascii: "."), _): return isSwap(name) || name == ".DS_Store"
    default: return name == "Thumbs.db"
    }
  }

  /// Vim's swap files: `.note.md.swp`, and down from `.swo` where that is taken (`:help swap-file`).
  private static func isSwap(_ name: String) -> Bool {
    let end = name.utf8.suffix(4)
    return end.starts(with: ".sw".utf8) && end.last.map { 0x61...0x70 ~= $0 } == true
      && name.utf8.count > 5 || name.hasSuffix(".kate-swp")
  }
}
