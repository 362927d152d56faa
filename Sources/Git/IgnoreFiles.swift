import CGit2
import Glibc

/// The ignore files that were read, kept as long as the disk says that they are the same.
final class IgnoreFiles {
  private var known: [String: (stamp: FileStamp, rules: [IgnoreRules])] = [:]
  /// The rules of a text that is no file's.
  private var builtIn: (text: String, rules: IgnoreRules)?

  /// Git reads none that is larger.
  private static let limit = 100 << 20

  /// The rules of a file; `nil` where there is none.
  ///
  /// - Throws: `GitError` where it is there and cannot be read, or may be there: without what it says, a
  ///   private file would be versioned.
  func rules(at place: String, foldsCase: Bool) throws(GitError) -> IgnoreRules? {
    try rules(at: place, foldsCase: foldsCase) { [$0] }.first
  }

  /// The rules of a text that is no file's; it is the same for each folder of a scan.
  func rules(saying text: String, foldsCase: Bool) -> IgnoreRules {
    if let builtIn, builtIn.text == text { return builtIn.rules }
    let rules = IgnoreRules(Array(text.utf8), foldsCase: foldsCase)
    builtIn = (text, rules)
    return rules
  }

  /// The rules of each paragraph of a file.
  func paragraphs(at place: String, foldsCase: Bool) throws(GitError) -> [IgnoreRules] {
    try rules(at: place, foldsCase: foldsCase, of: IgnoreRules.paragraphs)
  }

  private func rules(
    at place: String, foldsCase: Bool, of parts: ([UInt8]) -> [[UInt8]]
  ) throws(GitError) -> [IgnoreRules] {
    guard let stamp = try stamp(at: place) else { return [] }
    if let kept = known[place], kept.stamp == stamp { return kept.rules }
    guard let text = try text(at: place, stamp) else { return [] }
    let rules = parts(text).map { IgnoreRules($0, foldsCase: foldsCase) }
    known[place] = Self.isSettled(stamp) ? (stamp, rules) : nil
    return rules
  }

  /// The text of a file; `nil` where there is none.
  func text(at place: String) throws(GitError) -> [UInt8]? {
    guard let stamp = try stamp(at: place) else { return nil }
    return try text(at: place, stamp)
  }

  private func text(at place: String, _ stamp: FileStamp) throws(GitError) -> [UInt8]? {
    try RuleFiles.requireReadable(place)
    if FileKind.isNullDevice(place) { return nil }
    if stamp.size > Self.limit {
      throw GitError("read \(place)", .other, "it is larger than any that git reads")
    }
    errno = 0
    if let bytes = readPlainFile(place, limit: Self.limit) { return bytes }
    if errno == ENOENT { return nil }
    throw errno == 0
      ? GitError("read \(place)", .other, "it is being written") : systemError("read", place)
  }

  /// The stamp of what may be a file; `nil` where there is none.
  private func stamp(at place: String) throws(GitError) -> FileStamp? {
    var status = stat()
    guard unsafe stat(place, &status) == 0 else {
      if [ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(errno) { return nil }
      throw systemError("read", place)
    }
    return status.st_mode & S_IFMT == S_IFDIR ? nil : FileStamp(status)
  }

  /// Whether the next change of a file will show in its stamp: a clock's tick is over since the last one.
  private static func isSettled(_ stamp: FileStamp) -> Bool {
    var now = timespec()
    guard unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 else { return false }
    return max(stamp.changed, stamp.modified).seconds + 1 < Int64(now.tv_sec)
  }
}
