internal import GRDB
internal import Markup
internal import Vault

/// A passage of a note.
public struct Snippet: Sendable, Equatable {
  /// The passage as it stands in the file, on one line; `…` where more stood before or behind.
  public let text: String
  /// The line of the file on which it begins, counted from 1.
  public let line: Int
  /// The heading it stands under.
  public let heading: String?
  /// Where in `text` the words are, in UTF-8 bytes.
  public let ranges: [Range<Int>]
}

/// Finds the passages of notes that fit a search best.
///
/// The index does not hold the text, so it is read from the files, which also shows whether they
/// still hold what was found. The words are then found by the same tokenizer as in the index: the
/// passages of the few notes that are shown are put into a full-text table in memory.
struct Passages {
  private struct Passage {
    let note: Int
    let text: String
    let line: Int
    let heading: String?
  }

  private var passages: [Passage] = []
  private var leads: [Int: Snippet] = [:]

  /// Takes in the passages of a note, which is known by its number.
  mutating func add(_ document: Document, as note: Int) {
    var headings = document.headings[...]
    var heading: String?
    for block in document.blocks where block.kind != .heading && block.kind != .thematicBreak {
      while let next = headings.first, next.line <= block.line {
        heading = next.text
        headings = headings.dropFirst()
      }
      let text = onOneLine(document.bytes[block.range.clamped(to: document.bytes.indices)])
      passages.append(Passage(note: note, text: text, line: block.line, heading: heading))
      if leads[note] == nil, block.kind == .paragraph {
        leads[note] = Snippet(
          text: Window.cut(text, around: []).text, line: block.line, heading: heading, ranges: [])
      }
    }
  }

  /// The best passages of each note, at most `count`; the first paragraph of a note that has the
  /// words elsewhere.
  func best(_ match: String?, count: Int) throws -> [Int: [Snippet]] {
    var best: [Int: [Snippet]] = [:]
    if let match {
      try DatabaseQueue().write { db in
        try fill(db)
        let rows = try Row.fetchCursor(
          db,
          sql: """
            SELECT rowid, highlight(passage, 0, char(1), char(2))
            FROM passage
            WHERE passage MATCH ?
            ORDER BY bm25(passage, 1.0, 0.3), rowid
            """, arguments: [match])
        while let row = try rows.next() {
          let index: Int = row[0]
          let passage = passages[index]
          guard best[passage.note, default: []].count < count else { continue }
          best[passage.note, default: []].append(Self.snippet(passage, marked: row[1]))
        }
      }
    }
    return best.merging(leads.mapValues { [$0] }) { found, _ in found }
  }

  private func fill(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE VIRTUAL TABLE passage USING fts5 (
          text, heading, tokenize = '\(Schema.tokenizer)'
        )
        """)
    let insert = try db.makeStatement(
      sql: "INSERT INTO passage (rowid, text, heading) VALUES (?, ?, ?)")
    for (index, passage) in passages.enumerated() {
      try insert.execute(arguments: [index, passage.text, passage.heading ?? ""])
    }
  }

  private static func snippet(_ passage: Passage, marked: String) -> Snippet {
    var text: [UInt8] = []
    var ranges: [Range<Int>] = []
    var start: Int?
    for byte in marked.utf8 {
      switch byte {
      case 1: start = text.count
      case 2:
        if let start { ranges.append(start..<text.count) }
        start = nil
      default: text.append(byte)
      }
    }
    let window = Window.cut(String(decoding: text, as: UTF8.self), around: ranges)
    return Snippet(
      text: window.text, line: passage.line, heading: passage.heading, ranges: window.ranges)
  }
}
