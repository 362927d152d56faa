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
    var status = stat()
    guard unsafe stat(place, &status) == 0 else {
      if [ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(errno) { return [] }
      throw systemError("read", place)
    }
    if status.st_mode & S_IFMT == S_IFDIR { return [] }
    let stamp = FileStamp(status)
    if let kept = known[place], kept.stamp == stamp { return kept.rules }
    try RuleFiles.requireReadable(place)
    if FileKind.isNullDevice(place) { return [] }
    if stamp.size > Self.limit {
      throw GitError("read \(place)", .other, "it is larger than any that git reads")
    }
    errno = 0
    guard let bytes = readPlainFile(place, limit: Self.limit) else {
      if errno == ENOENT { return [] }
      throw errno == 0
        ? GitError("read \(place)", .other, "it is being written") : systemError("read", place)
    }
    let rules = parts(bytes).map { IgnoreRules($0, foldsCase: foldsCase) }
    known[place] = Self.isSettled(stamp) ? (stamp, rules) : nil
    return rules
  }

  /// Whether the next change of a file will show in its stamp: a clock's tick is over since the last one.
  private static func isSettled(_ stamp: FileStamp) -> Bool {
    var now = timespec()
    guard unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 else { return false }
    return max(stamp.changed, stamp.modified).seconds + 1 < Int64(now.tv_sec)
  }
}
