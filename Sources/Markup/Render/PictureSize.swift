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
