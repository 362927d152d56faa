internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// How often something stands in the rows of the full text, gathered inside SQLite.
///
/// FTS5's own `bm25()` has one length norm and fixed parameters, and tells nothing but one number.
/// This takes the place of it: an auxiliary function that is called for each row that matches, and
/// notes in which columns each phrase stands (SQLite, "FTS5 Extension", section 7). The index stays
/// readable by the plain shell, since nothing of this is stored in it.
struct Postings {
  /// The rows, in ascending order.
  var rows: [Int32] = []
  /// For each row, how often the phrases stand there: each occurrence counts by its column,
  /// and less the longer that part of the note is.
  var frequency: [Float] = []
  /// The same of the first phrase only, which is the word as it was typed.
  var exact: [Float] = []
  /// The same of the phrases that are further than forms of the word: beginnings, and words like it.
  var loose: [Float] = []
  /// Whether any stands in the title.
  var isInTitle: [Bool] = []

  /// Whether any row has the word or a form of it.
  var hasWord: Bool { frequency.contains { $0 > 0 } }

  /// What standing in the address of a link counts, against the text: little, unless an address was typed.
  private static let weightOfAddress: (word: Float, whole: Float) = (0.5, 2)

  /// Adds the notes that have it in the address of a link, where the text has it not; those with a whole
  /// address that was typed count for more than what has a part of it, such as `com`, in the text.
  mutating func add(addressesOf others: [Int32], isWhole: Bool) {
    let weight = isWhole ? Self.weightOfAddress.whole : Self.weightOfAddress.word
    let places = Dictionary(uniqueKeysWithValues: zip(rows, rows.indices))
    var new: [Int32] = []
    for row in others {
      if let place = places[row] {
        if isWhole { frequency[place] = max(frequency[place], weight) }
      } else {
        new.append(row)
      }
    }
    if new.isEmpty { return }
    rows += new
    frequency += repeatElement(weight, count: new.count)
    exact += repeatElement(0, count: new.count)
    loose += repeatElement(0, count: new.count)
    isInTitle += repeatElement(false, count: new.count)
    let order = rows.indices.sorted { rows[$0] < rows[$1] }
    rows = order.map { rows[$0] }
    frequency = order.map { frequency[$0] }
    exact = order.map { exact[$0] }
    loose = order.map { loose[$0] }
    isInTitle = order.map { isInTitle[$0] }
  }
}

/// What the columns of the full text count, and what their length does.
struct ColumnWeights {
  /// For title, headings, body, code, tex and parts.
  static let weights: [Float] = [4, 2, 1, 1, 1, 0.5]
  /// How much the length of a part takes off: 0 nothing, 1 as much as it is longer than the mean.
  static let titleNorm: Float = 0.5
  static let headingNorm: Float = 0.5
  static let textNorm: Float = 0.45
}

/// Gathers postings on one connection.
///
/// It is used by one thread at a time, as its connection is.
final class PostingCollector: @unchecked Sendable {
  /// What a phrase of the expression is to the word that was typed.
  enum Role { case exact, form, loose }

  /// What else is kept of the connection's database.
  var knowledge = ConnectionKnowledge()
  private var profiles: Profiles?
  private var roles: [Role] = []
  private var isRegistered = false
  private var found = Postings()

  /// Makes the function `collect` on the connection, which fills this collector: with the first
  /// question, since most commands have none.
  private func register(on db: Database) throws {
    if isRegistered { return }
    let api = unsafe FTS5.api(db)
    let code = unsafe api.pointee.xCreateFunction(
      UnsafeMutablePointer(mutating: api), "collect",
      Unmanaged.passRetained(self).toOpaque(),
      { api, context, result, _, _ in
        guard let api = unsafe api, let context = unsafe context,
          let data = unsafe api.pointee.xUserData(context)
        else { return }
        let collector = unsafe Unmanaged<PostingCollector>.fromOpaque(data).takeUnretainedValue()
        let code = unsafe collector.take(api, context)
        if code == SQLITE_OK {
          unsafe sqlite3_result_int(result, 1)
        } else {
          unsafe sqlite3_result_error_code(result, code)
        }
      },
      { if let data = unsafe $0 { unsafe Unmanaged<PostingCollector>.fromOpaque(data).release() } })
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    isRegistered = true
  }

  /// What an expression of FTS5 finds; `roles` says of each of its phrases what it is.
  ///
  /// What is `known` must have been asked for in the same transaction.
  func postings(
    _ db: Database, _ known: KnownNotes, matching expression: String, roles: [Role]
  ) throws -> Postings {
    let word = KnownNotes.AskedWord(expression: expression, roles: roles)
    if let found = known.postings(of: word) { return found }
    try register(on: db)
    profiles = try known.profiles(db)
    self.roles = roles
    found = Postings()
    defer {
      self.profiles = nil
      found = Postings()
    }
    _ = try Int.fetchOne(
      db.cachedStatement(
        // It answers 1, so no row comes out, and SQLite goes through all of them in one step.
        sql: "SELECT 1 FROM fulltext WHERE fulltext MATCH ? AND NOT collect(fulltext)"),
      arguments: [expression])
    known.keep(found, for: word)
    return found
  }

  /// Takes in the row at which FTS5 stands.
  private func take(_ api: UnsafePointer<Fts5ExtensionApi>, _ context: OpaquePointer) -> Int32 {
    let row = unsafe Int(api.pointee.xRowid(context))
    guard let profiles, profiles.all.indices.contains(row) else { return SQLITE_OK }
    let profile = profiles.all[row]
    guard profile.note != 0 else { return SQLITE_OK }
    let norms = Self.norms(profile, profiles.means)
    var sums: (exact: Float, form: Float, loose: Float) = (0, 0, 0)
    var isInTitle = false
    for (phrase, role) in roles.enumerated() {
      var place = unsafe Fts5PhraseIter()
      var column: Int32 = -1
      var offset: Int32 = 0
      var sum: Float = 0
      let code = unsafe api.pointee.xPhraseFirst(context, Int32(phrase), &place, &column, &offset)
      guard code == SQLITE_OK else { return code }
      while column >= 0 {
        let index = Int(column)
        if index < ColumnWeights.weights.count {
          sum += ColumnWeights.weights[index] / norms[index]
        }
        if index == 0 { isInTitle = true }
        unsafe api.pointee.xPhraseNext(context, &place, &column, &offset)
      }
      switch role {
      case .exact: sums.exact += sum
      case .form: sums.form += sum
      case .loose: sums.loose += sum
      }
    }
    found.rows.append(Int32(row))
    found.frequency.append(sums.exact + sums.form)
    found.exact.append(sums.exact)
    found.loose.append(sums.loose)
    found.isInTitle.append(isInTitle)
    return SQLITE_OK
  }

  private static func norms(
    _ profile: Profile, _ means: (title: Double, headings: Double, text: Double)
  ) -> InlineArray<6, Float> {
    func norm(_ length: Int, _ mean: Double, _ share: Float) -> Float {
      1 - share + share * Float(length) / Float(mean)
    }
    let text = norm(Int(profile.text), means.text, ColumnWeights.textNorm)
    return [
      norm(Int(profile.title), means.title, ColumnWeights.titleNorm),
      norm(Int(profile.headings), means.headings, ColumnWeights.headingNorm),
      text, text, text, text,
    ]
  }
}
