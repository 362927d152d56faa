import CGit2

extension Repository {
  /// The remotes that the settings name, with their URLs fit to show.
  public func remotes() throws(GitError) -> [(name: String, url: String)] {
    var names = unsafe git_strarray()
    try check("list the remotes", unsafe git_remote_list(&names, handle.pointer))
    defer { unsafe git_strarray_dispose(&names) }
    let list = unsafe UnsafeBufferPointer(start: names.strings, count: names.count)
    let texts = unsafe list.compactMap { unsafe $0.map { unsafe String(cString: $0) } }
    var found: [(name: String, url: String)] = []
    for name in texts {
      found.append((name, RemoteURL.redacted(try address(of: name, for: GIT_DIRECTION_FETCH))))
    }
    return found
  }

  /// Adds a remote with the usual refspec; one of that name must not be there.
  public mutating func addRemote(_ name: String, _ url: RemoteURL) throws(GitError) {
    let operation = "add the remote \(name)"
    try checkRemote(name, url, operation)
    if setting("remote.\(name).url") != nil {
      throw GitError(operation, .exists, "there is a remote of that name")
    }
    let file = try SettingsFile(commonDirectory: commonDirectory)
    try file.set("remote.\(name).url", to: url.text)
    try file.set("remote.\(name).fetch", to: "+refs/heads/*:refs/remotes/\(name)/*")
    try reloadSettings()
  }

  /// Changes where a remote is; whatever else is set for it stays, but for a `pushurl`.
  public mutating func setRemote(_ name: String, _ url: RemoteURL) throws(GitError) {
    let operation = "change the remote \(name)"
    try checkRemote(name, url, operation)
    guard setting("remote.\(name).url") != nil else {
      throw GitError(operation, .notFound, "there is no remote of that name")
    }
    let file = try SettingsFile(commonDirectory: commonDirectory)
    try file.removeAll(below: "remote.\(name)", named: "pushurl")
    do throws(GitError) {
      try file.set("remote.\(name).url", to: url.text)
    } catch {
      // It is set more than once.
      try file.removeAll(below: "remote.\(name)", named: "url")
      try file.set("remote.\(name).url", to: url.text)
    }
    if setting("remote.\(name).fetch") == nil {
      try file.set("remote.\(name).fetch", to: "+refs/heads/*:refs/remotes/\(name)/*")
    }
    try reloadSettings()
  }

  /// Where a remote is, as `url.*.insteadOf` has it, if we can go there.
  func url(of name: String, for direction: git_direction) throws(GitError) -> RemoteURL {
    try RemoteURL(address(of: name, for: direction), relativeTo: workTree)
  }

  /// Where a remote is fetched from and where it is pushed to, fit to show, if these are two addresses;
  /// nil where they are one.
  ///
  /// Two addresses can lead to one repository, as `pushInsteadOf` has it for https and ssh.
  public func twoAddresses(
    of name: String
  ) throws(GitError) -> (fetch: String, push: String)? {
    let fetch = try address(of: name, for: GIT_DIRECTION_FETCH)
    let push = try address(of: name, for: GIT_DIRECTION_PUSH)
    return fetch == push ? nil : (RemoteURL.redacted(fetch), RemoteURL.redacted(push))
  }

  /// The addresses of a remote that has several for one direction, fit to show; nil where it has one: git
  /// fetches from the first and pushes to all, and libgit2 knows the last.
  public func severalAddresses(of name: String) throws(GitError) -> [String]? {
    for key in ["url", "pushurl"] {
      let all = try configuration.settings(matching: "^remote\\..*\\.\(key)$")
        .filter { $0.name == "remote.\(name).\(key)" }.map { RemoteURL.redacted($0.value) }
      if all.count > 1 { return all }
    }
    return nil
  }

  private func address(of name: String, for direction: git_direction) throws(GitError) -> String {
    let operation = "use the remote \(name)"
    var found: OpaquePointer?
    let code = unsafe git_remote_lookup(&found, handle.pointer, name)
    if code == GIT_ENOTFOUND.rawValue {
      throw GitError(operation, .notFound, "there is no remote of that name", code: code)
    }
    try check(operation, code)
    let remote = try unsafe Handle<RemoteKind>(operation) {
      unsafe $0 = found
      return 0
    }
    let push = unsafe direction == GIT_DIRECTION_PUSH ? git_remote_pushurl(remote.pointer) : nil
    guard let url = unsafe push ?? git_remote_url(remote.pointer) else {
      throw GitError("use the remote \(name)", .notFound, "it has no URL")
    }
    return unsafe String(cString: url)
  }

  private func checkRemote(_ name: String, _ url: RemoteURL, _ operation: String) throws(GitError) {
    var isValid: Int32 = 0
    guard unsafe git_remote_name_is_valid(&isValid, name) == 0, isValid != 0,
      !name.hasPrefix("-")
    else { throw GitError(operation, .invalid, "that is no name for a remote") }
    if url.userInfo != nil {
      throw GitError(
        operation, .invalid,
        "leave the user name and password out of the URL: they would be stored for all to read")
    }
  }
}
