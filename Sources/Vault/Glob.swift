/// A pattern over paths: `*` and `?` within a part, `**` over parts, `[abc]` for one of them.
///
/// A `**/` that begins a part means whole folders, however many, or none: `**/x` is an `x` in any
/// folder, and no part that ends in `x`. A pattern without wildcards means that path or anything below it. Source: gitignore(5), without
/// negation.
public struct Glob: Sendable, Equatable {
  private let pattern: [Character]
  private let isPlain: Bool

  /// A pattern.
  public init(_ pattern: String) {
    self.pattern = Array(pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern)
    isPlain = !pattern.contains { "*?[".contains($0) }
  }

  /// Whether a path fits.
  public func matches(_ path: String) -> Bool {
    if isPlain {
      let plain = String(pattern)
      return path == plain || path.hasPrefix(plain + "/")
    }
    return matches(Array(path))
  }

  /// Wildcards with one point to come back to for each kind, so that no pattern costs more than
  /// the product of the lengths.
  private func matches(_ path: [Character]) -> Bool {
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
  private static func next(_ place: Int, _ isOfFolders: Bool, in path: [Character]) -> Int? {
    if !isOfFolders { return place + 1 }
    return path[place...].firstIndex(of: "/").map { $0 + 1 }
  }

  /// The place behind a `?` or a `[…]` that a character fits.
  private func one(at place: Int, fits character: Character) -> Int? {
    if pattern[place] == "?" { return place + 1 }
    guard pattern[place] == "[", let end = pattern[place...].firstIndex(of: "]") else { return nil }
    return pattern[(place + 1)..<end].contains(character) ? end + 1 : nil
  }
}
