import CGit2

/// Unfolds what zlib compressed, a piece at a time.
@safe struct Inflater: ~Copyable {
  /// How far it is.
  enum State {
    /// There may be more.
    case goesOn
    /// All is unfolded.
    case ended
    /// More was to come, and the bytes are at their end.
    case cutOff
    /// Zlib has not written this.
    case damaged
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private let input: [UInt8]
  private var used = 0
  private(set) var state = State.goesOn

  /// Starts at the first of some bytes.
  init(_ input: [UInt8]) {
    self.input = input
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if code != Z_OK { state = .damaged }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Fills room with what comes next, and returns how many bytes that are: fewer only where it ends.
  mutating func fill(_ room: UnsafeMutableRawBufferPointer) -> Int {
    guard let start = room.baseAddress else { return 0 }
    var done = 0
    while state == .goesOn, done < room.count {
      let given = UInt32(clamping: input.count - used)
      let free = UInt32(clamping: room.count - done)
      let code = unsafe input.withUnsafeBufferPointer { input in
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress.map { unsafe $0 + used })
        unsafe stream.pointee.avail_in = given
        unsafe stream.pointee.next_out = (start + done).assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = free
        return unsafe inflate(stream, Z_SYNC_FLUSH)
      }
      let taken = Int(given - (unsafe stream.pointee.avail_in))
      let made = Int(free - (unsafe stream.pointee.avail_out))
      used += taken
      done += made
      switch code {
      case Z_STREAM_END: state = .ended
      case Z_OK, Z_BUF_ERROR:
        let isStuck = taken == 0 && made == 0
        if isStuck || used == input.count && made < Int(free) { state = .cutOff }
      default: state = .damaged
      }
    }
    return done
  }

  /// The next bytes, of which there may be fewer.
  mutating func next(_ count: Int) -> [UInt8] {
    var made = 0
    var bytes = [UInt8](repeating: 0, count: count)
    unsafe bytes.withUnsafeMutableBytes { made = unsafe fill($0) }
    return Array(bytes.prefix(made))
  }
}
