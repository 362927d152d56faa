internal import Markup

/// PNG (W3C, third edition): a row of chunks.
enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The chunks that make the picture, those of animations among them.
  private static let kept: Set<String> = [
    "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "bKGD",
    "pHYs", "acTL", "fcTL", "fdAT",
  ]

  static func cleaned(_ file: [UInt8]) throws(Picture.Fault) -> Picture {
    var reader = PictureReader(bytes: file)
    var result = Array(try reader.take(8))
    var size: PictureSize?
    while true {
      let start = reader.place
      let length = try reader.big(4)
      let name = String(decoding: try reader.take(4), as: UTF8.self)
      let content = try reader.take(length)
      _ = try reader.take(4)
      if name == "IHDR", content.count >= 8 {
        var head = PictureReader(bytes: Array(content))
        size = PictureSize(width: try head.big(4), height: try head.big(4))
      }
      if kept.contains(name) { result += file[start..<reader.place] }
      if name == "IEND" { break }
    }
    return Picture(bytes: result, suffix: "png", size: size)
  }
}
