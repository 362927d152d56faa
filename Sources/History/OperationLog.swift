public import Vault

/// What commands did to this vault on this machine, newest last.
public struct OperationLog: Sendable {
  private let stateFolder: String

  /// How many operations are kept; each holds the bytes it took out of the vault.
  private static let kept = 500
  /// The largest number: more than a vault sees in its life.
  private static let largest = 999_999_999_999

  /// The log of a vault.
  public init(of vault: Vault) {
    stateFolder = vault.stateFolder
  }

  /// The operation that is under way, or that a killed command left.
  var journal: StateFile { StateFile(stateFolder + "/journal") }

  /// What sync brought and could not write.
  var unwritten: StateFile { StateFile(stateFolder + "/unwritten") }

  /// The changes that wait until they can be made; `nil` where none does.
  func waiting() throws -> Operation? {
    try unwritten.read().map { try Operation(encoded: $0) }
  }

  /// Lets changes wait, in place of those that did.
  func wait(for operation: Operation) throws {
    if operation.changes.isEmpty { return try unwritten.remove() }
    let bytes = try operation.encoded()
    if try unwritten.read() != bytes { try unwritten.write(bytes) }
  }

  /// The operation in the journal; `nil` where there is none.
  func underWay() throws -> Operation? {
    try journal.read().map { try Operation(encoded: $0) }
  }

  private var folder: String { stateFolder + "/operations" }

  /// The numbers of the operations that can be taken back, oldest first.
  public var numbers: [Int] {
    StateFile.names(in: folder).compactMap { name in
      // A file that somebody else put there is none.
      Int(name).flatMap { (1...Self.largest).contains($0) && name == Self.name($0) ? $0 : nil }
    }.sorted()
  }

  /// An operation by its number.
  public func operation(_ number: Int) throws -> Operation? {
    guard let bytes = try file(number).read() else { return nil }
    return try Operation(encoded: bytes)
  }

  /// The operation of a number, or the last one.
  ///
  /// - Throws: `HistoryError.nothingToUndo` where there is none, `noSuchOperation` where none has it.
  func operation(orLast number: Int?) throws -> (number: Int, Operation) {
    guard let number = number ?? numbers.last else { throw HistoryError.nothingToUndo }
    guard let operation = try operation(number) else {
      throw HistoryError.noSuchOperation(number)
    }
    return (number, operation)
  }

  /// Writes down what is about to be done.
  ///
  /// - Throws: `VaultError`, and nothing is begun; or `HistoryError.unfinished`.
  func begin(_ operation: Operation) throws {
    let bytes = try operation.encoded()
    do {
      try journal.write(bytes)
    } catch {
      // It can be in place though the folder could not be synced: the next command would do what this
      // one is about to say it could not.
      do { try journal.remove() } catch { throw HistoryError.unfinished(error) }
      throw error
    }
  }

  /// Says that what was written down is done; it is kept if it changed a file, and so can be undone.
  func finish(isWorthKeeping: Bool) throws {
    guard isWorthKeeping else { return try journal.remove() }
    let number = min((numbers.last ?? 0) + 1, Self.largest)
    try journal.move(to: file(number).path)
    for old in numbers.dropLast(Self.kept) { try file(old).remove() }
  }

  /// Says so after all is done: whether or not it can be noted is no question of success, and the next
  /// command sees to it.
  func conclude(isWorthKeeping: Bool) {
    try? finish(isWorthKeeping: isWorthKeeping)
  }

  /// Forgets the operations that there were.
  func forget() throws {
    for number in numbers { try file(number).remove() }
  }

  private func file(_ number: Int) -> StateFile {
    StateFile(folder + "/" + Self.name(number))
  }

  private static func name(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
