/// A pattern over paths: `*` and `?` within a part, `**` over parts, `[abc]` for one of them, as `[a-c]` is,
/// `[!abc]` for one that is none of them.
///
/// A `**/` that begins a part means whole folders, however many, or none: `**/x` is an `x` in any
/// folder, and no part that ends in `x`. A pattern of which the last part has no wildcard means that
/// path or anything below it, one with a `/` behind it what is below. All begin at the top, with a `/`
/// before them or without. Source: gitignore(5), without negation.
public struct Glob: Sendable, Equatable {
  private let pattern: [Character]
  private let isPlain: Bool
  /// Whether it is about folders only: `/` behind it.
  private let isOfFolders: Bool
  /// Whether what is below a folder that fits does, too.
  private let hasBelow: Bool

  /// A pattern.
  public init(_ pattern: String) {
    let text = pattern.hasPrefix("/") ? pattern.dropFirst() : pattern[...]
    isOfFolders = text.hasSuffix("/")
    let path = isOfFolders ? text.dropLast() : text
    func isWild(_ text: Substring) -> Bool { text.contains { "*?[".contains($0) } }
    self.pattern = Array(path)
    isPlain = !isWild(path)
    hasBelow = isOfFolders || path.split(separator: "/").last.map { !isWild($0) } ?? false
  }

  /// Whether a path fits.
  public func matches(_ path: String) -> Bool {
    if isPlain {
      let plain = String(pattern)
      return path == plain || path.hasPrefix(plain + "/")
    }
    let path = Array(path)
    if !isOfFolders, matches(path[...]) { return true }
    return hasBelow && path.indices.contains { path[$0] == "/" && matches(path[..<$0]) }
  }

  /// Wildcards with one point to come back to for each kind, so that no pattern costs more than
  /// the product of the lengths.
  private func matches(_ path: ArraySlice<Character>) -> Bool {
    var p = 0
    var t = 0
    var star: (pattern: Int, text: Int)?
    var doubleStar: (pattern: Int, text: Int, isOfFolders: Bool)?
    while t < path.count {
      if p + 1 < pattern.count, pattern[p] == "*", pattern[p + 1] == "*" {
        let beginsPart = p == 0 || pattern[p - 1] == "/"
        p += 2
        let isOfFolders = beginsPart && p < pattern.count && pattern[p] == "/"
        if isOfFolders { p += 1 }
        doubleStar = (p, t, isOfFolders)
        star = nil
        if p == pattern.count { return true }
      } else if p < pattern.count, pattern[p] == "*" {
        p += 1
        star = (p, t)
      } else if p < pattern.count, path[t] != "/", let next = one(at: p, fits: path[t]) {
        p = next
        t += 1
      } else if p < pattern.count, pattern[p] == path[t] {
        p += 1
        t += 1
      } else if let back = star, path[back.text] != "/" {
        p = back.pattern
        t = back.text + 1
        star = (p, t)
      } else if let back = doubleStar, let next = Self.next(back.text, back.isOfFolders, in: path) {
        p = back.pattern
        t = next
        doubleStar = (p, t, back.isOfFolders)
        star = nil
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }

  /// Where what stands behind a `**` is tried next: at the next character, or behind the next `/`
  /// where it stands for whole folders.
  private static func next(
    _ place: Int, _ isOfFolders: Bool, in path: ArraySlice<Character>
  ) -> Int? {
    if !isOfFolders { return place + 1 }
    return path[place...].firstIndex(of: "/").map { $0 + 1 }
  }

  /// The place behind a `?` or a `[…]` that a character fits.
  private func one(at place: Int, fits character: Character) -> Int? {
    if pattern[place] == "?" { return place + 1 }
    guard pattern[place] == "[", let end = pattern[place...].firstIndex(of: "]") else { return nil }
    var signs = pattern[(place + 1)..<end]
    let isOfOthers = signs.first.map { "!^".contains($0) } ?? false
    if isOfOthers { signs = signs.dropFirst() }
    var fits = false
    while let first = signs.popFirst() {
      var last = first
      // A dash at an end stands for itself.
      if signs.count > 1, signs.first == "-" {
        signs = signs.dropFirst()
        last = signs.popFirst() ?? first
      }
      fits = fits || first <= character && character <= last
    }
    return fits != isOfOthers ? end + 1 : nil
  }
}
