internal import Markup

/// JPEG (ITU-T T.81, annex B): a row of segments, each behind a marker.
enum JPEG {
  /// Keeps the segments that make the picture: tables, frames and scans, JFIF's and Adobe's (how its
  /// colours are coded), a colour profile; and of Exif the side that is up.
  static func cleaned(_ file: [UInt8]) throws(Picture.Fault) -> Picture {
    var reader = PictureReader(bytes: file)
    var result = Array(try reader.take(2))
    var orientation = 1
    var size: PictureSize?
    while true {
      guard try reader.byte() == 0xFF else { throw .damaged }
      var marker = try reader.byte()
      while marker == 0xFF { marker = try reader.byte() }
      if marker == 0xD9 { break }
      if marker == 0x01 || (0xD0...0xD7).contains(marker) { continue }
      let length = try reader.big(2)
      let content = Array(try reader.take(length - 2))
      switch marker {
      case 0xE1:
        if content.starts(with: "Exif\0\0".utf8) {
          orientation = self.orientation(Array(content.dropFirst(6))) ?? orientation
        }
        continue
      case 0xE0 where content.starts(with: "JFIF\0".utf8): break
      case 0xE2 where content.starts(with: "ICC_PROFILE\0".utf8): break
      case 0xEE where content.starts(with: "Adobe".utf8): break
      case 0xE0...0xEF, 0xFE: continue
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
        guard content.count >= 5 else { throw .damaged }
        size = PictureSize(
          width: Int(content[3]) << 8 | Int(content[4]),
          height: Int(content[1]) << 8 | Int(content[2]))
      default: break
      }
      result += [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)]
      result += content
      if marker == 0xDA { result += try scan(&reader) }
    }
    result += [0xFF, 0xD9]
    if orientation != 1 {
      result.insert(contentsOf: exif(orientation), at: afterJFIF(result))
      if orientation >= 5, let found = size, let height = found.height {
        size = PictureSize(width: height, height: found.width)
      }
    }
    return Picture(bytes: result, suffix: "jpg", size: size)
  }

  /// The bytes of a scan, up to the next marker that is not within it.
  private static func scan(_ reader: inout PictureReader) throws(Picture.Fault) -> ArraySlice<UInt8>
  {
    let start = reader.place
    while true {
      if try reader.byte() == 0xFF {
        let next = try reader.byte()
        if next == 0xFF {
          reader.place -= 1
        } else if next != 0, !(0xD0...0xD7).contains(next) {
          reader.place -= 2
          return reader.bytes[start..<reader.place]
        }
      }
    }
  }

  /// Exif's tag 0x0112, 1 to 8, of a TIFF header; `nil` where it has none.
  private static func orientation(_ tiff: [UInt8]) -> Int? {
    let isLittle = tiff.starts(with: "II".utf8)
    func number(_ place: Int, _ width: Int) -> Int? {
      guard place >= 0, place + width <= tiff.count else { return nil }
      let bytes = tiff[place..<place + width]
      return (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let first = number(4, 4), let count = number(first, 2) else { return nil }
    for entry in 0..<min(count, 200) {
      let place = first + 2 + entry * 12
      if number(place, 2) == 0x0112, let value = number(place + 8, 2), (1...8).contains(value) {
        return value
      }
    }
    return nil
  }

  /// A segment of Exif that says which side is up, and nothing else.
  private static func exif(_ orientation: Int) -> [UInt8] {
    let tiff: [UInt8] =
      Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1]
      + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0] + [0, 0, 0, 0]
    let content = Array("Exif\0\0".utf8) + tiff
    return [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content
  }

  /// JFIF wants to be the first segment.
  private static func afterJFIF(_ bytes: [UInt8]) -> Int {
    guard bytes.count > 6, bytes[3] == 0xE0 else { return 2 }
    return 4 + (Int(bytes[4]) << 8 | Int(bytes[5]))
  }
}
