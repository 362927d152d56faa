/// The elements of HTML, comments and boxes that are open at a place of a text.
///
/// How many there are of a name is kept, so that ends which end nothing cost no look at all that is open.
struct OpenElements {
  private var all: [(name: String, unit: Int)] = []
  private var counts: [String: Int] = [:]

  func isOpen(_ name: String) -> Bool { counts[name] ?? 0 > 0 }

  /// One begins in a unit.
  mutating func open(_ name: String, at unit: Int) {
    all.append((name, unit))
    counts[name, default: 0] += 1
  }

  /// Ends the innermost of those that have one of some names, and with it what was opened in it.
  ///
  /// - Returns: the unit in which it began; `nil` where none is open.
  mutating func close(_ names: [String]) -> Int? {
    guard names.contains(where: isOpen),
      let last = all.lastIndex(where: { names.contains($0.name) })
    else { return nil }
    let unit = all[last].unit
    for element in all[last...] { counts[element.name, default: 0] -= 1 }
    all.removeSubrange(last...)
    return unit
  }
}
