/// What git needs to know of the process it runs in, handed in by the caller.
///
/// This module reads no environment, no home directory and no clock by itself. libgit2 does read
/// `http_proxy`, `https_proxy`, `no_proxy` and `SUDO_UID`.
public struct GitEnvironment: Sendable {
  /// The environment variables that a program we start is given, and that name the user's files.
  public var variables: [String: String]
  /// Whether a person can answer a question that `ssh` asks on the terminal.
  public var isTerminal: Bool

  /// Takes the variables as they are.
  public init(variables: [String: String], isTerminal: Bool = false) {
    self.variables = variables
    self.isTerminal = isTerminal
  }

  /// The variables that tell a git which repository it works in, and how that is laid out.
  ///
  /// A hook of another repository has them, and so has what `git rebase --exec` runs there: a git that
  /// is started for a vault would go there. Source: `git rev-parse --local-env-vars`, without those that
  /// hold settings.
  public static let ofOneRepository: Set<String> = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_DIR",
    "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
    "GIT_QUARANTINE_PATH", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
  ]

  /// The user's own git settings, weakest first.
  var configFiles: [String] {
    if let file = variables["GIT_CONFIG_GLOBAL"] { return file.isEmpty ? [] : [file] }
    var files: [String] = []
    if let folder = settingsFolder { files.append(folder + "/config") }
    if let home = nonEmpty("HOME") { files.append(home + "/.gitconfig") }
    return files
  }

  /// The folder of the user's own git settings, beside the one file in their home.
  var settingsFolder: String? {
    (nonEmpty("XDG_CONFIG_HOME") ?? nonEmpty("HOME").map { $0 + "/.config" }).map { $0 + "/git" }
  }

  /// The machine's git settings; `nil` where the user does not want them.
  var systemConfigFile: String? {
    let no = variables["GIT_CONFIG_NOSYSTEM"]?.lowercased() ?? ""
    guard ["", "0", "false", "no", "off"].contains(no) else { return nil }
    let file = variables["GIT_CONFIG_SYSTEM"] ?? "/etc/gitconfig"
    return file.isEmpty ? nil : file
  }

  /// The machine's git settings and the user's, weakest first.
  var settingsFiles: [String] { [systemConfigFile].compactMap { $0 } + configFiles }

  /// A variable's value, unless it is missing or empty.
  func nonEmpty(_ name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }
}
