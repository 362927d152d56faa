// Where what was merged is made a question after all, and how a question is put.
extension BlockMerge {
  /// Makes a question of each place where a unit would be a part of what it is a part of on neither
  /// side.
  func askAboutHolders(_ rows: inout [Outcome]) {
    var check = HolderCheck(self)
    for index in rows.indices {
      guard let first = check.add(rows[index].pieces, at: index) else { continue }
      let range = rows[first].whole.lowerBound...rows[index].whole.upperBound
      let question = withGap(question(whole(range)))
      for row in range { rows[row] = Outcome(pieces: [], whole: range, isAsked: true) }
      rows[index].pieces = [question]
      check.replace(range, by: question)
    }
  }

  /// Makes a question of where something stood, too, that one side moved into a question and the other
  /// left, and of where something stands now that one side moved out of a question.
  ///
  /// Else an answer would have it nowhere, or twice.
  ///
  /// - Returns: whether there was such a place.
  func askAboutMoved(_ rows: inout [Outcome]) -> Bool {
    var waiting = rows.indices.filter { rows[$0].isAsked }
    var isFound = false
    while let index = waiting.popLast() {
      let places =
        oldPlaces(ofMovedTo: stretches[index]) + newPlaces(ofMovedFrom: stretches[index])
      for place in places where !rows[place].isAsked {
        waiting += ask(at: place, &rows)
        isFound = true
      }
    }
    return isFound
  }

  /// Makes a question of where something is back that one side took away, and of where each side has
  /// what would be gone from its answer then.
  ///
  /// - Returns: whether there was such a place.
  func askAboutBack(_ back: inout BroughtBack, _ rows: inout [Outcome]) -> Bool {
    let wrong = back.wrong(in: rows.map(\.pieces), of: self)
    let places = wrong.rows.union(wrong.ours.map { ourStretch[$0] })
      .union(wrong.theirs.map { theirStretch[$0] }).filter { !rows[$0].isAsked }
    for place in places.sorted() where !rows[place].isAsked { ask(at: place, &rows) }
    return !places.isEmpty
  }

  /// Makes one question of a row, and of those that it was made of together with.
  ///
  /// - Returns: these rows.
  @discardableResult
  private func ask(at place: Int, _ rows: inout [Outcome]) -> ClosedRange<Int> {
    let range = rows[place].whole
    for row in range { rows[row] = Outcome(pieces: [], whole: range, isAsked: true) }
    rows[range.upperBound].pieces = [question(whole(range))]
    return range
  }

  /// The stretches in which one side has what the other moved to this one.
  private func oldPlaces(ofMovedTo stretch: Stretch) -> [Int] {
    let mine = stretch.ours.map { our.movedFrom[$0] }.filter { $0 >= 0 && their.place[$0] >= 0 }
    let other = stretch.theirs.map { their.movedFrom[$0] }.filter { $0 >= 0 && our.place[$0] >= 0 }
    return mine.map { theirStretch[their.place[$0]] } + other.map { ourStretch[our.place[$0]] }
  }

  /// The stretches to which one side moved what the other has in this one.
  private func newPlaces(ofMovedFrom stretch: Stretch) -> [Int] {
    let mine = stretch.base.filter { our.movedTo[$0] >= 0 && their.place[$0] >= 0 }
    let other = stretch.base.filter { their.movedTo[$0] >= 0 && our.place[$0] >= 0 }
    return mine.map { ourStretch[our.movedTo[$0]] } + other.map { theirStretch[their.movedTo[$0]] }
  }

  /// A question with the most blank lines before it that a text has there.
  private func withGap(_ question: Piece) -> Piece {
    func gap(_ units: MergeUnits, _ index: Int) -> ArraySlice<UInt8>? {
      index > 0 ? units.separator(after: index - 1) : nil
    }
    let first = question.first
    let gaps = [gap(base, first.base), gap(ours, first.ours), gap(theirs, first.theirs)]
    var question = question
    question.gap = gaps.compactMap { $0 }.max { $0.count < $1.count }
    return question
  }

  func question(_ stretch: Stretch) -> Piece {
    piece(
      .conflict(
        TextMerge.Conflict(
          base: Array(base.bytes[range(base, stretch.base)]),
          ours: Array(ours.bytes[range(ours, stretch.ours)]),
          theirs: Array(theirs.bytes[range(theirs, stretch.theirs)]))), stretch)
  }

  /// A question about units that both sides have at one place, where there is no base.
  func question(_ mine: some Collection<Int>, _ other: some Collection<Int>) -> Piece {
    func range(_ units: some Collection<Int>) -> Range<Int> {
      units.first.map { $0..<$0 + units.count } ?? 0..<0
    }
    return question(
      Stretch(base: 0..<0, ours: range(mine), theirs: range(other), isShared: false))
  }

  func piece(_ part: TextMerge.Part, _ stretch: Stretch) -> Piece {
    func after(_ units: MergeUnits, _ range: Range<Int>) -> ArraySlice<UInt8> {
      range.isEmpty ? [] : units.separator(after: range.upperBound - 1)
    }
    let isLast =
      stretch.ours.upperBound == ours.all.count && stretch.theirs.upperBound == theirs.all.count
    return Piece(
      part: part,
      after: Self.changed(
        after(base, stretch.base), after(ours, stretch.ours), after(theirs, stretch.theirs)),
      isLast: isLast,
      first: Place(
        base: stretch.base.first ?? -1, ours: stretch.ours.first ?? -1,
        theirs: stretch.theirs.first ?? -1),
      last: Place(
        base: stretch.base.last ?? -1, ours: stretch.ours.last ?? -1,
        theirs: stretch.theirs.last ?? -1))
  }
}
