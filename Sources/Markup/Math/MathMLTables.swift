/// Matrices, cases and lines that are aligned.
extension MathMLWriter {
  /// How the environments of LaTeX are set.
  private struct Layout {
    var opening = ""
    var closing = ""
    /// How the columns are aligned, in turn: `l`, `c` or `r`.
    var columns = ["c"]
    /// Where a line stands before a column; behind the last, too.
    var bars: Set<Int> = []
    /// Whether the columns come in pairs, with nothing between the two.
    var isAligned = false
    var isDisplay = false
    var isSmall = false
  }

  /// `\begin{…} … \end{…}`.
  mutating func environment() throws(MathML.Fault) -> Piece {
    let name = String(scalars: try source())
    var layout = Layout()
    switch name.hasSuffix("*") ? String(name.dropLast()) : name {
    case "matrix": break
    case "pmatrix": (layout.opening, layout.closing) = ("(", ")")
    case "bmatrix": (layout.opening, layout.closing) = ("[", "]")
    case "Bmatrix": (layout.opening, layout.closing) = ("{", "}")
    case "vmatrix": (layout.opening, layout.closing) = ("|", "|")
    case "Vmatrix": (layout.opening, layout.closing) = ("‖", "‖")
    case "smallmatrix": layout.isSmall = true
    case "cases", "dcases":
      (layout.opening, layout.columns, layout.isDisplay) = ("{", ["l"], name.hasPrefix("d"))
    case "rcases", "drcases":
      (layout.closing, layout.columns, layout.isDisplay) = ("}", ["l"], name.hasPrefix("d"))
    case "array", "darray", "subarray": try readColumns(&layout)
    case "aligned", "align", "split", "eqnarray", "alignat", "alignedat":
      if name.contains("alignat") || name.contains("alignedat") { _ = try source() }
      layout.columns = name.hasPrefix("eqnarray") ? ["r", "c", "l"] : ["r", "l"]
      (layout.isAligned, layout.isDisplay) = (true, true)
    case "gather", "gathered", "multline": layout.isDisplay = true
    case "equation": (layout.isDisplay, layout.columns) = (true, ["c"])
    default: throw MathML.Fault(words: "\\begin{\(name)} is not known")
    }
    if name.hasSuffix("matrix*") {
      layout.columns = [try takePosition() ?? "c"]
    } else if name.hasSuffix("ed") || name == "split" || name == "array" {
      _ = try takePosition()
    }
    let table = try self.table(layout, until: name)
    if layout.opening.isEmpty, layout.closing.isEmpty { return Piece(table) }
    return Piece(Self.stretched(layout.opening, table, layout.closing))
  }

  /// Passes `[t]`, which says how a block of lines stands on the line, or `[r]`, how its columns are
  /// aligned.
  private mutating func takePosition() throws(MathML.Fault) -> String? {
    guard index + 2 < scalars.count, scalars[index] == "[", scalars[index + 2] == "]" else {
      return nil
    }
    index += 3
    return String(scalars[index - 2])
  }

  private mutating func readColumns(_ layout: inout Layout) throws(MathML.Fault) {
    _ = try takePosition()
    layout.columns = []
    for scalar in try source() {
      switch scalar {
      case "l", "c", "r": layout.columns.append(String(scalar))
      case "|": layout.bars.insert(layout.columns.count)
      case " ": break
      default: throw MathML.Fault(words: "columns of '\(scalar)'")
      }
    }
    if layout.columns.isEmpty { layout.columns = ["c"] }
  }

  private mutating func table(_ layout: Layout, until name: String) throws(MathML.Fault) -> String {
    var rows: [[String]] = [[]]
    var lined: Set<Int> = []
    while true {
      while takesLine() { lined.insert(rows.count - 1) }
      let content = try pieces(.cell)
      rows[rows.count - 1].append(content.isEmpty ? "" : Self.row(content))
      if scalars[index] == "&" {
        index += 1
        continue
      }
      if peekCommand() == "end" {
        skipCommand("end")
        guard String(scalars: try source()) == name else {
          throw MathML.Fault(words: "\\end of something else than \(name)")
        }
        break
      }
      try skipLineEnd()
      rows.append([])
    }
    if rows.count > 1, rows[rows.count - 1].allSatisfy(\.isEmpty) { rows.removeLast() }
    return markup(of: rows, lined, layout)
  }

  private func markup(of rows: [[String]], _ lined: Set<Int>, _ layout: Layout) -> String {
    var xml = "<mtable\(layout.isDisplay ? " displaystyle=\"true\"" : "")"
    if layout.isAligned { xml += " class=\"aligned\"" }
    if layout.isSmall { xml += " class=\"small\"" }
    xml += ">"
    for (place, row) in rows.enumerated() {
      xml += "<mtr>"
      for (column, content) in row.enumerated() {
        var classes: [String] = []
        let side = layout.columns[column % layout.columns.count]
        if side != "c" { classes.append(side == "l" ? "left" : "right") }
        if layout.bars.contains(column) { classes.append("bar") }
        if layout.bars.contains(column + 1), column == row.count - 1 { classes.append("end-bar") }
        if lined.contains(place) { classes.append("line") }
        if lined.contains(rows.count), place == rows.count - 1 { classes.append("end-line") }
        let list = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
        xml += "<mtd\(list)>\(content)</mtd>"
      }
      xml += "</mtr>"
    }
    return xml + "</mtable>"
  }

  /// Passes `\hline`, if it is next.
  private mutating func takesLine() -> Bool {
    skipBlanks()
    guard let name = peekCommand(), name == "hline" || name == "hdashline" else { return false }
    skipCommand(name)
    return true
  }
}
