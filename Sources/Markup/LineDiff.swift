extension TextDiff {
  /// Compares two texts line by line and gives what `patch` reads; nothing when they are the same.
  ///
  /// Names are as they should stand after `---` and `+++`: `a/note.md`, or `/dev/null`.
  public static func lineDiff(
    old: [UInt8], new: [UInt8], oldName: String, newName: String
  ) -> [UInt8] {
    guard old != new else { return [] }
    var interning = Interning()
    let oldLines = split(old)
    let newLines = split(new)
    let runs = Matching.runs(
      oldLines.map { interning.number(of: old[$0]) }, newLines.map { interning.number(of: new[$0]) }
    )
    var result = Array("--- \(header(oldName))\n+++ \(header(newName))\n".utf8)
    for hunk in hunks(runs, old: oldLines.count, new: newLines.count, context: 3) {
      result += Array(
        "@@ -\(span(hunk.old)) +\(span(hunk.new)) @@\n".utf8)
      var (x, y) = (hunk.old.lowerBound, hunk.new.lowerBound)
      for run in hunk.runs + [
        Matching.Run(old: hunk.old.upperBound, new: hunk.new.upperBound, length: 0)
      ] {
        while x < run.old { add("-", old[oldLines[x]], to: &result, &x) }
        while y < run.new { add("+", new[newLines[y]], to: &result, &y) }
        while x < run.old + run.length {
          add(" ", old[oldLines[x]], to: &result, &x)
          y += 1
        }
      }
    }
    return result
  }

  /// Lines with their ends; only `\n` ends one, as for git.
  static func split(_ bytes: [UInt8]) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    for index in bytes.indices where bytes[index] == .newline {
      lines.append(start..<index + 1)
      start = index + 1
    }
    if start < bytes.count { lines.append(start..<bytes.count) }
    return lines
  }

  private static func add(
    _ mark: Unicode.Scalar, _ line: ArraySlice<UInt8>, to result: inout [UInt8], _ index: inout Int
  ) {
    result.append(UInt8(ascii: mark))
    result += line
    if line.last != .newline { result += Array("\n\\ No newline at end of file\n".utf8) }
    index += 1
  }

  private struct Hunk {
    var old: Range<Int>
    var new: Range<Int>
    /// What is the same within the hunk.
    var runs: [Matching.Run]
  }

  /// Changes with some lines around them; those closer than twice that are one hunk.
  private static func hunks(
    _ runs: [Matching.Run], old: Int, new: Int, context: Int
  ) -> [Hunk] {
    var changes: [(old: Range<Int>, new: Range<Int>)] = []
    var (x, y) = (0, 0)
    for run in runs + [Matching.Run(old: old, new: new, length: 0)] {
      if run.old > x || run.new > y { changes.append((x..<run.old, y..<run.new)) }
      x = run.old + run.length
      y = run.new + run.length
    }
    var hunks: [Hunk] = []
    var index = 0
    while index < changes.count {
      let first = changes[index]
      let head = min(context, first.old.lowerBound)
      var same = [
        Matching.Run(
          old: first.old.lowerBound - head, new: first.new.lowerBound - head, length: head)
      ]
      var last = first
      index += 1
      while index < changes.count,
        changes[index].old.lowerBound - last.old.upperBound <= 2 * context
      {
        same.append(
          Matching.Run(
            old: last.old.upperBound, new: last.new.upperBound,
            length: changes[index].old.lowerBound - last.old.upperBound))
        last = changes[index]
        index += 1
      }
      let tail = min(context, old - last.old.upperBound)
      same.append(
        Matching.Run(old: last.old.upperBound, new: last.new.upperBound, length: tail))
      hunks.append(
        Hunk(
          old: first.old.lowerBound - head..<last.old.upperBound + tail,
          new: first.new.lowerBound - head..<last.new.upperBound + tail, runs: same))
    }
    return hunks
  }

  private static func span(_ range: Range<Int>) -> String {
    if range.count == 1 { return String(range.lowerBound + 1) }
    return "\(range.isEmpty ? range.lowerBound : range.lowerBound + 1),\(range.count)"
  }

  /// A name as git writes it: in quotes when a byte in it would end the line, with a tab after blanks.
  private static func header(_ name: String) -> String {
    let isOdd = name.utf8.contains {
      $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\")
    }
    guard isOdd else { return name.utf8.contains(.space) ? name + "\t" : name }
    var quoted = "\""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let octal = String(scalar.value, radix: 8)
          quoted += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
        } else {
          quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }
}
