import CGit2
import Dispatch
import Synchronization

/// An object on its way into a pack.
struct PackPiece: Sendable {
  let id: ObjectID
  let type: ObjectType
  let bytes: [UInt8]
}

/// An object in the form it has in a pack.
struct PackedPiece: Sendable {
  let id: ObjectID
  let bytes: [UInt8]
  let checksum: UInt32
}

/// Objects that are being compressed while the caller goes on to read the next.
struct PackBatch: Sendable {
  private let done = DispatchGroup()
  private let result = ResultBox()

  /// Starts compressing.
  init(_ pieces: [PackPiece]) {
    let result = result
    DispatchQueue.global().async(group: done) {
      do throws(GitError) {
        let pieces = try packed(pieces)
        result.value.withLock { $0 = .success(pieces) }
      } catch {
        result.value.withLock { $0 = .failure(error) }
      }
    }
  }

  /// Waits for the results.
  func wait() throws(GitError) -> [PackedPiece] {
    done.wait()
    return try result.value.withLock { $0 }.get()
  }

  private final class ResultBox: Sendable {
    let value = Mutex<Result<[PackedPiece], GitError>>(.success([]))
  }
}

/// Compresses objects on all processors; the results are in the order of the pieces.
///
/// Compressing is most of the work of a first snapshot, and the only part that does not depend on
/// what came before.
private func packed(_ pieces: [PackPiece]) throws(GitError) -> [PackedPiece] {
  let share = 64
  let shares = (pieces.count + share - 1) / share
  let results = Mutex<[Int: [PackedPiece]]>([:])
  let failure = Mutex<GitError?>(nil)
  DispatchQueue.concurrentPerform(iterations: shares) { number in
    do throws(GitError) {
      // Git's own effort for loose objects.
      let deflater = try Deflater(level: 1)
      var done: [PackedPiece] = []
      for piece in pieces[number * share..<min(pieces.count, (number + 1) * share)] {
        var bytes = header(piece.type, piece.bytes.count)
        try deflater.append(piece.bytes, to: &bytes)
        done.append(PackedPiece(id: piece.id, bytes: bytes, checksum: checksum(bytes)))
      }
      results.withLock { $0[number] = done }
    } catch {
      failure.withLock { $0 = error }
    }
  }
  if let error = failure.withLock({ $0 }) { throw error }
  return results.withLock { all in (0..<shares).flatMap { all[$0] ?? [] } }
}

/// The type and the size: four bits, then seven at a time, lowest first.
private func header(_ type: ObjectType, _ size: Int) -> [UInt8] {
  let number: UInt8 =
    switch type {
    case .commit: 1
    case .tree: 2
    case .blob: 3
    case .tag: 4
    }
  var bytes: [UInt8] = []
  var rest = size >> 4
  var byte = number << 4 | UInt8(size & 15)
  while rest > 0 {
    bytes.append(byte | 0x80)
    byte = UInt8(rest & 0x7F)
    rest >>= 7
  }
  bytes.append(byte)
  return bytes
}

private func checksum(_ bytes: [UInt8]) -> UInt32 {
  unsafe bytes.withUnsafeBufferPointer {
    UInt32(truncatingIfNeeded: unsafe crc32_z(0, $0.baseAddress, $0.count))
  }
}
