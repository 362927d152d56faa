// Footnotes and reference links that one side numbered anew.

extension NamedDefinitions {
  /// The three texts with the numbers that one side gave to what the first text defines; nil where
  /// neither gave such a name to something else.
  ///
  /// A footnote put in before all others moves every number by one. The other side's marks were
  /// written with the old numbers, and would lead to the wrong text under the new ones.
  static func asRenumbered(_ documents: [Document]) -> [Document]? {
    var result = documents
    var isRenumbered = false
    for isFootnote in [true, false] {
      let base = DefinedNames(of: result[0], areFootnotes: isFootnote)
      if base.defined.isEmpty { continue }
      let names =
        [base] + result.dropFirst().map { DefinedNames(of: $0, areFootnotes: isFootnote) }
      let sides = names.dropFirst().map { Renumbering(base, $0) }
      guard let side = sides.firstIndex(where: \.givesOldNames) else { continue }
      let other = 1 - side
      var taken = names.reduce(into: Set<String>()) { $0.formUnion($1.defined + $1.used) }
      var old = sides[side].new
      for name in sides[side].retired { old[name] = free(name, &taken) }
      let kept = Set(base.defined.map { old[$0] ?? $0 })
      var others: [String: String] = [:]
      // What the first text calls what the other side calls so.
      var origins = Dictionary(
        sides[other].new.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      for name in base.defined where sides[other].new[name] == nil && origins[name] == nil {
        origins[name] = name
      }
      for name in names[other + 1].defined {
        if let origin = origins[name] {
          others[name] = old[origin] ?? origin
        } else if kept.contains(name) {
          others[name] = free(name, &taken)
        }
      }
      guard let oldText = base.renamed(old), let theirs = names[other + 1].renamed(others) else {
        continue
      }
      result[0] = Document(bytes: oldText)
      result[other + 1] = Document(bytes: theirs)
      isRenumbered = true
    }
    return isRenumbered ? result : nil
  }
}

/// What a side calls what the first text defines.
private struct Renumbering {
  /// The new name of each old one that is known again.
  private(set) var new: [String: String] = [:]
  /// Old names that are something else's now, of what the side took away.
  let retired: [String]
  /// Whether an old name is now something else's.
  let givesOldNames: Bool

  /// The most pairs of texts that are compared by their words.
  private static let mostPairs = 1_000

  init(_ base: DefinedNames, _ side: DefinedNames) {
    let (old, now) = (base.texts, side.texts)
    var rest = Set(base.defined)
    var free = Set(side.defined)
    for (text, names) in old {
      // Several that say the same, such as "ibid.", are told apart by their order.
      guard let found = now[text], found.count == names.count else { continue }
      for (name, other) in zip(names, found) {
        new[name] = other
        rest.remove(name)
        free.remove(other)
      }
    }
    for name in rest where free.contains(name) && base.isAlike(name, side, name) {
      new[name] = name
      rest.remove(name)
      free.remove(name)
    }
    for name in rest.sorted() where rest.count <= Self.mostPairs / max(1, free.count) {
      let alike = free.filter { base.isAlike(name, side, $0) }
      guard alike.count == 1, let other = alike.first else { continue }
      new[name] = other
      free.remove(other)
    }
    let names = new
    let given = Set(names.values)
    retired = base.defined.filter {
      names[$0] == nil && (given.contains($0) || side.definesAnew($0, of: base))
    }
    let defined = Set(side.defined)
    givesOldNames = !retired.isEmpty || names.contains { $0 != $1 && defined.contains($0) }
  }
}

/// The names that a text defines, and where it has them.
struct DefinedNames {
  private let document: Document
  /// Where names stand, without brackets.
  private var places: [(range: Range<Int>, name: String)] = []
  /// The names that are also words of the text, as in `[name]`.
  private var shown: Set<String> = []
  private var definitions: [String: NamedDefinitions.Definition] = [:]
  /// The names in the order in which they are defined.
  private(set) var defined: [String] = []

  init(of document: Document, areFootnotes: Bool) {
    self.document = document
    for definition in NamedDefinitions(document).all
    where definition.isFootnote == areFootnotes && definitions[definition.name] == nil {
      definitions[definition.name] = definition
      defined.append(definition.name)
    }
    guard !definitions.isEmpty else { return }
    if areFootnotes {
      for footnote in document.footnotes {
        add(footnote.range.lowerBound + 2..<end(after: footnote.range.lowerBound))
      }
    } else {
      for definition in document.definitions { add(definition.referenceRange) }
      for link in document.links where !link.range.contains(link.targetRange.lowerBound) {
        addReference(link.range)
      }
    }
  }

  /// The names that are used, defined or not.
  var used: [String] { places.map(\.name) }

  /// The names of each text, in order.
  var texts: [[UInt8]: [String]] {
    Dictionary(grouping: defined) { definitions[$0]?.said ?? [] }
  }

  func isAlike(_ name: String, _ other: DefinedNames, _ otherName: String) -> Bool {
    guard let one = definitions[name], let two = other.definitions[otherName] else { return false }
    return NamedDefinitions.isAlike(
      document.bytes[one.text..<one.lines.upperBound],
      other.document.bytes[two.text..<two.lines.upperBound])
  }

  /// Whether a name is defined here, and stands nowhere where it stood in another text: then it is
  /// another thing's, and not the same with other words.
  func definesAnew(_ name: String, of other: DefinedNames) -> Bool {
    definitions[name] != nil && lines(with: name).isDisjoint(with: other.lines(with: name))
  }

  private func lines(with name: String) -> Set<ArraySlice<UInt8>> {
    let bytes = document.bytes
    let text = places.filter {
      $0.name == name && definitions[name]?.lines.contains($0.range.lowerBound) != true
    }
    return Set(
      text.map { bytes[bytes.lineStart(of: $0.range.lowerBound)...].prefix { $0 != .newline } })
  }

  /// The text with other names; nil where one of them is also a word of the text.
  func renamed(_ new: [String: String]) -> [UInt8]? {
    var bytes: [UInt8] = []
    var done = 0
    for place in places.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      guard let name = new[place.name], name != place.name else { continue }
      if shown.contains(place.name) { return nil }
      bytes += document.bytes[done..<place.range.lowerBound] + name.utf8
      done = place.range.upperBound
    }
    return bytes + document.bytes[done...]
  }

  private mutating func add(_ range: Range<Int>) {
    places.append((range, NamedDefinitions.folded(document.bytes[range])))
  }

  /// `[words][name]`, `[name][]` or `[name]`.
  private mutating func addReference(_ range: Range<Int>) {
    let text = document.bytes[range]
    guard text.last == UInt8(ascii: "]"), let open = text.lastIndex(of: UInt8(ascii: "["))
    else { return }
    let isFull = open > range.lowerBound && text[open - 1] == UInt8(ascii: "]")
    if isFull, open + 1 < range.upperBound - 1 {
      add(open + 1..<range.upperBound - 1)
    } else {
      let words = text[..<(isFull ? open : range.upperBound)].drop { $0 == UInt8(ascii: "!") }
      shown.insert(NamedDefinitions.folded(words.dropFirst().dropLast()))
    }
  }

  private func end(after start: Int) -> Int {
    document.bytes[start...].firstIndex(of: UInt8(ascii: "]")) ?? document.bytes.count
  }
}
