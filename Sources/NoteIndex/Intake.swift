internal import Foundation
internal import Glibc
internal import Markup
internal import Synchronization
internal import Vault

/// What became of a note that was to be read.
struct Finished: Sendable {
  enum Outcome: Sendable {
    /// It was read, and holds something else than the index knows.
    case read(NoteRows)
    /// It holds what the index knows.
    case same
    /// It is not there any more.
    case gone
    /// It cannot be read.
    case unread(why: String)
    /// Nothing can be read now.
    case failed(VaultError)
  }

  let path: NotePath
  var stamp = FileStamp(size: 0, modified: 0, changed: 0, inode: 0)
  var hash: Int64 = 0
  /// Whether it could be rewritten without a trace in its stamp.
  var isRacy = false
  let outcome: Outcome
}

/// Reads notes on threads of their own, a little ahead of who writes them to the index.
///
/// There are two for many notes: while one waits for the disk, the other goes on. Each reads every
/// second note, so that they are handed out in the order of the works all the same.
final class Intake: Sendable {
  private let lines: [IntakeLine]
  private let taken = Atomic(0)

  /// Starts to read.
  init(_ works: [Work], vault: Vault, now: Int64) {
    let count = works.count < 64 ? 1 : 2
    lines = (0..<count).map { line in
      IntakeLine(
        stride(from: line, to: works.count, by: count).map { works[$0] }, vault: vault, now: now)
    }
  }

  /// The next note, in the order of the works; `nil` after the last.
  ///
  /// It is for one thread to ask.
  func next() -> Finished? {
    let place = taken.wrappingAdd(1, ordering: .relaxed).oldValue
    return lines[place % lines.count].next()
  }

  /// Lets the threads end, also when not all was taken.
  func stop() {
    for line in lines { line.stop() }
  }
}

/// Reads some notes on a thread of its own.
private final class IntakeLine: Sendable {
  private let works: [Work]
  private let vault: Vault
  private let now: Int64
  /// One place for each note and one more for each 512 kB, so that few large ones wait where many
  /// small ones do.
  private let finished = Handover<Finished>(places: 256)

  /// Starts to read.
  init(_ works: [Work], vault: Vault, now: Int64) {
    self.works = works
    self.vault = vault
    self.now = now
    if works.isEmpty {
      finished.finish()
      return
    }
    let thread = Thread { [self] in readAll() }
    // As much as a main thread has: notes can be nested deeply.
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// The next note, in the order of the works; `nil` after the last.
  func next() -> Finished? { finished.next() }

  /// Lets the thread end, also when not all was taken.
  func stop() { finished.stop() }

  private func readAll() {
    var vocabulary = VocabularyIntake(language: vault.settings.language)
    for work in works {
      let note = read(work, &vocabulary)
      guard finished.put(note, places: 1 + Int(note.stamp.size / 524_288)) else { return }
    }
    finished.finish()
  }

  private func read(_ work: Work, _ vocabulary: inout VocabularyIntake) -> Finished {
    let file: (bytes: [UInt8], stamp: FileStamp)
    do {
      file = try vault.files.read(work.path, limit: vault.settings.largestNote)
    } catch {
      return failed(work, error)
    }
    let hash = ContentHash.of(file.bytes)
    var outcome = Finished.Outcome.same
    if hash != work.knownHash {
      let document = Document(bytes: file.bytes)
      let note = Note(path: work.path, document: document, stamp: file.stamp)
      outcome = .read(NoteRows(note, settings: vault.settings, vocabulary: &vocabulary))
    }
    return Finished(
      path: work.path, stamp: file.stamp, hash: hash, isRacy: file.stamp.isRacy(at: now),
      outcome: outcome)
  }

  private func failed(_ work: Work, _ error: VaultError) -> Finished {
    switch error {
    case .tooLarge(_, let size, _):
      guard let stamp = vault.files.stamp(of: work.path) else { break }
      let rows = NoteRows(
        oversized: work.path, stamp: stamp, size: size, settings: vault.settings)
      // The size stands for the bytes that are not read.
      return Finished(
        path: work.path, stamp: stamp, hash: size, isRacy: stamp.isRacy(at: now),
        outcome: size == work.knownHash ? .same : .read(rows))
    case .system(_, _, let number) where isOfTheProcess(number):
      return Finished(path: work.path, outcome: .failed(error))
    case .system(_, _, let number):
      return Finished(path: work.path, outcome: .unread(why: VaultError.words(for: number)))
    case .unsafePath(_, let why):
      return Finished(path: work.path, outcome: .unread(why: why))
    default: break
    }
    return Finished(path: work.path, outcome: .gone)
  }
}

/// Whether an error says nothing of the file, but that the process may open no more of them.
func isOfTheProcess(_ number: Int32) -> Bool { [EMFILE, ENFILE, ENOMEM].contains(number) }
