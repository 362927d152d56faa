internal import Markup

/// A picture without what its camera or program wrote into it: where it was taken, by whom, with what.
///
/// What shows the picture stays: its pixels, colours, animation, and which side is up.
struct Picture: Sendable {
  /// The file's bytes.
  let bytes: [UInt8]
  /// How its name ends.
  let suffix: String
  /// How large it is shown; `nil` where the file does not say.
  let size: PictureSize?

  /// Why a file is no picture that can be published.
  enum Fault: Error, Equatable, Sendable {
    /// It is of none of the kinds that are known: JPEG, PNG, GIF, WebP, SVG.
    case unknownKind
    /// It ends in the middle, or says what cannot be.
    case damaged
    /// It has something in it that a browser could run, or that loads something else.
    case active(String)
  }

  /// Makes a picture of a file's bytes; its kind is told by them, not by its name.
  init(_ file: [UInt8]) throws(Fault) {
    if file.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = try JPEG.cleaned(file)
    } else if file.starts(with: PNG.signature) {
      self = try PNG.cleaned(file)
    } else if file.starts(with: "GIF8".utf8) {
      self = try GIF.cleaned(file)
    } else if file.starts(with: "RIFF".utf8), file.dropFirst(8).starts(with: "WEBP".utf8) {
      self = try WebP.cleaned(file)
    } else if SVG.isOne(file) {
      self = try SVG.cleaned(file)
    } else {
      throw .unknownKind
    }
  }

  init(bytes: [UInt8], suffix: String, size: PictureSize?) {
    self.bytes = bytes
    self.suffix = suffix
    self.size = size
  }
}

/// Reads a file's bytes from the front; what is not there is damage.
struct PictureReader {
  let bytes: [UInt8]
  var place = 0

  var isAtEnd: Bool { place >= bytes.count }

  mutating func take(_ count: Int) throws(Picture.Fault) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - place else { throw .damaged }
    defer { place += count }
    return bytes[place..<place + count]
  }

  mutating func byte() throws(Picture.Fault) -> UInt8 {
    let taken = try take(1)
    return taken[taken.startIndex]
  }

  /// A number whose first byte counts most.
  mutating func big(_ width: Int) throws(Picture.Fault) -> Int {
    try take(width).reduce(0) { $0 << 8 | Int($1) }
  }

  /// A number whose last byte counts most.
  mutating func little(_ width: Int) throws(Picture.Fault) -> Int {
    try take(width).reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
