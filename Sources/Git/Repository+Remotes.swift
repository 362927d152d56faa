import CGit2

extension Repository {
  /// The remotes that the settings name, with their URLs fit to show.
  public func remotes() throws(GitError) -> [(name: String, url: String)] {
    let isAddress = { (name: String) in
      name.hasPrefix("remote.") && (name.hasSuffix(".url") || name.hasSuffix(".pushurl"))
    }
    let names = Set(
      try configuration.settings(where: isAddress).compactMap { setting -> String? in
        let name = setting.name.dropFirst("remote.".count)
        return name.lastIndex(of: ".").map { String(name[..<$0]) }
      })
    var found: [(name: String, url: String)] = []
    for name in names.sorted() {
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
      let all = try configuration.settings { $0 == "remote.\(name).\(key)" }
        .map { RemoteURL.redacted($0.value) }
      if all.count > 1 { return all }
    }
    return nil
  }

  private func address(of name: String, for direction: git_direction) throws(GitError) -> String {
    let operation = "use the remote \(name)"
    func address(_ key: String) -> String? {
      setting("remote.\(name).\(key)").flatMap { $0.isEmpty ? nil : $0 }
    }
    guard setting("remote.\(name).url") != nil || setting("remote.\(name).pushurl") != nil else {
      throw GitError(operation, .notFound, "there is no remote of that name")
    }
    if direction == GIT_DIRECTION_PUSH {
      if let push = address("pushurl") { return try rewritten(push, by: "insteadof") ?? push }
      if let url = address("url"), let push = try rewritten(url, by: "pushinsteadof") {
        return push
      }
    }
    guard let url = address("url") else { throw GitError(operation, .notFound, "it has no URL") }
    return try rewritten(url, by: "insteadof") ?? url
  }

  /// An address with what `url.BASE.insteadOf` or `pushInsteadOf` puts in place of its beginning, if any.
  ///
  /// The longest beginning counts, as in git-config(1). libgit2 has the same, and asks with a regular expression (`eachSetting`).
  private func rewritten(_ address: String, by key: String) throws(GitError) -> String? {
    let rules = try configuration.settings { $0.hasPrefix("url.") && $0.hasSuffix("." + key) }
      .filter { !$0.value.isEmpty && address.hasPrefix($0.value) }
    guard let longest = rules.map(\.value.utf8.count).max(),
      let rule = rules.first(where: { $0.value.utf8.count == longest })
    else { return nil }
    let base = rule.name.dropFirst("url.".count).dropLast(key.count + 1)
    return base + String(address.dropFirst(rule.value.count))
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
