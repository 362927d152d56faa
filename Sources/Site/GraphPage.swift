internal import Markup

/// How the posts hang together: a drawing that reads from the left, the oldest, to the right.
struct PostGraph: Sendable {
  /// A post that links or is linked to.
  struct Node: Sendable {
    let post: Int
    /// The posts that it links to, as places among the nodes.
    var goals: [Int] = []
    /// Those that link to it.
    var sources: [Int] = []
    var column = 0
    var row = 0
  }

  private(set) var nodes: [Node] = []
  /// How many links there are between them.
  let links: Int
  /// How many posts stand above one another.
  let height: Int

  /// How often the rows are put in order by what each post is linked with.
  private static let sweeps = 8

  /// The graph of a site's posts, without its trails.
  init(of posts: [Post], _ links: Backlinks) {
    let order = posts.indices.filter { !posts[$0].isTrail }.sorted {
      (posts[$0].editions[0].created, posts[$0].key) < (
        posts[$1].editions[0].created, posts[$1].key
      )
    }
    var pairs: [(source: Int, goal: Int)] = []
    for goal in order {
      var known: Set<Int> = []
      for link in links.to(goal) where !posts[link.source].isTrail {
        if known.insert(link.source).inserted { pairs.append((link.source, goal)) }
      }
    }
    self.init(order, links: pairs)
  }

  /// The graph of some links between posts; those come in the order of time.
  init(_ posts: [Int], links: [(source: Int, goal: Int)]) {
    self.links = links.count
    let linked = Set(links.flatMap { [$0.source, $0.goal] })
    nodes = posts.filter(linked.contains).map { Node(post: $0) }
    let places = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1.post, $0) })
    for link in links {
      guard let source = places[link.source], let goal = places[link.goal] else { continue }
      nodes[source].goals.append(goal)
      nodes[goal].sources.append(source)
    }
    // Twice as wide as high, at the sizes of a row and a column.
    height = max(4, Int((Double(nodes.count) * 3).squareRoot().rounded(.up)))
    var columns: [[Int]] = []
    for start in stride(from: 0, to: nodes.count, by: height) {
      columns.append(Array(start..<min(start + height, nodes.count)))
    }
    place(columns)
    for sweep in 0..<Self.sweeps {
      // Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures",
      // 1981: each post goes to the mean of its neighbours, column after column, to and fro.
      let order = sweep.isMultiple(of: 2) ? Array(columns.indices) : columns.indices.reversed()
      for column in order {
        let means = columns[column].map { node -> (node: Int, mean: Double) in
          let near = nodes[node].goals + nodes[node].sources
          let rows = near.filter { nodes[$0].column != column }.map { Double(nodes[$0].row) }
          return (
            node, rows.isEmpty ? Double(nodes[node].row) : rows.reduce(0, +) / Double(rows.count)
          )
        }
        columns[column] = means.enumerated().sorted {
          ($0.element.mean, $0.offset) < ($1.element.mean, $1.offset)
        }.map(\.element.node)
        place([columns[column]], from: column)
      }
    }
  }

  private mutating func place(_ columns: [[Int]], from first: Int = 0) {
    for (column, members) in columns.enumerated() {
      for (row, node) in members.enumerated() {
        nodes[node].column = first + column
        nodes[node].row = row
      }
    }
  }
}

extension Site {
  /// The page with the drawing; `nil` where no post links to another.
  func graphPage() -> SiteFile? {
    if graph.nodes.isEmpty { return nil }
    var frame = Frame(self, "graph/", title: "Graph")
    frame.canonical = "graph/"
    let address = frame.address
    return frame.file(
      "graph",
      [
        "html": svg(of: graph, address),
        "summary": "\(counted(graph.nodes.count, "post")), \(counted(graph.links, "link"))",
        "items": graph.nodes.filter { !$0.goals.isEmpty }.map { node -> [String: Any] in
          [
            "label": posts[node.post].title, "url": address.url(posts[node.post].place),
            "goals": node.goals.enumerated().map { place, goal -> [String: Any] in
              let post = posts[graph.nodes[goal].post]
              return [
                "label": post.title, "url": address.url(post.place),
                "isFollowed": place + 1 < node.goals.count,
              ]
            },
          ]
        },
      ])
  }

  private func svg(of graph: PostGraph, _ address: Address) -> String {
    // The lines within the first column bend to its left.
    let (columnWidth, rowHeight, margin, left) = (230, 28, 24, 48)
    func x(_ node: PostGraph.Node) -> Int { left + node.column * columnWidth }
    func y(_ node: PostGraph.Node) -> Int { margin + node.row * rowHeight }
    let width = ((graph.nodes.map(\.column).max() ?? 0) + 1) * columnWidth + left
    let height = ((graph.nodes.map(\.row).max() ?? 0) + 1) * rowHeight + margin
    var (lines, nodes) = ("", "")
    for node in graph.nodes {
      for goal in node.goals.map({ graph.nodes[$0] }) {
        // Within a column a line bends out of it, so that it does not cross what stands between.
        let bend = node.column == goal.column ? -40 : 0
        let middle = (x(node) + x(goal)) / 2 + bend
        lines +=
          "<path d=\"M\(x(node)) \(y(node))C\(middle) \(y(node)) \(middle) \(y(goal))"
          + " \(x(goal)) \(y(goal))\"/>"
      }
      let post = posts[node.post]
      let title = post.title
      let short = title.count > 26 ? title.prefix(25) + "…" : title
      nodes +=
        "<a href=\"\(escapedHTML(address.url(post.place)))\"><title>\(escapedHTML(title))</title>"
        + "<circle cx=\"\(x(node))\" cy=\"\(y(node))\" r=\"\(4 + min(4, node.sources.count))\"/>"
        + "<text x=\"\(x(node) + 12)\" y=\"\(y(node) + 4)\">\(escapedHTML(short))</text></a>"
    }
    return
      "<svg class=\"graph\" width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\">"
      + lines + nodes + "</svg>\n"
  }
}
