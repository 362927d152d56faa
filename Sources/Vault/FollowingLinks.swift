public import Markup

/// A file's way from one path to another.
public struct FileMove: Sendable, Hashable {
  /// Where it stands.
  public let old: NotePath
  /// Where it will.
  public let new: NotePath

  /// Takes the two paths.
  public init(_ old: NotePath, to new: NotePath) {
    self.old = old
    self.new = new
  }
}

/// The links of a text that lead to notes which get other paths, by their places among the
/// document's links and definitions.
public struct MovedLinks: Sendable {
  /// The links, with the ways of the notes that they lead to.
  public var links: [Int: FileMove] = [:]
  /// The definitions: Foam writes one for each wiki link, that no link refers to.
  public var definitions: [Int: FileMove] = [:]

  /// Begins with none.
  public init() {}
}

extension Document {
  /// The bytes with links that lead where they led before, when notes, and this one too, get
  /// other paths; and how many were rewritten because a note that they lead to does.
  ///
  /// Each keeps its form: only the bytes of its target change. `source` is the way of this note
  /// itself, with the same path twice where it stays; `isThere` says whether a file, or a note
  /// without its `.md`, stands at a path now, and `isMeant` whether a note at its new path is the one
  /// that its name alone means: else a link by its name is given the whole path.
  public func following(
    _ moved: MovedLinks, in source: FileMove, isThere: (NotePath) throws -> Bool,
    isMeant: (_ goal: FileMove) throws -> Bool = { _ in true }
  ) rethrows -> (bytes: [UInt8], count: Int) {
    var texts: [Range<Int>: String] = [:]
    var count = 0
    for (ordinal, link) in links.enumerated() {
      let text: String?
      if let goal = moved.links[ordinal] {
        text = try goal.target(
          link.target, isWiki: link.kind.isByName, in: source, isMeant: isMeant(goal))
      } else {
        text = try rebased(link, in: source, isThere: isThere)
      }
      guard let text, text != link.target else { continue }
      // Several links may share one definition, and so one place.
      if let written = link.written(text) {
        texts[link.targetRange] = written
      } else if let quoted = link.quoted(text, in: self) {
        texts[link.range] = quoted
      } else {
        continue
      }
      if moved.links[ordinal] != nil { count += 1 }
    }
    for (ordinal, definition) in definitions.enumerated()
    where texts[definition.targetRange] == nil {
      guard let goal = moved.definitions[ordinal],
        let written = definition.written(
          goal.target(definition.target, isWiki: false, in: source, isMeant: true)
            ?? definition.target)
      else { continue }
      texts[definition.targetRange] = written
    }
    if texts.isEmpty { return (bytes, 0) }
    return (replacingTargets(texts.map { ($0.key, $0.value) }), count)
  }

  /// The target of a relative link, so that it leads from the note's new folder where it led before;
  /// `nil` for any other link.
  private func rebased(
    _ link: Link, in source: FileMove, isThere: (NotePath) throws -> Bool
  ) rethrows -> String? {
    guard source.old.folder != source.new.folder, link.kind.isByPath,
      !link.isExternal, !link.target.isEmpty, !link.target.hasPrefix("/"),
      let goal = NotePath.joined(source.old.folder, link.target), let path = try? NotePath(goal),
      try isThere(path)
    else { return nil }
    return relativePath(goal, from: source.new.folder)
  }
}

extension FileMove {
  /// How a link names the note at its new path, in the form in which it named the old one; `nil`
  /// where it named it by title, id or alias, which the new path does not change.
  fileprivate func target(
    _ text: String, isWiki: Bool, in source: FileMove, isMeant: Bool
  ) -> String? {
    let hasSuffix = [".md", ".markdown"].contains { text.lowercased().hasSuffix($0) }
    let oldPlace = hasSuffix ? old.text : NotePath.withoutSuffix(old.text)
    let newPlace = hasSuffix ? new.text : NotePath.withoutSuffix(new.text)
    if isWiki, !text.contains("/") {
      let stem = hasSuffix ? old.name : old.stem
      guard text.lowercased() == stem.lowercased() else { return nil }
      guard isMeant else { return newPlace }
      return hasSuffix ? new.name : new.stem
    }
    if text.hasPrefix("/") { return "/" + newPlace }
    let isRelative =
      NotePath.joined(source.old.folder, text)?.lowercased() == oldPlace.lowercased()
    // A wiki link with a folder names the end of the path, or all of it, unless it begins with a dot.
    if isWiki {
      return isRelative && text.hasPrefix(".")
        ? relativePath(newPlace, from: source.new.folder) : newPlace
    }
    return isRelative ? relativePath(newPlace, from: source.new.folder) : newPlace
  }
}

/// The way from a folder to a path.
public func relativePath(_ path: String, from folder: String) -> String {
  let target = path.split(separator: "/")
  let base = folder.split(separator: "/")
  let shared = zip(target.dropLast(), base).prefix { $0 == $1 }.count
  let up = Array(repeating: "..", count: base.count - shared)
  return (up + target.dropFirst(shared).map(String.init)).joined(separator: "/")
}
