internal import CLinux
internal import Dispatch
internal import Glibc
internal import Synchronization

/// What a folder of the vault holds, as one look found it.
public struct FolderListing: Sendable {
  /// The folder's path in the vault, `""` for the vault itself.
  public let path: String
  /// Its regular files.
  public internal(set) var files: [FileEntry] = []
  /// What is there and is no file of ours: symbolic links, sockets, unreadable folders, other vaults.
  public internal(set) var skipped: [SkippedEntry] = []
  /// The names of what unfinished writes left.
  public internal(set) var temporaries: [String] = []
  /// A sum over the names and stamps of its notes: two looks with the same sum saw the same notes.
  public internal(set) var fingerprint = Fingerprint()
  /// Why it could not be listed, or not to its end, as `errno` has it; `nil` where it was, or is no folder of
  /// the vault's any more.
  public internal(set) var failure: Int32?
  /// Names one after another, so that a listing of 10,000 files is two allocations.
  var names: [UInt8] = []

  /// Notes that it is not whole: what is not in it may be there all the same.
  mutating func fail(_ number: Int32) {
    if failure != nil { return }
    failure = number
    skipped.append(SkippedEntry(path: path, why: describe(number), isUnread: true))
  }

  /// A file's name.
  public func name(of file: FileEntry) -> String {
    String(decoding: names[file.name], as: UTF8.self)
  }

  /// The bytes of a file's path in the vault.
  public func pathBytes(of file: FileEntry) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(path.utf8.count + 1 + file.name.count)
    if !path.isEmpty {
      bytes.append(contentsOf: path.utf8)
      bytes.append(UInt8(ascii: "/"))
    }
    bytes.append(contentsOf: names[file.name])
    return bytes
  }

  /// A file's path in the vault.
  public func path(of file: FileEntry) -> NotePath {
    NotePath(known: path.isEmpty ? name(of: file) : path + "/" + name(of: file))
  }
}

/// A regular file as a walk found it.
public struct FileEntry: Sendable {
  /// Where its name stands in the listing's names.
  let name: Range<Int>
  /// Its stamp.
  public let stamp: FileStamp
  /// Whether its owner may run it.
  public let isExecutable: Bool
  /// Whether it is Markdown outside hidden folders.
  public let isNote: Bool
}

/// Something in the vault's folder that is not read, and why.
public struct SkippedEntry: Sendable, Hashable {
  /// Where it is.
  public let path: String
  /// What it is, such as `symbolic link`.
  public let why: String
  /// Whether a larger `largest-file` in the vault's settings would let it in.
  public let isTooLarge: Bool
  /// Whether it would have been read, had that not failed: for want of a permission, say.
  public let isUnread: Bool

  /// Something that is not read.
  public init(path: String, why: String, isTooLarge: Bool = false, isUnread: Bool = false) {
    self.path = path
    self.why = why
    self.isTooLarge = isTooLarge
    self.isUnread = isUnread
  }
}

/// Goes over every folder of a vault once.
public struct Walk: Sendable {
  /// The vault's folder.
  public let root: String
  /// Whether hidden files and folders are wanted too (never `.git`).
  public let includesHidden: Bool
  /// Whether a second thread helps.
  public let isHelped: Bool

  /// A walk over the folder `root`, on the thread that asks for it alone unless it `isHelped`.
  public init(root: String, includesHidden: Bool = false, isHelped: Bool = true) {
    self.root = root
    self.includesHidden = includesHidden
    self.isHelped = isHelped
  }

  /// Calls `visit` with each folder's listing, in no order, one at a time.
  ///
  /// Folders are listed on two threads where a second one helps, since what costs is the kernel's
  /// answer for each file. A folder that vanished or cannot be read becomes a skipped entry; only the
  /// vault's own folder is an error.
  public func eachFolder(_ visit: (FolderListing) throws -> Void) throws {
    let top = unsafe open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard top >= 0 else {
      throw VaultError.system(operation: "open the vault", path: root, errno: errno)
    }
    defer { close(top) }
    let queue = WalkQueue()
    let helper = DispatchGroup()
    if isHelped {
      DispatchQueue.global().async(group: helper) {
        while let path = queue.nextFolder() { list(path, below: top, into: queue) }
      }
    }
    defer {
      queue.stop()
      helper.wait()
    }
    while true {
      while let listing = queue.nextListing() { try visit(listing) }
      guard let path = queue.nextFolder(orListing: true) else {
        if queue.isDone { return }
        continue
      }
      list(path, below: top, into: queue)
    }
  }

