internal import Markup

/// GIF (version 89a): a screen, then blocks.
enum GIF {
  /// Leaves out comments, and what programs added but for how often an animation runs.
  static func cleaned(_ file: [UInt8]) throws(Picture.Fault) -> Picture {
    var reader = PictureReader(bytes: file)
    _ = try reader.take(6)
    let size = PictureSize(width: try reader.little(2), height: try reader.little(2))
    let flags = try reader.byte()
    _ = try reader.take(2 + colours(flags))
    var result = Array(file[..<reader.place])
    while true {
      let start = reader.place
      switch try reader.byte() {
      case 0x21:
        let label = try reader.byte()
        let first = reader.place
        try skipBlocks(&reader)
        let isLoop = file[first...].starts(with: [11] + Array("NETSCAPE2.0".utf8))
        if label == 0xFE || (label == 0xFF && !isLoop) { continue }
        result += file[start..<reader.place]
      case 0x2C:
        _ = try reader.take(8)
        _ = try reader.take(colours(try reader.byte()) + 1)
        try skipBlocks(&reader)
        result += file[start..<reader.place]
      case 0x3B:
        return Picture(bytes: result + [0x3B], suffix: "gif", size: size)
      default: throw .damaged
      }
    }
  }

  /// How many bytes the table of colours has that flags tell of.
  private static func colours(_ flags: UInt8) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
  }

  private static func skipBlocks(_ reader: inout PictureReader) throws(Picture.Fault) {
    while case let count = Int(try reader.byte()), count > 0 { _ = try reader.take(count) }
  }
}
