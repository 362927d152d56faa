import Markup
import NoteIndex
import TestSupport
import Testing
import Vault

@Suite struct IdeaGraphTests {
  private func idea(_ name: String, _ date: String? = nil, on parents: [String] = []) throws -> Idea
  {
    Idea(
      path: try NotePath(name + ".md"), title: name, date: date.flatMap { IdeaDate($0) },
      buildsOn: try parents.map { try NotePath($0 + ".md") })
  }

  private func order(_ ideas: [Idea]) -> [String] { IdeaGraph(ideas).order.map(\.path.stem) }

  @Test("what is older comes first, and what is built on before that, whatever its date")
  func dates() throws {
    #expect(
      order([
        try idea("c", "2011", on: ["b"]), try idea("a", "1908"), try idea("b", "2005"),
        try idea("late-root", "2020"), try idea("odd", "1800", on: ["late-root"]),
      ]) == ["a", "b", "c", "late-root", "odd"])
  }

  @Test("without a date an idea is as old as the newest that it builds on, or comes last")
  func dateless() throws {
    #expect(
      order([
        try idea("loose"), try idea("x", on: ["b"]), try idea("a", "1908"), try idea("b", "2005"),
        try idea("c", "2011"),
      ]) == ["a", "b", "x", "c", "loose"])
  }

  @Test(
    "a circle is told once, from its first note, and does not keep the others from being sorted")
  func circles() throws {
    let ideas = [
      try idea("a", "1900", on: ["c"]), try idea("b", "1910", on: ["a"]),
      try idea("c", "1920", on: ["b"]), try idea("d", "1890"), try idea("e", "1930", on: ["c"]),
      try idea("self", "1940", on: ["self"]),
    ]
    #expect(
      IdeaGraph(ideas).cycles.map { $0.map(\.stem) } == [["a", "c", "b"], ["self"]])
    #expect(order(ideas) == ["d", "self", "a", "b", "c", "e"])
  }

  @Test(
    "any graph is sorted whole, and without circles each after what it builds on", arguments: 0..<60
  )
  func random(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let count = 1 + random.below(40)
    let ideas = try (0..<count).map { number in
      let parents = (0..<random.below(4)).map { _ in random.below(max(1, number)) }
      return try idea(
        "n\(number)", random.below(3) == 0 ? nil : "\(1_900 + random.below(30))",
        on: number == 0 ? [] : parents.map { "n\($0)" })
    }
    let graph = IdeaGraph(ideas)
    let order = graph.order
    #expect(order.count == count)
    #expect(graph.cycles.isEmpty)
    var done: Set<NotePath> = []
    for idea in order {
      #expect(idea.buildsOn.allSatisfy(done.contains))
      done.insert(idea.path)
    }
  }

  @Test("a chain as long as a vault overflows no stack")
  func chain() throws {
    let ideas = try (0..<100_000).map { try idea("n\($0)", on: $0 == 0 ? [] : ["n\($0 - 1)"]) }
    let graph = IdeaGraph(ideas)
    #expect(graph.order.first?.path.stem == "n0")
    #expect(graph.order.last?.path.stem == "n99999")
    #expect(graph.cycles.isEmpty)
  }
}
