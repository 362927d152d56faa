/// A file name made from a title.
public enum Slug: Sendable {
  /// The title in lower case, its letters and digits kept in any script, anything else a hyphen.
  ///
  /// At most 100 bytes, cut at a hyphen where one is near; `untitled` where nothing is left.
  public static func make(from title: String) -> String {
    var slug = ""
    var pending = false
    for scalar in title.lowercased().unicodeScalars {
      let properties = scalar.properties
      let isMark =
        properties.generalCategory == .nonspacingMark || properties.generalCategory == .spacingMark
      guard properties.isAlphabetic || properties.numericType != nil || isMark else {
        // An apostrophe joins: "don't" is one word.
        if scalar != "'" && scalar != "\u{2019}" { pending = true }
        continue
      }
      if pending, !slug.isEmpty { slug += "-" }
      pending = false
      if slug.utf8.count + scalar.utf8.count > 100 { break }
      slug.unicodeScalars.append(scalar)
    }
    return slug.isEmpty ? "untitled" : slug
  }
}
