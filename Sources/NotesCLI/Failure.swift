internal import Git
internal import Glibc
internal import History
internal import NoteIndex
internal import Site
internal import Vault
internal import Web

/// What a command says when it cannot do what was asked: a sentence, what to type next, a code.
struct Failure: Error {
  /// One line: what happened, and to what.
  var message: String
  /// What to type next.
  var hint: String?
  /// How the command ends.
  var status: ExitStatus

  init(_ message: String, hint: String? = nil, status: ExitStatus = .failed) {
    self.message = message
    self.hint = hint
    self.status = status
  }

  /// The words for any error: the one place where errors become sentences and exit codes.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as VaultError: self.init(vault: error)
    case let error as IndexError: self.init(index: error)
    case let error as HistoryError: self.init(history: error)
    case let error as GitError: self.init(git: error)
    case let error as WatchError: self.init(watch: error)
    case let error as SiteError: self.init(site: error)
    case let error as WebError: self.init(web: error)
    case is CancellationError: self.init("interrupted", status: .interrupted)
    default: self.init("\(error)")
    }
  }
}

extension Failure {
  private init(vault error: VaultError) {
    switch error {
    case .noVault(let folder):
      self.init(
        "no vault in \(folder) or above it", hint: "notes init, or notes --vault DIR …",
        status: .noVault)
    case .noRepository(let root):
      self.init(
        "\(root) has .notes/ but no git repository", hint: "notes init \(quoted(root))",
        status: .noVault)
    case .insideRepository(let folder, let root):
      self.init(
        "\(folder) is a part of the git repository \(root), whose history git keeps",
        hint: "notes init \(quoted(root)) makes all of it the vault", status: .noVault)
    case .unsafePath(let path, let why):
      self.init("\(path) cannot be a path in the vault: \(why)")
    case .exists(let path):
      self.init("\(path) is there already", hint: "notes edit \(quoted(path))")
    case .notFound(let path):
      self.init("\(path) is not there", hint: "notes list", status: .no)
    case .notAFile(let path, let kind):
      self.init("\(path) is not read: it is a \(kind)")
    case .ignored(let path):
      self.init("\(path) is a file that git ignores, and was left as it is")
    case .keptOut(let path, let why):
      self.init("\(path) was left as it is: \(why)")
    case .tooLarge(let path, let size, let limit):
      self.init("\(path) is too large: \(size) bytes, and the limit is \(limit)")
    case .changedMeanwhile(let path):
      self.init("\(path) was changed meanwhile, and was left as it is", hint: "try again")
    case .busy(let holder):
      self.init("the vault is busy: \(holder)", hint: "try again when it is done", status: .busy)
    case .system("lock", let path, EACCES), .system("lock", let path, EROFS):
      self.init(
        "this vault cannot be written: no permission for \(path)",
        hint: "it can be read and searched as it is")
    case .system(let operation, let path, let number):
      self.init("could not \(operation) \(path): \(VaultError.words(for: number))")
    case .badSettings(let file, let line, let why):
      let place = line > 0 ? "\(file):\(line)" : file
      self.init("\(place): \(why)", hint: "notes edit \(file)")
    }
  }
}

/// A text as a shell takes it for one word.
func quoted(_ text: String) -> String {
  let plain = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      true
    default: "-_./:@%+=,".utf8.contains(byte)
    }
  }
  if plain, !text.isEmpty { return text }
  return "'"
    + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    + "'"
}

extension Failure {
  private init(web error: WebError) {
    switch error {
    case .portTaken(let port):
      self.init(
        "another program listens at port \(port)", hint: "notes serve --port 0 takes a free one")
    }
  }
}
