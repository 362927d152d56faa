/// Puts right the lines on which cmark's blocks begin and end, where they are off by one or more.
struct BlockEnds {
  let view: ByteView
  let lines: Lines

  func correct(_ nodes: inout [CommonMark.Node]) {
    for index in nodes.indices where nodes[index].isLeaf { trim(index, of: &nodes) }
  }

  /// cmark ends a setext heading, and a fence that its list item ended, one line too late.
  private func trim(_ index: Int, of nodes: inout [CommonMark.Node]) {
    let first = nodes[index].firstLine
    if index + 1 < nodes.count, nodes[index + 1].firstLine > first {
      nodes[index].lastLine = min(nodes[index].lastLine, nodes[index + 1].firstLine - 1)
    }
    if nodes[index].kind == .html {
      let next = index + 1 < nodes.count ? nodes[index + 1].firstLine : lines.count
      takeLastLine(ofHTML: &nodes[index], before: next)
    }
    if nodes[index].kind == .paragraph { leaveDefinitions(out: &nodes[index]) }
    guard nodes[index].kind == .heading else { return }
    while nodes[index].lastLine > first, lines.isBlank(nodes[index].lastLine, in: view) {
      nodes[index].lastLine -= 1
    }
  }

  /// cmark leaves out the line on which a comment or a script ends.
  private func takeLastLine(ofHTML node: inout CommonMark.Node, before limit: Int) {
    let start = textStart(of: node)
    let mark: StaticString =
      view.has("<!--", at: start)
      ? "-->" : view.has("<?", at: start) ? "?>" : view.has("<!", at: start) ? ">" : "</"
    func ends(_ line: Int) -> Bool {
      lines.content(line, in: view).contains { $0 > start && view.has(mark, at: $0) }
    }
    let next = node.lastLine + 1
    if next < limit, !ends(node.lastLine), ends(next) { node.lastLine = next }
  }

  /// cmark counts definitions at the start of a paragraph among its lines.
  private func leaveDefinitions(out node: inout CommonMark.Node) {
    var text = textStart(of: node)..<lines.content(node.firstLine, in: view).upperBound
    while node.firstLine < node.lastLine, view[text.lowerBound] == UInt8(ascii: "["),
      let found = LinkDefinition(view, text, continuation: nil, line: node.firstLine + 1),
      let count = found.lines(view, lines, before: node.lastLine + 1),
      node.firstLine + count <= node.lastLine
    {
      node.firstLine += count
      let line = lines.content(node.firstLine, in: view)
      let start = view.pastQuoteMarks(line)
      node.column = start - line.lowerBound
      text = start..<line.upperBound
    }
  }

  private func textStart(of node: CommonMark.Node) -> Int {
    let range = lines.content(node.firstLine, in: view)
    return min(range.lowerBound + node.column, range.upperBound)
  }
}
