import Foundation
import NoteIndex
import TestSupport
import Vault

/// A vault in a temporary folder, with its index and a clock that the test turns.
final class TestVault {
  let folder: TemporaryFolder
  let cache = TemporaryFolder()
  /// Late enough that no stamp is racy.
  var now: Int64 = 4_000_000_000_000_000_000

  init(_ notes: [String: String] = [:], folder: TemporaryFolder = TemporaryFolder()) throws {
    self.folder = folder
    for name in [".git", ".notes"] {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    for (path, text) in notes { try folder.write(text, to: path) }
  }

  /// A copy of the real vault.
  static func real() throws -> TestVault {
    let folder = TemporaryFolder()
    try runProcess(["cp", "-r", SharedData.path + "/vault/.", folder.path])
    return try TestVault(folder: folder)
  }

  var vault: Vault { get throws { try Vault(at: folder.path) } }

  var indexPath: String { folder.path + "/.git/notes/index.sqlite" }

  /// An index of its own each time, as another command would have it.
  func index() throws -> NoteIndex {
    try NoteIndex(of: try vault, cacheFolder: cache.path)
  }

  /// An index that is up to date.
  @discardableResult
  func fresh() throws -> NoteIndex {
    let index = try index()
    try index.refresh(now: now)
    return index
  }

  /// What a fresh index finds; the files are there until it has.
  func search(
    _ query: String, sort: [Sort] = [], limit: Int = 20, offset: Int = 0, counting: Bool = false, fillsUp: Bool = false
  ) throws -> SearchResult {
    try fresh().search(
      Query(query), sort: sort, limit: limit, offset: offset, counting: counting,
      fillsUp: fillsUp)
  }

  func remove(_ path: String) throws {
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent(path))
  }

  func move(_ path: String, to target: String) throws {
    let to = folder.url.appendingPathComponent(target)
    try FileManager.default.createDirectory(
      at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: folder.url.appendingPathComponent(path), to: to)
  }

  /// What the index holds, without what depends on the order in which it came to hold it.
  func dump() throws -> String {
    let script = """
      .mode list
      SELECT 'note', path, folder, size, hash, is_racy, title, note_id, type, status, created,
        words, lead FROM note ORDER BY path;
      SELECT 'name', path, name.kind, text, key FROM name JOIN note ON note.id = note
        ORDER BY path, ordinal;
      SELECT 'tag', path, key, name FROM tag JOIN note ON note.id = note ORDER BY path, key;
      SELECT 'link', source.path, ordinal, link.kind, target, anchor, label, line, start, end,
        target_start, target_end, block_start, block_end, key, goal.path, rivals
        FROM link JOIN note AS source ON source.id = source
        LEFT JOIN note AS goal ON goal.id = link.note
        ORDER BY source.path, ordinal;
      SELECT 'metadata', path, key, value FROM metadata JOIN note ON note.id = note
        ORDER BY path, ordinal;
      SELECT 'heading', path, level, text, anchor, line FROM heading JOIN note ON note.id = note
        ORDER BY path, ordinal;
      SELECT 'problem', path, kind, line, message FROM problem JOIN note ON note.id = note
        ORDER BY path, ordinal;
      SELECT 'folder', path FROM folder ORDER BY path;
      SELECT 'parts', (SELECT count(*) FROM tag WHERE note NOT IN (SELECT id FROM note)),
        (SELECT count(*) FROM link WHERE source NOT IN (SELECT id FROM note)),
        (SELECT count(*) FROM name WHERE note NOT IN (SELECT id FROM note));
      """
    let result = try runProcess(["sqlite3", "-readonly", indexPath], input: script)
    return result.output + result.errors
  }
}

extension [NoteSummary] {
  var paths: [String] { map(\.path.text) }
}

extension SearchResult {
  var paths: [String] { hits.map(\.note.path.text) }
}