  /// One folder as a walk would list it, and whether what is in it could be read; `nil` where a walk
  /// would not come to it.
  public func folder(_ path: String) throws -> (listing: FolderListing, isReadable: Bool)? {
    let top = Descriptor(unsafe open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    guard top.number >= 0 else {
      throw VaultError.system(operation: "open the vault", path: root, errno: errno)
    }
    var above = ""
    for part in NotePath.parts(of: path) {
      // A walk does not go through a folder that it cannot list.
      let shown = above.isEmpty ? "." : above
      guard unsafe faccessat(top.number, shown, R_OK, 0) == 0 else {
        return Self.isNoFolder(errno) ? nil : (FolderListing(path: path, failure: errno), false)
      }
      above = join(above, part)
      if unsafe part.utf8.first == dot || isOtherVault(above, in: top.number) { return nil }
    }
    var subfolders: [String] = []
    let listing = list(path, below: top.number, subfolders: &subfolders)
    if listing.failure != nil { return (listing, false) }
    return listing.skipped.contains { $0.path == path } ? nil : (listing, true)
  }

  /// Whether an error of the system says that no folder of the vault is there.
  private static func isNoFolder(_ number: Int32) -> Bool {
    [ENOENT, ENOTDIR, ELOOP, EXDEV].contains(number)
  }

  private func list(_ path: String, below top: Int32, into queue: WalkQueue) {
    var subfolders: [String] = []
    let listing = list(path, below: top, subfolders: &subfolders)
    queue.finish(listing, subfolders)
  }

  private func list(_ path: String, below top: Int32, subfolders: inout [String]) -> FolderListing {
    var listing = FolderListing(path: path)
    let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let folder = unsafe notes_open_beneath(top, path.isEmpty ? "." : path, flags, 0)
    guard folder >= 0, let stream = unsafe fdopendir(folder) else {
      let number = errno
      if Self.isNoFolder(number) {
        listing.skipped.append(SkippedEntry(path: path, why: describe(number)))
      } else {
        listing.fail(number)
      }
      if folder >= 0 { close(folder) }
      return listing
    }
    defer { unsafe closedir(stream) }
    let isHiddenFolder = path.utf8.first == dot || path.contains("/.")
    while let entry = unsafe nextEntry(stream) {
      unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: UInt8.self, capacity: 256) { name in
          unsafe add(
            name, kind: entry.pointee.d_type, in: folder, isHiddenFolder: isHiddenFolder,
            to: &listing, subfolders: &subfolders)
        }
      }
    }
    if errno != 0 { listing.fail(errno) }
    return listing
  }

  private func add(
    _ name: UnsafePointer<UInt8>, kind: UInt8, in folder: Int32, isHiddenFolder: Bool,
    to listing: inout FolderListing, subfolders: inout [String]
  ) {
    let length = unsafe strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
    let bytes = unsafe UnsafeBufferPointer(start: name, count: length)
    let isHidden = unsafe bytes[0] == dot
    if isHidden {
      if !includesHidden || length == 1 { return }
      if unsafe bytes.elementsEqual(dotDot) || bytes.elementsEqual(dotGit) { return }
    }
    let isMarkdown = unsafe NotePath.isNoteName(bytes)
    // Without the hidden files a walk serves the notes alone, and a stat costs a microsecond.
    if !includesHidden, kind == UInt8(DT_REG), !isMarkdown { return }
    var status = stat()
    let pointer = unsafe UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)
    if kind != UInt8(DT_DIR) {
      guard unsafe fstatat(folder, pointer, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
        // It was listed and is gone: then it is simply not there. In a folder that may be listed and not
        // entered it is there all the same.
        if errno != ENOENT { listing.fail(errno) }
        return
      }
    }
    if kind == UInt8(DT_DIR) || status.st_mode & S_IFMT == S_IFDIR {
      let path = join(listing.path, unsafe String(decoding: bytes, as: UTF8.self))
      if unsafe isOtherVault(pointer, in: folder) {
        listing.skipped.append(SkippedEntry(path: path, why: "a git repository of its own"))
      } else {
        subfolders.append(path)
      }
      return
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      if includesHidden || isMarkdown {
        let path = join(listing.path, unsafe String(decoding: bytes, as: UTF8.self))
        listing.skipped.append(SkippedEntry(path: path, why: describe(kindOf: status.st_mode)))
      }
      return
    }
    if unsafe VaultFiles.isTemporary(bytes) {
      listing.temporaries.append(unsafe String(decoding: bytes, as: UTF8.self))
      return
    }
    guard unsafe String(validating: bytes, as: UTF8.self) != nil else {
      let path = join(listing.path, unsafe String(decoding: bytes, as: UTF8.self))
      listing.skipped.append(SkippedEntry(path: path, why: "its name is not UTF-8"))
      return
    }
    let start = listing.names.count
    unsafe listing.names.append(contentsOf: bytes)
    let stamp = FileStamp(status)
    let isNote = isMarkdown && !isHiddenFolder
    listing.files.append(
      FileEntry(
        name: start..<listing.names.count, stamp: stamp,
        isExecutable: status.st_mode & S_IXUSR != 0, isNote: isNote))
    if isNote { unsafe listing.fingerprint.add(bytes, stamp) }
  }

  private func isOtherVault(_ name: UnsafePointer<CChar>, in folder: Int32) -> Bool {
    let path = unsafe String(cString: name) + "/.git"
    var status = stat()
    return unsafe fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0
  }
}

