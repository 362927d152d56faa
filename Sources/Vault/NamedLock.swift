internal import Glibc

/// A lock that is held by a file being there: for file systems on which the kernel has none.
///
/// Some network file systems refuse `flock` (their server keeps no locks). There a file is made that
/// must not exist yet (`O_EXCL`, which NFS keeps since version 3), as git does for its own. A command
/// that is killed leaves it behind, so it says who made it; one of this machine that no longer runs
/// is passed over, and another machine's is named.
struct NamedLock: ~Copyable, Sendable {
  private let path: String

  /// The lock at `path`, or `nil` while another holds it.
  ///
  /// - Throws: `VaultError.system` where no such file can be made.
  static func take(at path: String) throws(VaultError) -> NamedLock? {
    if try make(path) { return NamedLock(path: path) }
    guard let holder = Holder(at: path), holder.isGone else { return nil }
    // Since that one was read it may have been given back, and taken by another. But who is gone
    // gives nothing back any more, and what it left is removed by one at a time: if it is still
    // there now, it stays until we remove it.
    let turn = path + ".gone"
    guard try make(turn) else {
      // One that was killed in these few lines left its turn to the next.
      if Holder(at: turn)?.isGone == true { unsafe unlink(turn) }
      return nil
    }
    defer { unsafe unlink(turn) }
    guard Holder(at: path) == holder else { return nil }
    unsafe unlink(path)
    return try make(path) ? NamedLock(path: path) : nil
  }

  deinit { unsafe unlink(path) }

  /// Makes the file, with our name in it, unless there is one.
  private static func make(_ path: String) throws(VaultError) -> Bool {
    let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    if number < 0 {
      if errno == EEXIST { return false }
      throw .system(operation: "lock", path: path, errno: errno)
    }
    let file = Descriptor(number)
    do {
      try VaultFiles.write(Array(Holder.this.text.utf8), to: file, shownAs: path, isDerived: true)
    } catch {
      unsafe unlink(path)
      throw error
    }
    return true
  }

  /// The process that made such a file.
  private struct Holder: Equatable {
    /// What tells one start of one machine from all others, and its process numbers from those of
    /// a container on it.
    let machine: String
    let process: Int32

    var text: String { "\(machine)\n\(process)\n" }

    /// Whether it ran on this machine, and does no longer; where `/proc` does not say which machine
    /// this is, nobody is taken for gone.
    var isGone: Bool {
      !machine.hasPrefix(" ") && machine == Self.this.machine && kill(process, 0) != 0
        && errno == ESRCH
    }

    static var this: Holder {
      let space = StateFile("/proc/self/ns/pid").linkTarget ?? ""
      let boot = words(of: "/proc/sys/kernel/random/boot_id").first ?? ""
      return Holder(machine: "\(boot) \(space)", process: getpid())
    }

    init(machine: String, process: Int32) {
      self.machine = machine
      self.process = process
    }

    init?(at path: String) {
      let words = Self.words(of: path)
      guard words.count == 2, let process = Int32(words[1]) else { return nil }
      self.init(machine: words[0], process: process)
    }

    private static func words(of path: String) -> [String] {
      let bytes = (try? StateFile(path).read()) ?? []
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }
}
