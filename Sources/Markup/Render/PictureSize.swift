/// How large a picture is, in pixels.
public struct PictureSize: Sendable, Hashable {
  /// Its width.
  public let width: Int
  /// Its height; `nil` where only the width is known.
  public let height: Int?

  /// A size.
  public init(width: Int, height: Int?) {
    self.width = width
    self.height = height
  }

  /// As attributes of an element that shows it.
  var attributes: String {
    " width=\"\(width)\"" + (height.map { " height=\"\($0)\"" } ?? "")
  }

  /// The size of the same picture in another width.
  public func scaled(toWidth width: Int) -> PictureSize {
    PictureSize(
      width: width,
      height: height.map {
        Int((Double($0) * Double(width) / Double(max(1, self.width))).rounded())
      }
    )
  }
}

/// How wide a text asks a picture to be.
enum PictureWidth: Hashable {
  case pixels(Int)
  /// So many hundredths of the line.
  case share(Int)

  /// The width that an attribute of HTML says: `300`, `300px` or `50%`.
  ///
  /// Source: HTML, "Rules for parsing dimension values": what else stands behind the number says nothing.
  init?(html: String) {
    let text = html.drop(while: \.isWhitespace)
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), number > 0 else { return nil }
    var rest = text[digits.endIndex...]
    if rest.first == "." { rest = rest.dropFirst().drop { $0.isASCII && $0.isNumber } }
    self = rest.first == "%" ? .share(min(number, 100)) : .pixels(number)
  }
}

extension PictureSize {
  /// The words of a picture without the width that Obsidian has at their end: `words|300`, `words|300x200`.
  ///
  /// - Parameters:
  ///   - words: What is written for the picture.
  ///   - isAlone: Whether a width alone is one, as in `![[picture.png|300]]`.
  /// - Returns: The words, and the width in pixels; `nil` where none is asked for.
  public static func parted(_ words: String, isAlone: Bool) -> (words: String, width: Int?) {
    let bar = words.lastIndex(of: "|")
    if bar == nil, !isAlone { return (words, nil) }
    let size = words[(bar.map { words.index(after: $0) } ?? words.startIndex)...]
    let numbers = size.split(separator: "x", omittingEmptySubsequences: false)
    guard (1...2).contains(numbers.count),
      numbers.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }),
      let width = Int(numbers[0])
    else { return (words, nil) }
    return (bar.map { String(words[..<$0]) } ?? "", width)
  }
}
