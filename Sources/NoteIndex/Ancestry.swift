internal import GRDB

/// Which snapshots of the history's index came from which.
struct Ancestry {
  /// The first parent of each, by its row; 0 where there is none.
  private var first: [Int64] = []
  private var others: [Int64: [Int64]] = [:]

  init(_ db: Database) throws {
    let rows = try Row.fetchCursor(db, sql: "SELECT snapshot, parent FROM parent")
    while let row = try rows.next() { add(row[1], of: row[0]) }
  }

  /// Takes in that one snapshot was made of another.
  mutating func add(_ parent: Int64, of snapshot: Int64) {
    guard let place = Int(exactly: snapshot), place >= 0 else { return }
    if place >= first.count {
      first += [Int64](repeating: 0, count: place + 1 - first.count)
    }
    if first[place] == 0 {
      first[place] = parent
    } else {
      others[snapshot, default: []].append(parent)
    }
  }

  /// Whether a snapshot is another one, or came before it.
  func leads(_ old: Int64, to new: Int64) -> Bool {
    var left = [new]
    var merges: Set<Int64> = []
    while var row = left.popLast() {
      // No row is smaller than its parents'.
      while row > old, row < first.count {
        if let more = others[row] {
          guard merges.insert(row).inserted else { break }
          left += more
        }
        row = first[Int(row)]
      }
      if row == old { return true }
    }
    return false
  }
}

/// What the order of snapshots goes by, which is the same in whatever order they came in: no snapshot goes
/// before its parents.
struct SnapshotOrder: Comparable {
  /// When it was made, or one of those that it came from, if that was later by the clocks.
  var latest: Int64
  /// How many lie one behind the other before it.
  var generation: Int64
  let name: String

  static func < (left: SnapshotOrder, right: SnapshotOrder) -> Bool {
    (left.latest, left.generation, left.name) < (right.latest, right.generation, right.name)
  }
}
