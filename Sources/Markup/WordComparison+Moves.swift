// Which block went at one place and came at another.
extension WordComparison {
  /// A block with fewer words than this is not looked for with some of them changed.
  private static let fewestAlikeWords = 10
  /// The share of words that a block has to keep to have moved, where they are not all the same.
  private static let movedLikeness = 0.7

  /// Whether a block that went and came is the same: it says enough, or there is no other of its
  /// words.
  private func isKnownAgain(_ piece: DiffPieces.Piece) -> Bool {
    piece.isTelling || isSingle(piece) && piece.words > 0
  }

  /// Takes a block that went at one place and came at another for one that moved.
  mutating func joinMoved() {
    var leavers: [[Int32]: [(block: Int, piece: Int)]] = [:]
    for place in removed.reversed() where isKnownAgain(old.all[place.piece]) {
      leavers[old.all[place.piece].numbers, default: []].append(place)
    }
    guard !leavers.isEmpty else { return }
    var gone: Set<Int> = []
    var rest: [(block: Int, piece: Int)] = []
    for place in added where isKnownAgain(new.all[place.piece]) {
      if let from = leavers[new.all[place.piece].numbers]?.popLast(),
        old.all[from.piece].form == new.all[place.piece].form
      {
        move(from, to: place)
        gone.insert(from.block)
      } else {
        rest.append(place)
      }
    }
    joinAlike(rest, &gone)
    guard !gone.isEmpty else { return }
    blocks = blocks.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
  }

  private mutating func joinAlike(_ rest: [(block: Int, piece: Int)], _ gone: inout Set<Int>) {
    var left = removed.filter {
      !gone.contains($0.block) && old.all[$0.piece].words >= Self.fewestAlikeWords
    }
    guard !left.isEmpty, rest.count <= Self.mostPairs / left.count else { return }
    let bags = Dictionary(
      uniqueKeysWithValues: left.map { ($0.piece, bag(old.all[$0.piece])) })
    for place in rest {
      let words = bag(new.all[place.piece])
      let best = left.map { alike(bags[$0.piece] ?? [], words) }.enumerated()
        .max { $0.element < $1.element }
      guard let best, best.element >= Self.movedLikeness,
        old.all[left[best.offset].piece].form == new.all[place.piece].form
      else { continue }
      move(left[best.offset], to: place)
      gone.insert(left.remove(at: best.offset).block)
      if left.isEmpty { return }
    }
  }

  private mutating func move(
    _ from: (block: Int, piece: Int), to place: (block: Int, piece: Int)
  ) {
    blocks[place.block] = compared(
      from.piece..<from.piece + 1, place.piece..<place.piece + 1, .moved)
  }
}
