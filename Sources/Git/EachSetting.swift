import CGit2

/// A setting, as a file has it.
struct Setting {
  /// The name, with small letters but for what stands between the first point and the last.
  let name: String
  /// `nil` where only the name is there, which means true.
  let value: String?
  let level: git_config_level_t
  /// Whether it is of a file that another one includes.
  let isIncluded: Bool
}

extension Configuration {
  /// Visits each setting of a configuration, of all its files.
  ///
  /// Whoever visits compares the names: where libgit2 1.5 compares them with a regular expression, it
  /// loses 20 kB for each that does not match.
  static func eachSetting(
    of configuration: OpaquePointer, _ visit: (Setting) -> Void
  ) throws(GitError) {
    let operation = "read the settings"
    let settings = try unsafe Handle<ConfigIteratorKind>(operation) {
      unsafe git_config_iterator_new(&$0, configuration)
    }
    while true {
      var entry: UnsafeMutablePointer<git_config_entry>?
      let code = unsafe git_config_next(&entry, settings.pointer)
      if code == GIT_ITEROVER.rawValue { return }
      try check(operation, code)
      guard let entry = unsafe entry?.pointee, let name = unsafe entry.name else { continue }
      visit(
        unsafe Setting(
          name: String(cString: name), value: entry.value.map { unsafe String(cString: $0) },
          level: entry.level, isIncluded: entry.include_depth > 0))
    }
  }
}
