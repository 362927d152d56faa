extension Repository {
  /// Sets a value in the repository's own settings, which no clone receives.
  public mutating func set(_ name: String, to value: String) throws(GitError) {
    try SettingsFile(commonDirectory: commonDirectory).set(name, to: value)
    try reloadSettings()
  }

  /// Removes every setting below a name, such as `merge.notes`, from the repository's own settings.
  public mutating func removeSection(_ name: String) throws(GitError) {
    try SettingsFile(commonDirectory: commonDirectory).removeAll(below: name)
    try reloadSettings()
  }

  /// Adds a line to the attributes that hold in this repository only, unless it is there.
  ///
  /// Source: gitattributes(5), `$GIT_DIR/info/attributes`.
  public func addAttribute(_ line: String) throws(GitError) {
    var lines = attributeLines
    if lines.contains(line) { return }
    lines.append(line)
    try write(attributes: lines)
  }

  /// Removes a line from those attributes.
  public func removeAttribute(_ line: String) throws(GitError) {
    let lines = attributeLines
    if lines.contains(line) { try write(attributes: lines.filter { $0 != line }) }
  }

  private var attributePath: String { commonDirectory + "/info/attributes" }

  private var attributeLines: [String] {
    String(decoding: readPlainFile(attributePath) ?? [], as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  private func write(attributes lines: [String]) throws(GitError) {
    makeFolder(commonDirectory + "/info")
    let text = lines.map { $0 + "\n" }.joined()
    try replaceFile(attributePath, with: Array(text.utf8), sync: true, "write info/attributes")
  }
}
