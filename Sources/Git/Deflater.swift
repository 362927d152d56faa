import CGit2

/// Compresses one object after another with the same working memory.
@safe struct Deflater: ~Copyable {
  private let stream: UnsafeMutablePointer<z_stream>

  /// Makes one for a level of effort, 1 to 9.
  init(level: Int32) throws(GitError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe deflateInit_(stream, level, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    // The owner's deinit runs only for one that was made whole; a stream that failed holds nothing.
    guard code == Z_OK else {
      unsafe stream.deallocate()
      throw GitError("compress", .other, "zlib failed with \(code)")
    }
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Appends the compressed form of some bytes.
  func append(_ bytes: [UInt8], to output: inout [UInt8]) throws(GitError) {
    guard unsafe deflateReset(stream) == Z_OK, bytes.count < Int(UInt32.max) else {
      throw GitError("compress", .tooLarge, "it is too large")
    }
    let bound = Int(unsafe deflateBound(stream, UInt(bytes.count)))
    let start = output.count
    output.append(contentsOf: repeatElement(0, count: bound))
    let code = unsafe bytes.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { room in
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.pointee.avail_in = UInt32(input.count)
        unsafe stream.pointee.next_out = room.baseAddress.map { unsafe $0 + start }
        unsafe stream.pointee.avail_out = UInt32(clamping: bound)
        return unsafe deflate(stream, Z_FINISH)
      }
    }
    guard code == Z_STREAM_END else { throw GitError("compress", .other, "zlib failed: \(code)") }
    output.removeLast(Int(unsafe stream.pointee.avail_out))
  }
}
