internal import Markup
internal import Synchronization

/// Notes that were read for their passages, as they were parsed: somebody who types finds the same ones
/// again with each letter.
final class KnownTexts: Sendable {
  private struct Shelf {
    var documents: [Int64: Document] = [:]
    var bytes = 0
  }

  /// What was asked for last, and what before that.
  private let shelves = Mutex((new: Shelf(), old: Shelf()))

  /// How many bytes of notes a shelf holds; parsed they take a few times as many.
  private static let mostBytes = 5_000_000

  /// What bytes with some hash are, if they are known.
  func document(hash: Int64) -> Document? {
    shelves.withLock { shelves in
      if let known = shelves.new.documents[hash] { return known }
      guard let known = shelves.old.documents[hash] else { return nil }
      Self.put(known, hash, &shelves)
      return known
    }
  }

  /// What some bytes are, with the hash of these.
  func document(_ bytes: [UInt8], hash: Int64) -> Document {
    if let known = document(hash: hash) { return known }
    let document = Document(bytes: bytes)
    shelves.withLock { Self.put(document, hash, &$0) }
    return document
  }

  private static func put(
    _ document: Document, _ hash: Int64, _ shelves: inout (new: Shelf, old: Shelf)
  ) {
    let count = document.bytes.count
    guard count <= mostBytes else { return }
    // What nobody has asked for since the shelf was begun goes.
    if shelves.new.bytes + count > mostBytes { shelves = (Shelf(), shelves.new) }
    shelves.new.documents[hash] = document
    shelves.new.bytes += count
  }
}
