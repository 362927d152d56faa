import Testing

@testable import Site

@Suite("The graph of posts")
struct GraphTests {
  @Test("posts stand from the left in the order of time, and those without links are left out")
  func order() {
    let graph = PostGraph([3, 1, 2, 0, 4], links: [(1, 3), (0, 1), (0, 3)])
    #expect(graph.nodes.map(\.post) == [3, 1, 0])
    #expect(graph.nodes.map(\.column) == [0, 0, 0])
    #expect(graph.nodes[2].goals == [1, 0] && graph.nodes[0].sources == [1, 2])
  }

  @Test("every post has a place of its own, and later ones never stand before earlier ones")
  func places() {
    var generator = SystemRandomNumberGenerator()
    let count = 200
    let links = (0..<400).map { _ in
      (
        source: Int.random(in: 0..<count, using: &generator),
        goal: Int.random(in: 0..<count, using: &generator)
      )
    }
    let graph = PostGraph(Array(0..<count), links: links)
    let places = Set(graph.nodes.map { [$0.column, $0.row] })
    #expect(places.count == graph.nodes.count, "\(links)")
    #expect(graph.nodes.map(\.column) == graph.nodes.map(\.column).sorted(), "\(links)")
    #expect(graph.nodes.allSatisfy { $0.row < graph.height }, "\(links)")
    let again = PostGraph(Array(0..<count), links: links)
    #expect(again.nodes.map(\.row) == graph.nodes.map(\.row), "\(links)")
  }

  @Test("posts that are linked come to stand beside one another")
  func sweeps() {
    // Two columns of four, linked crosswise.
    let graph = PostGraph(
      Array(0..<8), links: [(4, 3), (5, 2), (6, 1), (7, 0)])
    guard graph.height < 8 else { return }
    for node in graph.nodes where node.column == 1 {
      #expect(
        node.goals.allSatisfy { graph.nodes[$0].column == 1 || graph.nodes[$0].row == node.row })
    }
  }
}
