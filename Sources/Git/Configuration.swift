import CGit2
import Synchronization

/// The settings that apply to a repository, as they were when they were read.
///
/// The repository's own file must be readable. The user's and the machine's are taken if they can
/// be: a syntax error in `~/.gitconfig` must not keep anyone from their notes.
@safe struct Configuration: ~Copyable {
  private let handle: Handle<ConfigKind>

  /// From which level on a setting is the repository's: below it are those of the user and the machine,
  /// each file with a level of its own.
  ///
  /// libgit2 has five levels, and no two files of one: too few for what is included.
  private static let ofRepository: Int32 = 1_000

  /// libgit2's search paths are one for the process, so whoever changes them holds this.
  static let searchPaths = Mutex(())

  /// Reads the settings of a repository.
  init(_ repository: borrowing Handle<RepositoryKind>, _ environment: GitEnvironment)
    throws(GitError)
  {
    let common = unsafe String(cString: git_repository_commondir(repository.pointer))
    let own = unsafe String(cString: git_repository_path(repository.pointer))
    let live = try unsafe Handle<ConfigKind>("read the settings") { unsafe git_config_new(&$0) }
    try check(
      "read the settings",
      unsafe git_config_add_file_ondisk(
        live.pointer, common + "config", git_config_level_t(Self.ofRepository), repository.pointer,
        0))
    var worktreeSettings: Int32 = 0
    _ = unsafe git_config_get_bool(&worktreeSettings, live.pointer, "extensions.worktreeconfig")
    if worktreeSettings != 0, case .file = FileKind.of(own + "config.worktree") {
      try check(
        "read the settings",
        unsafe git_config_add_file_ondisk(
          live.pointer, own + "config.worktree", git_config_level_t(Self.ofRepository + 1),
          repository.pointer, 0))
    }
    let pointer = unsafe live.pointer
    let owner = unsafe repository.pointer
    let home = environment.nonEmpty("HOME")
    let files = environment.settingsFiles
    // Room for what each of them includes.
    let step = Int(Self.ofRepository) / (files.count + 1)
    Self.withHome(home ?? "") {
      func add(_ file: String, level: Int) {
        guard case .file(let size) = FileKind.of(file, following: true), size < 1 << 20 else {
          return
        }
        // A file that cannot be parsed counts as empty: see above.
        _ = unsafe git_config_add_file_ondisk(
          pointer, file, git_config_level_t(Int32(level)), owner, 0)
      }
      for (place, file) in files.enumerated() { add(file, level: (place + 1) * step) }
      // Each file is read once more for it, at every start: only where there is such a setting.
      guard let conditional = unsafe ConditionalSettings(of: pointer, home: home) else { return }
      for (place, file) in files.enumerated() {
        for (next, included) in conditional.files(includedBy: file).prefix(step - 1).enumerated() {
          add(included, level: (place + 1) * step + next + 1)
        }
      }
    }
    // A snapshot, so that nothing is read again behind our back when a file changes.
    let snapshot = try unsafe Handle<ConfigKind>("read the settings") {
      unsafe git_config_snapshot(&$0, live.pointer)
    }
    try check(
      "read the settings", unsafe git_repository_set_config(repository.pointer, snapshot.pointer))
    handle = snapshot
    Self.findAttributesFile(repository, environment)
  }

  /// Has libgit2 find the user's file of attributes, which it does once for each repository.
  private static func findAttributesFile(
    _ repository: borrowing Handle<RepositoryKind>, _ environment: GitEnvironment
  ) {
    let home = environment.nonEmpty("HOME") ?? ""
    let folder = environment.settingsFolder ?? ""
    let pointer = unsafe repository.pointer
    withHome(home) {
      let level = GIT_CONFIG_LEVEL_XDG.rawValue
      _ = unsafe notes_git_set_search_path(level, folder)
      // Both read no file of the work tree; the second makes the cache of rules anew, and asks for none.
      _ = unsafe git_attr_cache_flush(pointer)
      _ = unsafe git_ignore_clear_internal_rules(pointer)
      _ = unsafe notes_git_set_search_path(level, "")
    }
  }

  /// A setting's value, or nil when it is not set.
  func string(_ name: String) -> String? {
    var value: UnsafePointer<CChar>?
    guard unsafe git_config_get_string(&value, handle.pointer, name) == 0,
      let value = unsafe value
    else { return nil }
    return unsafe String(cString: value)
  }

  /// A setting that is a path, with the user's home for a `~/` before it; nil when it is not set.
  func path(_ name: String, home: String) -> String? {
    var buffer = unsafe git_buf()
    defer { unsafe git_buf_dispose(&buffer) }
    let pointer = unsafe handle.pointer
    var code: Int32 = 0
    Self.withHome(home) { code = unsafe git_config_get_path(&buffer, pointer, name) }
    return code == 0 ? unsafe String(cString: buffer.ptr) : nil
  }

  /// A setting that is on or off; one that is neither counts as off.
  func isOn(_ name: String) -> Bool { flag(name) ?? false }

  /// What a setting says that is `true` or `false`; `nil` where it is not set, or says neither.
  func flag(_ name: String) -> Bool? {
    var value: Int32 = 0
    return unsafe git_config_get_bool(&value, handle.pointer, name) == 0 ? value != 0 : nil
  }

