internal import GRDB
internal import Markup
internal import Synchronization

/// What ranking reads of every note, kept for as long as no note changes: a program that answers many
/// questions reads it once.
final class KnownNotes: Sendable {
  private struct Knowledge {
    var profiles: Profiles?
    var sketches: Sketches?
    /// What was found for words: somebody who types asks for all but the last of them again.
    var postings: [AskedWord: Postings] = [:]
    /// How many rows there are in that.
    var rows = 0
    /// The titles and aliases of notes, by their numbers.
    var names: [Int64: [Name]] = [:]
    /// The words with which notes link to others, by the numbers of those that link.
    var labels: [Int64: [Label]] = [:]
  }

  private let state = Mutex(Knowledge())
  /// Whether threads ask at once, each with its own connection.
  private let isShared: Bool

  init(isShared: Bool) { self.isShared = isShared }

  // MARK: Profiles and sketches

  /// The profiles of all notes.
  func profiles(_ db: Database) throws -> Profiles {
    // Who comes meanwhile waits: to read them twice would take longer.
    try state.withLock { state in
      if let profiles = state.profiles { return profiles }
      let read = try Profiles(db)
      state.profiles = read
      return read
    }
  }

  /// How near rows are to some others, as `Sketches.nearness` has it.
  func nearness(
    _ db: Database, to leaders: [(row: Int, weight: Double)], of rows: [Int32]?
  ) throws -> [Float] {
    let profiles = try profiles(db)
    // Taken out while it is used by one alone, so that it is not copied for what it finds out; what
    // many use knows all there is to find out.
    var sketches = try state.withLock { state in
      let sketches = try state.sketches ?? Sketches(db, profiles, isWhole: isShared)
      state.sketches = isShared ? sketches : nil
      return sketches
    }
    defer { if !isShared { state.withLock { $0.sketches = sketches } } }
    return sketches.nearness(to: leaders, of: rows)
  }

  // MARK: Words

  /// A word as FTS5 is asked for it.
  struct AskedWord: Hashable {
    let expression: String
    let roles: [PostingCollector.Role]
  }

  /// How many rows are kept, of 17 bytes each.
  private static let mostRows = 1_000_000

  /// What was found for a word, if it is known.
  func postings(of word: AskedWord) -> Postings? { state.withLock { $0.postings[word] } }

  /// Keeps what was found for a word.
  func keep(_ found: Postings, for word: AskedWord) {
    let count = found.rows.count
    guard count <= Self.mostRows else { return }
    state.withLock { state in
      if state.rows + count > Self.mostRows { (state.postings, state.rows) = ([:], 0) }
      if state.postings.updateValue(found, forKey: word) == nil { state.rows += count }
    }
  }

  // MARK: Names

  /// A title, an alias or the words of a link, as they are compared with what was typed.
  struct Name {
    /// A word, what is left of it without its ending, and whether it tells nothing.
    let words: [(word: String, stem: String, isStop: Bool)]

    init(_ text: String, _ stemmer: Stemmer) {
      words = Words.all(text).map { ($0, stemmer.stem($0), StopWords.contains($0)) }
    }
  }

  /// The words of a link, and the row of the note it leads to.
  struct Label {
    let name: Name
    let target: Int32
  }

  /// Of how many notes names and labels are kept, of a few hundred bytes each.
  private static let mostNames = 50_000

  /// The title and the aliases of a note.
  func names(_ db: Database, of note: Int64, _ stemmer: Stemmer) throws -> [Name] {
    try known(of: note, \.names) {
      let statement = try db.cachedStatement(
        sql: """
          SELECT title FROM note WHERE id = ?1
          UNION ALL SELECT text FROM name WHERE note = ?1 AND kind = 'alias'
          """)
      return try String.fetchAll(statement, arguments: [note]).map { Name($0, stemmer) }
    }
  }

  /// The words with which a note links to others.
  func labels(_ db: Database, of note: Int64, _ stemmer: Stemmer) throws -> [Label] {
    try known(of: note, \.labels) {
      let statement = try db.cachedStatement(
        sql: """
          SELECT link.label, note.text_id
          FROM link JOIN note ON note.id = link.note
          WHERE link.source = ? AND link.label IS NOT NULL AND link.note <> link.source
          """)
      return try Row.fetchAll(statement, arguments: [note]).map { row in
        Label(name: Name(row[0], stemmer), target: row[1])
      }
    }
  }

  /// What is kept of a note, or what is read of it now.
  private func known<Value: Sendable>(
    of note: Int64, _ place: WritableKeyPath<Knowledge, [Int64: Value]>,
    _ read: () throws -> Value
  ) throws -> Value {
    if let known = state.withLock({ $0[keyPath: place][note] }) { return known }
    let value = try read()
    state.withLock { state in
      if state[keyPath: place].count >= Self.mostNames { state[keyPath: place].removeAll() }
      state[keyPath: place][note] = value
    }
    return value
  }
}

/// What indexes of one vault know of its notes together, for a program that opens it more than once to
/// answer many questions at a time (`NoteIndex.share`).
public final class SharedKnowledge: Sendable {
  private let newest = Mutex<(generation: String, notes: KnownNotes)?>(nil)
  /// The texts that passages were shown of last.
  let texts = KnownTexts()

  /// Nothing known yet.
  public init() {}

  /// What is known of the notes as they are in a generation of the index.
  func notes(in generation: String) -> KnownNotes {
    newest.withLock { newest in
      if let newest, newest.generation == generation { return newest.notes }
      let notes = KnownNotes(isShared: true)
      newest = (generation, notes)
      return notes
    }
  }
}

/// What a connection knows of the notes, anew whenever something was written.
struct ConnectionKnowledge {
  /// What tells one state of the database from another: what this connection has written, and a number
  /// that SQLite changes when another has (`PRAGMA data_version`).
  private struct Seen: Equatable {
    let own: Int
    let others: Int
  }

  private var seen: Seen?
  private var known = KnownNotes(isShared: false)
  /// What other connections know as well.
  var shared: SharedKnowledge?

  /// What is known and still true.
  mutating func notes(_ db: Database) throws -> KnownNotes {
    let others = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
    let now = Seen(own: db.totalChangesCount, others: others)
    if seen == now { return known }
    seen = now
    if let shared, let generation = try State.value(db, .generation) {
      known = shared.notes(in: generation)
    } else {
      known = KnownNotes(isShared: false)
    }
    return known
  }
}
