internal import Markup
internal import NoteIndex
internal import Vault

/// A drawing of the notes around one: those that it links to, and those that link to it.
struct LocalGraph {
  private struct Neighbour {
    let path: NotePath
    let title: String
    var isTo = false
    var isFrom = false
  }

  private let title: String
  private let neighbours: [Neighbour]

  /// More than so many cannot be told apart.
  private static let most = 24

  var isEmpty: Bool { neighbours.isEmpty }

  init(around note: NoteSummary, in index: NoteIndex) throws {
    title = note.title
    var found: [NotePath: Neighbour] = [:]
    var order: [NotePath] = []
    for near in try index.neighbours(of: note.path, limit: Self.most) {
      if found[near.path] == nil {
        guard order.count < Self.most else { continue }
        order.append(near.path)
        found[near.path] = Neighbour(path: near.path, title: near.title)
      }
      if near.isLinkedTo { found[near.path]?.isTo = true } else { found[near.path]?.isFrom = true }
    }
    neighbours = order.compactMap { found[$0] }
  }

  /// The drawing, whose notes are links.
  func svg(url: (NotePath) -> String) -> String {
    let (width, height) = (640.0, 32.0 * Double(max(2, (neighbours.count + 1) / 2)))
    let (middleX, middleY) = (width / 2, height / 2)
    var lines = ""
    var nodes = ""
    // Two columns, so that names have room: left of the note and right of it.
    for (place, near) in neighbours.enumerated() {
      let isLeft = place.isMultiple(of: 2)
      let row = place / 2
      let rows = (neighbours.count + (isLeft ? 1 : 0)) / 2
      let y = height * (Double(row) + 0.5) / Double(max(1, rows))
      // A slight curve keeps the lines of a column apart.
      let bend = 30.0 * (1 - abs(y - middleY) / middleY)
      let x = isLeft ? 210 - bend : width - 210 + bend
      let kind = near.isTo ? (near.isFrom ? "both" : "to") : "from"
      lines +=
        "<line class=\"\(kind)\" x1=\"\(Int(middleX))\" y1=\"\(Int(middleY))\" x2=\"\(Int(x))\""
        + " y2=\"\(Int(y))\"/>"
      let label = Self.short(near.title.isEmpty ? near.path.stem : near.title, 30)
      nodes +=
        "<a href=\"\(escapedHTML(url(near.path)))\"><circle cx=\"\(Int(x))\" cy=\"\(Int(y))\" r=\"4\"/>"
        + "<text x=\"\(Int(isLeft ? x - 9 : x + 9))\" y=\"\(Int(y) + 4)\""
        + " text-anchor=\"\(isLeft ? "end" : "start")\">\(escapedHTML(label))</text></a>"
    }
    let name = escapedHTML(
      "\(title): \(counted(neighbours.filter(\.isTo).count, "note")) it links to, "
        + "\(counted(neighbours.filter(\.isFrom).count, "note")) that link to it")
    return
      "<nav aria-label=\"\(name)\"><svg class=\"graph\" viewBox=\"0 0 \(Int(width)) \(Int(height))\">"
      + "\(lines)<circle class=\"here\" cx=\"\(Int(middleX))\" cy=\"\(Int(middleY))\" r=\"6\"/>"
      + "\(nodes)</svg></nav>\n"
  }

  private static func short(_ text: String, _ count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
  }
}
