internal import Markup

/// The last part of a page's address.
enum Slug {
  /// The longest, in bytes: a file system takes 255, and a redirect's page stands below it.
  private static let longest = 120

  /// An address made of a text: lower case letters and digits of any script, and hyphens.
  static func make(_ text: String) -> String {
    var slug = ""
    for scalar in text.lowercased().composed.unicodeScalars {
      let isPlain =
        scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
        || scalar.properties.generalCategory == .nonspacingMark
      if isPlain {
        slug.unicodeScalars.append(scalar)
      } else if !slug.isEmpty, slug.last != "-", scalar != "'", scalar != "’" {
        slug += "-"
      }
    }
    while slug.utf8.count > longest { slug.removeLast() }
    while slug.last == "-" { slug.removeLast() }
    return slug.isEmpty ? "post" : slug
  }

  /// The address made of a text, or the first of `-2`, `-3`, … that is free.
  static func unused(_ text: String, isTaken: (String) -> Bool) -> String {
    let stem = make(text)
    var slug = stem
    var count = 1
    while isTaken(slug) {
      count += 1
      slug = "\(stem)-\(count)"
    }
    return slug
  }

  /// A text as a URL's path has it: all but what RFC 3986 calls unreserved in percent signs.
  static func percentEncoded(_ path: String) -> String {
    PercentEncoding.encoded(path, keeping: "/")
  }
}