/// The folders that are still to be listed, and the listings that are still to be visited.
private final class WalkQueue: Sendable {
  private struct State {
    var folders = [""]
    var listings: [FolderListing] = []
    var busy = 0
    var isStopped = false
  }

  private let state = Mutex(State())

  /// What a thread that asks for work is told.
  private enum Answer {
    case folder(String)
    case nothing
    case wait
  }

  /// The next folder to list; `nil` when there will be no more, or when the walk was stopped.
  ///
  /// Waits while another thread may still find subfolders. With `orListing`, a listing that waits to
  /// be visited ends the wait too.
  func nextFolder(orListing: Bool = false) -> String? {
    while true {
      switch answer(orListing) {
      case .folder(let folder): return folder
      case .nothing: return nil
      // Only at the beginning and at the end, for as long as one folder takes.
      case .wait: usleep(50)
      }
    }
  }

  private func answer(_ orListing: Bool) -> Answer {
    state.withLock { state in
      if state.isStopped { return .nothing }
      if orListing, !state.listings.isEmpty { return .nothing }
      // A reader that is slow must not make the walk hold everything in memory.
      let isAhead = state.listings.count >= 64 && !orListing
      if !isAhead, let folder = state.folders.popLast() {
        state.busy += 1
        return .folder(folder)
      }
      return state.folders.isEmpty && state.busy == 0 ? .nothing : .wait
    }
  }

  func finish(_ listing: FolderListing, _ subfolders: [String]) {
    state.withLock { state in
      state.listings.append(listing)
      state.folders += subfolders
      state.busy -= 1
    }
  }

  func nextListing() -> FolderListing? { state.withLock { $0.listings.popLast() } }

  /// Whether every folder was listed and every listing taken.
  var isDone: Bool {
    state.withLock { $0.folders.isEmpty && $0.busy == 0 && $0.listings.isEmpty }
  }

  func stop() { state.withLock { $0.isStopped = true } }
}

/// An order-free sum over the notes of a folder, of 128 bits.
public struct Fingerprint: Hashable, Sendable {
  /// The first half.
  public private(set) var low: UInt64
  /// The second half.
  public private(set) var high: UInt64

  /// The sum over nothing, which is not that of a folder of which nothing is known.
  public init() { self.init(low: 0x6a09_e667_f3bc_c908, high: 0xbb67_ae85_84ca_a73b) }

  /// What no folder has.
  public static var unknown: Fingerprint { Fingerprint(low: 0, high: 0) }

  /// A sum that was stored.
  public init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// Takes one file into the sum.
  mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ stamp: FileStamp) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for place in name.indices { hash = unsafe (hash ^ UInt64(name[place])) &* 0x100_0000_01b3 }
    for part in [
      UInt64(bitPattern: stamp.size), UInt64(bitPattern: stamp.modified),
      UInt64(bitPattern: stamp.changed), stamp.inode,
    ] {
      hash = Self.mix(hash ^ part)
    }
    low &+= hash
    high &+= Self.mix(hash ^ 0x9e37_79b9_7f4a_7c15)
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
  private static func mix(_ value: UInt64) -> UInt64 {
    var x = value &+ 0x9e37_79b9_7f4a_7c15
    x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
    x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
    return x ^ (x >> 31)
  }
}

private let dot = UInt8(ascii: ".")
private let dotDot = Array("..".utf8)
private let dotGit = Array(".git".utf8)

private func join(_ folder: String, _ name: String) -> String {
  folder.isEmpty ? name : folder + "/" + name
}
