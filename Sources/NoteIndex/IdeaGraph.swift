public import Markup
public import Vault

/// What is known of the idea that a note is about.
public struct Idea: Sendable, Equatable {
  /// The note.
  public let path: NotePath
  /// Its title.
  public let title: String
  /// Its first paragraph.
  public let lead: String
  /// When the idea appeared: the front matter's `idea-date`, where that can be read.
  public let date: IdeaDate?
  /// The notes whose ideas it builds on: those that `builds-on` in the front matter names.
  public let buildsOn: [NotePath]
  /// What `builds-on` names, and no note is called.
  public let unknown: [String]

  /// Puts what is known of an idea together.
  public init(
    path: NotePath, title: String, lead: String = "", date: IdeaDate? = nil,
    buildsOn: [NotePath] = [], unknown: [String] = []
  ) {
    self.path = path
    self.title = title
    self.lead = lead
    self.date = date
    self.buildsOn = buildsOn
    self.unknown = unknown
  }
}

/// Some notes, and all that they build on.
public struct IdeaGraph: Sendable {
  /// The ideas, by their notes.
  public let ideas: [NotePath: Idea]

  /// Makes a graph of ideas.
  public init(_ ideas: [Idea]) {
    self.ideas = Dictionary(ideas.map { ($0.path, $0) }) { first, _ in first }
  }

  /// The ideas in an order in which each comes after what it builds on, and otherwise by its date.
  ///
  /// An idea without a date counts as old as the newest that it builds on; one that builds on nothing
  /// comes last. Where ideas build on each other in a circle, the earliest of them goes first. Source:
  /// Kahn, "Topological sorting of large networks" (1962), with the ideas that could come next kept in
  /// the order of their dates.
  public var order: [Idea] {
    var waits: [NotePath: Int] = [:]
    var children: [NotePath: [NotePath]] = [:]
    for idea in ideas.values {
      let parents = idea.buildsOn.filter { ideas[$0] != nil && $0 != idea.path }
      waits[idea.path] = parents.count
      for parent in parents { children[parent, default: []].append(idea.path) }
    }
    var dates = ideas.compactMapValues(\.date)
    func precedes(_ left: NotePath, _ right: NotePath) -> Bool {
      switch (dates[left], dates[right]) {
      case (let one?, let other?):
        if IdeaDate.precedes(one, other) { return true }
        if IdeaDate.precedes(other, one) { return false }
      case (_?, nil): return true
      case (nil, _?): return false
      case (nil, nil): break
      }
      return (ideas[left]?.title ?? "", left) < (ideas[right]?.title ?? "", right)
    }
    // The latest first, so that the next one is taken from the end.
    var free = waits.filter { $0.value == 0 }.keys.sorted { precedes($1, $0) }
    var order: [Idea] = []
    while order.count < ideas.count {
      if free.isEmpty {
        // All that is left waits for a circle.
        guard let first = waits.keys.min(by: precedes) else { break }
        free = [first]
      }
      let path = free.removeLast()
      guard waits.removeValue(forKey: path) != nil, let idea = ideas[path] else { continue }
      order.append(idea)
      for child in children[path] ?? [] {
        guard let left = waits[child] else { continue }
        waits[child] = left - 1
        if let date = dates[path], ideas[child]?.date == nil,
          dates[child].map({ IdeaDate.precedes($0, date) }) ?? true
        {
          dates[child] = date
        }
        if left == 1 { free.insert(child, at: free.partition { precedes($0, child) }) }
      }
    }
    return order
  }

  /// The circles in which ideas build on each other, each once, from its first note by path.
  public var cycles: [[NotePath]] {
    var found: Set<[NotePath]> = []
    var finished: Set<NotePath> = []
    for start in ideas.keys.sorted() where !finished.contains(start) {
      // A walk of its own stack: a chain of notes can be as long as the vault.
      var path: [NotePath] = [start]
      var places: [NotePath: Int] = [start: 0]
      var next: [Int] = [0]
      while let last = path.last {
        let goals = ideas[last]?.buildsOn ?? []
        let place = next[next.count - 1]
        guard place < goals.count else {
          finished.insert(last)
          places[last] = nil
          path.removeLast()
          next.removeLast()
          continue
        }
        next[next.count - 1] += 1
        let goal = goals[place]
        if let begin = places[goal] {
          found.insert(Self.fromFirst(Array(path[begin...])))
        } else if !finished.contains(goal), ideas[goal] != nil {
          places[goal] = path.count
          path.append(goal)
          next.append(0)
        }
      }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// A circle as it is told: `a.md → b.md → a.md`.
  public static func text(of circle: [NotePath]) -> String {
    (circle + circle.prefix(1)).map(\.text).joined(separator: " → ")
  }

  private static func fromFirst(_ circle: [NotePath]) -> [NotePath] {
    guard let first = circle.min(), let place = circle.firstIndex(of: first) else { return circle }
    return Array(circle[place...] + circle[..<place])
  }
}

extension [NotePath] {
  /// The first place from which on all fit, in a list of which those that do not fit come first.
  fileprivate func partition(_ fits: (NotePath) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if fits(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
