internal import Foundation
internal import GRDB
internal import Markup

/// What ranking needs of every note at once, by the row of its words: whose they are, how many, and
/// the note's sketch.
///
/// It is kept in the table `profile`, 256 notes to a row, so that all of 100,000 notes is 400 rows
/// to read and not 100,000.
struct Profile: Equatable {
  /// The note's number; 0 for words that belong to no note any more.
  var note: UInt32
  /// Words in the title and the aliases.
  var title: UInt16
  /// Words in the headings.
  var headings: UInt16
  /// Words in the rest.
  var text: UInt32

  static let none = Profile(note: 0, title: 0, headings: 0, text: 0)

  /// What the words of a note tell, whichever note it is.
  init(_ words: SearchWords) {
    self.init(
      note: 0, title: UInt16(clamping: words.title.count),
      headings: UInt16(clamping: words.headings.count),
      text: UInt32(clamping: words.body.count + words.code.count + words.tex.count))
  }

  /// The same as that of a note.
  func of(_ note: Int64) -> Profile {
    var profile = self
    profile.note = UInt32(clamping: note)
    return profile
  }

  /// How many bytes it takes.
  static let size = 12
  /// How many stand in one row of the table.
  static let perRow = 256

  init(note: UInt32, title: UInt16, headings: UInt16, text: UInt32) {
    self.note = note
    self.title = title
    self.headings = headings
    self.text = text
  }

  /// Reads the profile that stands at some place of a row of the table.
  fileprivate init(_ entries: [UInt8], at place: Int) {
    let start = place * Self.size
    func number(_ from: Int) -> UInt32 {
      UInt32(entries[start + from]) | UInt32(entries[start + from + 1]) << 8
    }
    note = number(0) | number(2) << 16
    text = number(4) | number(6) << 16
    title = UInt16(number(8))
    headings = UInt16(number(10))
  }

  fileprivate var bytes: [UInt8] {
    func little(_ value: UInt32, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    return little(note, 4) + little(text, 4) + little(UInt32(title), 2)
      + little(UInt32(headings), 2)
  }
}

/// The profiles of all notes, by the row of their words.
struct Profiles {
  private(set) var all: [Profile] = []
  /// How many belong to notes.
  private(set) var count = 0
  /// The mean number of words of notes in each part.
  private(set) var means = (title: 1.0, headings: 1.0, text: 1.0)

  init(_ db: Database) throws {
    let rows = try Row.fetchCursor(db, sql: "SELECT chunk, entries FROM profile ORDER BY chunk")
    var sums = (title: 0, headings: 0, text: 0)
    while let row = try rows.next() {
      let chunk: Int = row[0]
      let entries = [UInt8](row[1] as Data)
      guard chunk >= 0, chunk < 1 << 24, entries.count == Profile.perRow * Profile.size else {
        throw IndexError.damaged("a row of profiles has another size than it should")
      }
      while all.count < chunk * Profile.perRow { all.append(.none) }
      for place in 0..<Profile.perRow {
        let profile = Profile(entries, at: place)
        all.append(profile)
        guard profile.note != 0 else { continue }
        count += 1
        sums.title += Int(profile.title)
        sums.headings += Int(profile.headings)
        sums.text += Int(profile.text)
      }
    }
    func mean(_ sum: Int) -> Double { count == 0 ? 1 : max(0.01, Double(sum) / Double(count)) }
    means = (mean(sums.title), mean(sums.headings), mean(sums.text))
  }

  /// The profile of a row of words; none for a row that is not known.
  subscript(row: Int) -> Profile { all.indices.contains(row) ? all[row] : .none }

  /// The number of the note that a row of words belongs to; 0 for none.
  func note(of row: Int32) -> Int64 { Int64(self[Int(row)].note) }
}

/// Writes profiles, a row of the table at a time.
struct ProfileWriter {
  private var chunk: Int64?
  private var entries: [UInt8] = []
  private var sketches: [UInt8] = []

  init() {}

  /// Sets the profile and the sketch of a row of words.
  mutating func set(_ db: Database, row: Int64, _ profile: Profile, sketch: [UInt8]?) throws {
    try open(db, row / Int64(Profile.perRow))
    let place = Int(row % Int64(Profile.perRow))
    entries.replaceSubrange(
      (place * Profile.size)..<((place + 1) * Profile.size), with: profile.bytes)
    let sketch = sketch ?? [UInt8](repeating: Sketch.zero, count: Sketch.size)
    sketches.replaceSubrange((place * Sketch.size)..<((place + 1) * Sketch.size), with: sketch)
  }

  private mutating func open(_ db: Database, _ wanted: Int64) throws {
    if chunk == wanted { return }
    try flush(db)
    chunk = wanted
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT entries, sketches FROM profile WHERE chunk = ?"),
      arguments: [wanted])
    if let row {
      entries = [UInt8](row[0] as Data)
      sketches = [UInt8](row[1] as Data)
    } else {
      entries = [UInt8](repeating: 0, count: Profile.perRow * Profile.size)
      sketches = [UInt8](repeating: Sketch.zero, count: Profile.perRow * Sketch.size)
    }
    guard entries.count == Profile.perRow * Profile.size,
      sketches.count == Profile.perRow * Sketch.size
    else { throw IndexError.damaged("a row of profiles has another size than it should") }
  }

  /// Writes what was set.
  mutating func flush(_ db: Database) throws {
    guard let chunk else { return }
    try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO profile (chunk, entries, sketches) VALUES (?, ?, ?)"
    ).execute(arguments: [chunk, Data(entries), Data(sketches)])
    try State.beginGeneration(db)
    self.chunk = nil
  }
}