  /// A setting as the user or the machine has it; what the repository says does not count.
  ///
  /// For what has programs run: a folder that somebody packed brings its own `.git/config`.
  func userString(_ name: String) -> (value: String?, repositoryHasOwn: Bool) {
    var found: (value: String?, repositoryHasOwn: Bool) = (nil, false)
    try? unsafe Self.eachSetting(of: handle.pointer) { setting in
      guard setting.name == name, let value = setting.value else { return }
      if setting.level.rawValue < Self.ofRepository {
        found.value = value
      } else {
        found.repositoryHasOwn = true
      }
    }
    return found
  }

  /// The names and values of the settings whose name `isWanted`.
  func settings(
    where isWanted: (String) -> Bool
  ) throws(GitError) -> [(name: String, value: String)] {
    try unsafe Self.settings(of: handle.pointer, where: isWanted)
  }

  private static func settings(
    of configuration: OpaquePointer, where isWanted: (String) -> Bool
  ) throws(GitError) -> [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    try unsafe eachSetting(of: configuration) { setting in
      if isWanted(setting.name) { found.append((setting.name, setting.value ?? "")) }
    }
    return found
  }

  /// Lets a repository of another user be opened while `body` runs, where the user's or the machine's
  /// settings trust the folder of that path.
  ///
  /// libgit2 reads `safe.directory` from ~/.gitconfig and /etc/gitconfig alone, and knows no `*`.
  static func trustingOwner(
    of folder: String, _ environment: GitEnvironment, _ body: () -> Void
  ) {
    let trusts = trustsOwner(of: folder, environment)
    searchPaths.withLock { _ in
      if trusts { _ = notes_git_set_owner_validation(0) }
      body()
      if trusts { _ = notes_git_set_owner_validation(1) }
    }
  }

  /// Whether the machine's or the user's settings have `safe.directory` with the folder, a folder above it
  /// and `/*`, or `*`, and no empty value behind it, which would take it back.
  private static func trustsOwner(of folder: String, _ environment: GitEnvironment) -> Bool {
    var values: [String] = []
    withHome(environment.nonEmpty("HOME") ?? "") {
      for file in environment.settingsFiles {
        guard let settings = settings(in: file) else { continue }
        let found = try? unsafe self.settings(of: settings.pointer) { $0 == "safe.directory" }
        values += found?.map(\.value) ?? []
      }
    }
    let own = values.lastIndex(of: "").map { values[($0 + 1)...] } ?? values[...]
    return own.contains { value in
      if value == "*" { return true }
      var path = value
      if path.hasPrefix("~/"), let home = environment.nonEmpty("HOME") {
        path = home + path.dropFirst()
      }
      if path.hasSuffix("/*") {
        let above = String(path.dropLast(2))
        return folder.hasPrefix((resolvedPath(above) ?? above) + "/")
      }
      return path == folder || resolvedPath(path) == folder
    }
  }

  /// The settings of a file; `nil` where it cannot be read.
  static func settings(in file: String) -> Handle<ConfigKind>? {
    guard case .file(let size) = FileKind.of(file, following: true), size < 1 << 20 else {
      return nil
    }
    return try? unsafe Handle<ConfigKind>("read the settings") {
      unsafe git_config_open_ondisk(&$0, file)
    }
  }

  /// Lets `~/` in an included path mean the user's home while `body` runs.
  static func withHome(_ home: String, _ body: () -> Void) {
    searchPaths.withLock { _ in
      _ = unsafe notes_git_set_search_path(GIT_CONFIG_LEVEL_GLOBAL.rawValue, home)
      body()
      _ = unsafe notes_git_set_search_path(GIT_CONFIG_LEVEL_GLOBAL.rawValue, "")
    }
  }
}

/// The repository's own settings file, opened to change it.
///
/// libgit2 does not wait for the disk after it has written settings: a power cut could leave an
/// empty file, and a repository that nothing opens.
@safe struct SettingsFile: ~Copyable {
  private let handle: Handle<ConfigKind>
  private let path: String

  /// Opens `config` in a repository's common directory.
  init(commonDirectory: String) throws(GitError) {
    let path = commonDirectory + "/config"
    handle = try unsafe Handle("change the settings") {
      unsafe git_config_open_ondisk(&$0, path)
    }
    self.path = path
  }

  /// Sets a value, unless it is that already.
  func set(_ name: String, to value: String) throws(GitError) {
    var buffer = unsafe git_buf()
    defer { unsafe git_buf_dispose(&buffer) }
    if unsafe git_config_get_string_buf(&buffer, handle.pointer, name) == 0,
      unsafe String(cString: buffer.ptr) == value
    {
      return
    }
    try check("change the settings", unsafe git_config_set_string(handle.pointer, name, value))
    syncFile(path)
  }

  /// Removes every value of the settings below a prefix, such as `remote.origin`, or of one of them.
  func removeAll(below prefix: String, named last: String? = nil) throws(GitError) {
    var names: Set<String> = []
    try unsafe Configuration.eachSetting(of: handle.pointer) { setting in
      let name = setting.name
      if last.map({ name == "\(prefix).\($0)" }) ?? name.hasPrefix(prefix + ".") {
        names.insert(name)
      }
    }
    for name in names {
      try check(
        "change the settings", unsafe git_config_delete_multivar(handle.pointer, name, ".*"))
    }
    if !names.isEmpty { syncFile(path) }
  }
}
