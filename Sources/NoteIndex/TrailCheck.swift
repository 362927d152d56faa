internal import Markup
internal import Vault

extension Trail {
  /// Where the trail's order and what its notes say of themselves do not go together.
  ///
  /// `graph` holds its notes and all that they build on.
  public func findings(_ graph: IdeaGraph) -> [Finding] {
    let own = Set(notes.map(\.path))
    var findings =
      steps.flatMap { problems($0, own) } + repeated + outOfOrder + graph.cycles.map(finding)
    findings += notes.flatMap { contradictions($0, graph) }
    return findings.sorted()
  }

  private var notes: [Idea] {
    var seen: Set<NotePath> = []
    return steps.compactMap(\.idea).filter { seen.insert($0.path).inserted }
  }

  private func finding(_ line: Int, _ kind: Finding.Kind, _ message: String) -> Finding {
    Finding(path: path, line: line, kind: kind, message: message)
  }

  /// What a step lacks by itself; `own` are the notes of all steps.
  private func problems(_ step: Step, _ own: Set<NotePath>) -> [Finding] {
    guard let idea = step.idea else {
      return [finding(step.line, .brokenLink, "no note or file '\(step.link.target)'")]
    }
    var found: [Finding] = []
    for goal in idea.buildsOn where !own.contains(goal) {
      found.append(
        finding(step.line, .missingAncestor, "\(idea.path) builds on \(goal), which is no step"))
    }
    for name in idea.unknown {
      found.append(
        finding(step.line, .missingAncestor, "\(idea.path) builds on '\(name)', which is no note"))
    }
    if idea.date == nil {
      found.append(
        finding(step.line, .noIdeaDate, "\(idea.path) has no idea-date that can be read"))
    }
    if step.text.isEmpty {
      found.append(
        finding(step.line, .wordlessStep, "nothing says what \(idea.path) answered and left open"))
    }
    return found
  }

  /// Steps that lead where an earlier one led; another version or another passage is another step.
  private var repeated: [Finding] {
    var seen: [[String?]: Int] = [:]
    return steps.compactMap { step in
      guard let path = step.link.note else { return nil }
      let goal = [path.text, step.link.pin, step.link.anchor]
      guard let line = seen[goal] else {
        seen[goal] = step.line
        return nil
      }
      let name = path.text + (step.link.pin.map { "@\($0)" } ?? "")
      return finding(step.line, .repeatedStep, "\(name) is the step of line \(line) already")
    }
  }

  /// Steps that come too late: behind one that builds on them, or behind one whose idea is newer.
  private var outOfOrder: [Finding] {
    var found: [Finding] = []
    var seen: Set<NotePath> = []
    // The earlier steps that build on a note.
    var builders: [NotePath: [NotePath]] = [:]
    var newest: Idea?
    for step in steps {
      guard let idea = step.idea, seen.insert(idea.path).inserted else { continue }
      let children = builders[idea.path] ?? []
      for child in children {
        found.append(
          finding(step.line, .outOfOrder, "\(idea.path) comes after \(child), which builds on it"))
      }
      if let date = idea.date, let last = newest, let reached = last.date {
        if date.isBefore(reached), !children.contains(last.path) {
          found.append(
            finding(
              step.line, .outOfOrder,
              "\(idea.path) (\(date.text)) comes after \(last.path) (\(reached.text))"))
        }
      }
      if let date = idea.date, newest?.date.map({ $0.isBefore(date) }) ?? true { newest = idea }
      for goal in Set(idea.buildsOn) { builders[goal, default: []].append(idea.path) }
    }
    return found
  }

  private func finding(_ circle: [NotePath]) -> Finding {
    Finding(
      path: circle.first ?? path, line: 0, kind: .cycle,
      message: "builds on itself: \(IdeaGraph.text(of: circle))")
  }

  /// What builds on something newer, if only through ideas that have no date.
  private func contradictions(_ idea: Idea, _ graph: IdeaGraph) -> [Finding] {
    guard let date = idea.date else { return [] }
    return idea.buildsOn.compactMap { goal in
      guard let newest = graph.newest(from: goal), let other = newest.date, date.isBefore(other)
      else { return nil }
      let way =
        newest.path == goal
        ? "\(goal), which it builds on," : "\(newest.path), which it builds on through \(goal),"
      return Finding(
        path: idea.path, line: 0, kind: .outOfOrder,
        message: "its idea-date is \(date.text), and \(way) is of \(other.text)")
    }
  }
}

extension IdeaGraph {
  /// What an idea has its date from: itself, or where it has none the newest that it builds on; `nil`
  /// where none of them has a date.
  fileprivate func newest(from start: NotePath) -> Idea? {
    var newest: Idea?
    var seen: Set<NotePath> = [start]
    var left = [start]
    while let idea = left.popLast().flatMap({ ideas[$0] }) {
      guard let date = idea.date else {
        left += idea.buildsOn.filter { ideas[$0] != nil && seen.insert($0).inserted }
        continue
      }
      if newest?.date.map({ IdeaDate.precedes($0, date) }) ?? true { newest = idea }
    }
    return newest
  }
}
