internal import Markup

/// WebP (RFC 9649): a RIFF file of chunks.
enum WebP {
  private static let kept: Set<String> = [
    "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP",
  ]

  static func cleaned(_ file: [UInt8]) throws(Picture.Fault) -> Picture {
    var reader = PictureReader(bytes: file)
    _ = try reader.take(4)
    let whole = try reader.little(4) + 8
    guard whole <= file.count else { throw .damaged }
    _ = try reader.take(4)
    var chunks: [UInt8] = []
    var size: PictureSize?
    while reader.place + 8 <= whole {
      let name = String(decoding: try reader.take(4), as: UTF8.self)
      let length = try reader.little(4)
      var content = Array(try reader.take(length))
      if length % 2 == 1, !reader.isAtEnd { _ = try reader.take(1) }
      guard kept.contains(name) else { continue }
      if name == "VP8X", content.count >= 10 {
        // The bits that say that there is Exif, and XMP.
        content[0] &= ~0x0C
      }
      size = size ?? self.size(name, content)
      chunks += Array(name.utf8) + little(length) + content
      if length % 2 == 1 { chunks.append(0) }
    }
    return Picture(
      bytes: Array("RIFF".utf8) + little(chunks.count + 4) + Array("WEBP".utf8) + chunks,
      suffix: "webp", size: size)
  }

  private static func size(_ name: String, _ content: [UInt8]) -> PictureSize? {
    func number(_ place: Int, _ width: Int) -> Int {
      content[place..<place + width].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    switch name {
    case "VP8X" where content.count >= 10:
      return PictureSize(width: number(4, 3) + 1, height: number(7, 3) + 1)
    case "VP8 " where content.count >= 10:
      return PictureSize(width: number(6, 2) & 0x3FFF, height: number(8, 2) & 0x3FFF)
    case "VP8L" where content.count >= 5:
      let bits = number(1, 4)
      return PictureSize(width: (bits & 0x3FFF) + 1, height: (bits >> 14 & 0x3FFF) + 1)
    default: return nil
    }
  }

  private static func little(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
