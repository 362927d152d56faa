import CGit2

/// What git could not do, and why.
public struct GitError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was being done, as a verb and its object: `read a blob`.
  public let operation: String
  /// libgit2's return code, or 0 when the refusal is ours.
  public let code: Int32
  /// The part of libgit2 that complained (`git_error_t`), or 0.
  public let area: Int32
  /// The reason in words, at most 4 KB, without control characters and without passwords.
  public let message: String
  /// What kind of failure it is.
  public let reason: Reason

  /// The kinds of failure that callers tell apart.
  public enum Reason: Equatable, Sendable {
    /// There is no such object, reference or path.
    case notFound
    /// A short name fits more than one object.
    case ambiguous
    /// Something of that name is there already.
    case exists
    /// Another process holds a lock file.
    case locked
    /// A reference is not where it was expected to be.
    case modified
    /// The input is not valid: a name, a URL, a path.
    case invalid
    /// The repository cannot be used as it is.
    case repository(RepositoryProblem)
    /// The remote at a path cannot be used as it is.
    case remote(RepositoryProblem, at: String)
    /// An object or a file of the repository is damaged or missing.
    case corrupt
    /// An object is larger than a limit, or than the memory.
    case tooLarge
    /// The disk, or the user's share of it, is full.
    case diskFull
    /// The operating system does not allow it.
    case denied
    /// The other side cannot be reached, or broke off.
    case network
    /// The other side did not accept who we are.
    case authentication
    /// The certificate of an https server is not to be trusted, or we have no TLS in common with it.
    case certificate
    /// The key of an ssh server is unknown, or has changed.
    case hostKey
    /// The other side said no, in its own words.
    case refusedByRemote
    /// The other side has commits that we do not.
    case nonFastForward
    /// Nothing came for too long, or the whole took too long.
    case timeout
    /// The caller asked to stop.
    case cancelled
    /// Anything else.
    case other
  }

  /// Makes an error of our own.
  init(
    _ operation: String, _ reason: Reason, _ message: String = "", code: Int32 = 0, area: Int32 = 0
  ) {
    self.operation = operation
    self.reason = reason
    self.message = Self.cleaned(message)
    self.code = code
    self.area = area
  }

  /// Makes an error of the message that libgit2 left on this thread: to be called at once.
  init(_ operation: String, code: Int32) {
    var text = ""
    var area: Int32 = 0
    if let last = unsafe git_error_last() {
      area = unsafe last.pointee.klass
      if let message = unsafe last.pointee.message { text = unsafe String(cString: message) }
    }
    let reason = Self.reason(code, area, text)
    self.init(operation, reason, Self.clear(text), code: code, area: area)
  }

  /// libgit2's words, where they do not say what to do, in words that do.
  private static func clear(_ text: String) -> String {
    let denied = "' is locked: Permission denied"
    // libgit2's name for that: nobody holds it.
    if text.hasSuffix(denied) { return text.dropLast(denied.count) + "': Permission denied" }
    let stray = "the given reference name 'refs/"
    guard text.hasPrefix(stray), text.hasSuffix("' is not valid") else { return text }
    // As a program leaves it there that keeps folders alike.
    let name = text.dropFirst(stray.count).dropLast("' is not valid".count)
    return "refs/\(name) is no name of a reference: if a file is called that there, remove it"
  }

  /// The same failure, told as part of something larger.
  func during(_ operation: String, reason: Reason? = nil, message: String? = nil) -> GitError {
    GitError(
      operation, reason ?? self.reason, message ?? self.message, code: code, area: area)
  }

  /// Whether a folder was not there that had been a moment before.
  var isMissingFolder: Bool { message.hasSuffix("No such file or directory") }

  /// One line: what failed and why.
  public var description: String {
    message.isEmpty ? "cannot \(operation)" : "cannot \(operation): \(message)"
  }

  /// Text from anywhere made fit to show: one line, no control characters, no password, 4 KB.
  public static func cleaned(_ text: String) -> String {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if bytes.count > 4_000 { break }
      switch scalar.value {
      case 0x0A, 0x09, 0x0D: bytes.append(UInt8(ascii: " "))
      case 0..<0x20, 0x7F..<0xA0: continue
      // Marks that turn the direction of writing could make a line read as another.
      case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: continue
      default: bytes.append(contentsOf: String(scalar).utf8)
      }
    }
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    return RemoteURL.redacted(String(decoding: bytes, as: UTF8.self))
  }

  private static func reason(_ code: Int32, _ area: Int32, _ text: String) -> Reason {
    switch code {
    case GIT_ENOTFOUND.rawValue:
      // A missing object that something else names is damage; a name that names nothing is not.
      return .notFound
    case GIT_EEXISTS.rawValue: return .exists
    case GIT_EAMBIGUOUS.rawValue: return .ambiguous
    case GIT_ELOCKED.rawValue: return .locked
    case GIT_EMODIFIED.rawValue: return .modified
    case GIT_EINVALIDSPEC.rawValue, GIT_EINVALID.rawValue: return .invalid
    case GIT_ENONFASTFORWARD.rawValue: return .nonFastForward
    case GIT_EAUTH.rawValue: return .authentication
    case GIT_ECERTIFICATE.rawValue: return .certificate
    case GIT_EUSER.rawValue: return .cancelled
    case GIT_EEOF.rawValue: return .network
    default: break
    }
    if text.hasSuffix("No space left on device") || text.hasSuffix("Disk quota exceeded") {
      return .diskFull
    }
    if text.hasSuffix("Permission denied") || text.hasSuffix("Read-only file system")
      || text.hasSuffix("Operation not permitted")
    {
      return .denied
    }
    switch git_error_t(rawValue: UInt32(bitPattern: area)) {
    case GIT_ERROR_ODB, GIT_ERROR_ZLIB, GIT_ERROR_OBJECT, GIT_ERROR_TREE, GIT_ERROR_INDEXER:
      return .corrupt
    case GIT_ERROR_NOMEMORY: return .tooLarge
    case GIT_ERROR_NET, GIT_ERROR_SSH, GIT_ERROR_HTTP, GIT_ERROR_SSL: return .network
    default: return .other
    }
  }
}

/// Throws what libgit2 says when a call's return code is negative.
func check(_ operation: String, _ code: Int32) throws(GitError) {
  if code < 0 { throw GitError(operation, code: code) }
}
