internal import GRDB

/// What stands in a folder of the vault.
public struct FolderContents: Sendable {
  /// The folders in it, by name, each with how many notes are below it.
  public let folders: [(name: String, notes: Int)]
  /// Its own notes, by path: as many as were asked for.
  public let notes: [NoteSummary]
  /// How many notes of its own it has.
  public let count: Int

  /// Whether there is nothing, so that there may be no such folder.
  public var isEmpty: Bool { folders.isEmpty && count == 0 }
}

extension NoteIndex {
  /// What stands in a folder, `""` for the vault's own; of its notes at most `limit` behind the first
  /// `offset`.
  public func folder(
    _ path: String, limit: Int, offset: Int = 0
  ) throws(IndexError) -> FolderContents {
    try read { db in
      let below = path.isEmpty ? "" : path + "/"
      // Every path below begins with the folder's and a slash, and '0' is what follows a slash.
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT folder, count(*) FROM note
          WHERE \(path.isEmpty ? "folder > ''" : "folder >= ? AND folder < ?")
          GROUP BY folder
          """, arguments: path.isEmpty ? [] : [below, path + "0"])
      var folders: [(name: String, notes: Int)] = []
      for row in rows {
        let rest = (row[0] as String).utf8.dropFirst(below.utf8.count)
        let name = String(Substring(rest.prefix { $0 != UInt8(ascii: "/") }))
        if let last = folders.last, last.name == name {
          folders[folders.count - 1].notes += row[1]
        } else if let place = folders.firstIndex(where: { $0.name == name }) {
          folders[place].notes += row[1]
        } else {
          folders.append((name, row[1]))
        }
      }
      let ids = try Int64.fetchAll(
        db, sql: "SELECT id FROM note WHERE folder = ? ORDER BY path LIMIT ? OFFSET ?",
        arguments: [path, limit, offset])
      let count = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM note WHERE folder = ?", arguments: [path])
      return FolderContents(
        folders: folders.sorted { $0.name < $1.name }, notes: try summaries(db, of: ids),
        count: count ?? 0)
    }
  }
}
