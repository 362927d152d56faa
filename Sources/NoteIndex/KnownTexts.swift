internal import Markup
internal import Synchronization

/// Notes that were read for their passages, as they were parsed: somebody who types finds the same ones
/// again with each letter.
final class KnownTexts: Sendable {
  private struct State {
    var documents: [Int64: Document] = [:]
    var bytes = 0
  }

  private let state = Mutex(State())

  /// How many bytes of notes are kept; parsed they take a few times as many.
  private static let mostBytes = 2_000_000

  /// What bytes with some hash are, if they are known.
  func document(hash: Int64) -> Document? { state.withLock { $0.documents[hash] } }

  /// What some bytes are, with the hash of these.
  func document(_ bytes: [UInt8], hash: Int64) -> Document {
    if let known = document(hash: hash) { return known }
    let document = Document(bytes: bytes)
    state.withLock { state in
      if state.bytes + bytes.count > Self.mostBytes { state = State() }
      guard bytes.count <= Self.mostBytes else { return }
      state.documents[hash] = document
      state.bytes += bytes.count
    }
    return document
  }
}
