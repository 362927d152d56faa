internal import Vault

/// Wordings of one passage.
extension PastSearch {
  /// Makes wordings of one passage one hit: the one that stands, else the best, with the others below
  /// it.
  mutating func joined(_ hits: [PastHit]) throws -> [PastHit] {
    var joined: [PastHit] = []
    for var hit in hits {
      let place = try joined.indices.first { place in
        let other = joined[place]
        guard (other.pathNow ?? other.path) == (hit.pathNow ?? hit.path),
          Self.alike(other.words, hit.words)
        else { return false }
        if try stoodTogether(&joined[place], &hit) { return false }
        return try !joined[place].wordings.indices.contains {
          try stoodTogether(&joined[place].wordings[$0], &hit)
        }
      }
      guard let place else {
        joined.append(hit)
        continue
      }
      guard hit.isStanding, !joined[place].isStanding else {
        joined[place].wordings.append(hit)
        continue
      }
      var (first, before) = (hit, joined[place])
      first.wordings = before.wordings
      before.wordings = []
      first.wordings.insert(before, at: 0)
      joined[place] = first
    }
    return joined
  }

  /// Whether a note had two passages at one time: then neither is another wording of the other.
  private mutating func stoodTogether(_ one: inout PastHit, _ other: inout PastHit) throws -> Bool {
    if one.isStanding, other.isStanding { return true }
    one.spans = try spans(of: one)
    other.spans = try spans(of: other)
    // What is not saved yet comes after all that is.
    func start(_ span: PastHit.Span) -> Int64 {
      span.appeared?.place ?? (span.vanished == nil ? .max : 0)
    }
    return one.spans.contains { a in
      other.spans.contains { b in
        start(a) < b.vanished?.place ?? .max && start(b) < a.vanished?.place ?? .max
      }
    }
  }

  /// Whether half of all words are in both.
  private static func alike(_ left: Set<String>, _ right: Set<String>) -> Bool {
    2 * left.intersection(right).count >= left.union(right).count
  }
}
