/// What two sides made of one text, put together as prose: by keys of the front matter, by blocks,
/// by sentences and by words; never by guessing.
///
/// It is the same whichever side is called ours. Where the sides cannot both be right, the text has
/// a conflict, and either side's words can be taken there.
public struct TextMerge: Sendable, Hashable {
  /// A place where both sides cannot be right.
  public struct Conflict: Sendable, Hashable {
    /// What both began with.
    public let base: [UInt8]
    /// What one side has there.
    public let ours: [UInt8]
    /// What the other has there.
    public let theirs: [UInt8]
  }

  /// A stretch of the result.
  public enum Part: Sendable, Hashable {
    /// What was merged, or that nobody changed.
    case settled([UInt8])
    /// What is for a person to decide.
    case conflict(Conflict)
  }

  /// One of the two texts that are merged.
  public enum Side: Sendable {
    /// The first.
    case ours
    /// The second.
    case theirs
  }

  /// The result in order.
  public internal(set) var parts: [Part] = []

  /// The places that are for a person to decide.
  public var conflicts: [Conflict] {
    parts.compactMap { if case .conflict(let conflict) = $0 { conflict } else { nil } }
  }

  /// Whether nothing is left to decide.
  public var isClean: Bool { conflicts.isEmpty }

  /// The whole text, with one side's words where a person has to decide.
  public func text(_ side: Side) -> [UInt8] {
    parts.flatMap { part -> [UInt8] in
      switch part {
      case .settled(let bytes): bytes
      case .conflict(let conflict): side == .ours ? conflict.ours : conflict.theirs
      }
    }
  }

  /// The whole text, with what both began with where a person has to decide.
  public var textBefore: [UInt8] {
    parts.flatMap { part -> [UInt8] in
      switch part {
      case .settled(let bytes): bytes
      case .conflict(let conflict): conflict.base
      }
    }
  }

  /// The same with the sides exchanged.
  private var exchanged: TextMerge {
    var merge = self
    merge.parts = parts.map { part in
      guard case .conflict(let conflict) = part else { return part }
      return .conflict(
        Conflict(base: conflict.base, ours: conflict.theirs, theirs: conflict.ours))
    }
    return merge
  }

  mutating func add(_ bytes: some Collection<UInt8>) {
    guard !bytes.isEmpty else { return }
    if case .settled(var last)? = parts.last {
      // Held once, it grows where it is; a copy for each piece would be quadratic.
      parts[parts.count - 1] = .settled([])
      last += bytes
      parts[parts.count - 1] = .settled(last)
    } else {
      parts.append(.settled(Array(bytes)))
    }
  }
}

extension TextMerge {
  /// Merges two texts that began as one; `base` is empty where both sides made the note.
  public init(base: [UInt8], ours: [UInt8], theirs: [UInt8]) {
    if ours == theirs || theirs == base {
      add(ours)
      return
    }
    if ours == base {
      add(theirs)
      return
    }
    if let texts = LineEnds.made(alike: [base, ours, theirs]) {
      self = TextMerge(base: texts[0], ours: texts[1], theirs: texts[2])
      return
    }
    // Comparing two texts is not symmetric in its last details, so the sides have an order of their
    // own here: whose they are makes no difference then.
    if theirs.lexicographicallyPrecedes(ours) {
      self = TextMerge(base: base, ours: theirs, theirs: ours).exchanged
      return
    }
    var documents = [base, ours, theirs].map { Document(bytes: $0) }
    documents = NamedDefinitions.asRenumbered(documents) ?? documents
    if let renamed = NamedDefinitions.apart(
      base: documents[0], other: documents[1], renamed: documents[2])
    {
      documents[2] = Document(bytes: renamed)
    }
    var interning = Interning()
    var bodies = [0, 0, 0]
    if let matter = FrontmatterMerge.merge(
      documents[0], documents[1], documents[2], interning: interning)
    {
      parts = matter.parts
      bodies = documents.map(\.body.lowerBound)
    } else if let matter = TOMLMerge.merge(documents, interning: interning) {
      parts = matter.merge.parts
      bodies = matter.bodies
    }
    let head = parts
    let units = documents.indices.map { index in
      MergeUnits(documents[index], id: index, body: bodies[index], interning: &interning)
    }
    let body = BlockMerge.merge(units[0], units[1], units[2], interning: interning)
    for part in body.parts {
      if case .settled(let bytes) = part { add(bytes) } else { parts.append(part) }
    }
    askAboutNames(documents[0], documents[1], documents[2])
    if isTorn(documents[1], documents[2]) || isLacking(documents, bodies, &interning) {
      parts = head + Self.question(zip(documents, bodies).map { $0.bytes[$1...] })
    }
  }

  private func isTorn(_ ours: Document, _ theirs: Document) -> Bool {
    guard LineKinds.reachesFar(ours) || LineKinds.reachesFar(theirs) else { return false }
    let (mine, other) = (LineKinds(ours), LineKinds(theirs))
    return Set([text(.ours), text(.theirs)]).contains {
      LineKinds.areTorn(in: Document(bytes: $0), mine, other)
    }
  }

  /// Whether one of the two answers lacks words that its side has and the other left: what a side edited
  /// where the other moved it into a place that is asked about, or away from there, is on neither side
  /// of that question.
  private func isLacking(
    _ documents: [Document], _ bodies: [Int], _ interning: inout Interning
  ) -> Bool {
    if isClean { return false }
    let texts = zip(documents, bodies).map { $0.bytes[$1...] }
    return [(Side.ours, 1, 2), (.theirs, 2, 1)].contains { side, own, other in
      let answer = text(side)
      let start = Frontmatter(of: answer)?.range.upperBound ?? 0
      return WordBalance.lacks(
        base: texts[0], ours: texts[own], theirs: texts[other], merged: answer[start...],
        &interning)
    }
  }

  /// Three whole texts as one question.
  private static func question(_ texts: [ArraySlice<UInt8>]) -> [Part] {
    let ends = texts.map { $0.last == .newline ? $0.dropLast() : $0 }
    let conflict = Conflict(base: Array(ends[0]), ours: Array(ends[1]), theirs: Array(ends[2]))
    return [.conflict(conflict), .settled([.newline])]
  }
}
