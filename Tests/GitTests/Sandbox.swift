import Git
import TestSupport
import Testing

/// A repository in a temporary folder, and a git that knows nothing of this machine.
struct Sandbox {
  let folder = TemporaryFolder()

  /// What git and `Repository` are told of the process.
  var variables: [String: String] {
    [
      "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": folder.path + "/home",
      "GIT_CONFIG_GLOBAL": folder.path + "/home/.gitconfig", "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A",
      "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "1700000000 +0100",
      "GIT_COMMITTER_DATE": "1700000000 +0100", "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0",
    ]
  }

  var environment: GitEnvironment {
    var variables = variables
    for name in variables.keys where name.hasPrefix("GIT_") { variables[name] = nil }
    variables["GIT_CONFIG_GLOBAL"] = folder.path + "/home/.gitconfig"
    variables["GIT_CONFIG_NOSYSTEM"] = "1"
    return GitEnvironment(variables: variables)
  }

  init() throws {
    try folder.write(
      "[safe]\n\tdirectory = *\n[init]\n\tdefaultBranch = main\n", to: "home/.gitconfig")
  }

  /// A path in the sandbox.
  func path(_ name: String) -> String { folder.path + "/" + name }

  /// Runs git in a folder of the sandbox and returns what it printed, without the last line end.
  @discardableResult
  func git(
    _ arguments: String..., in name: String = "vault", input: String? = nil,
    failing: Bool = false, extra: [String: String] = [:],
    at location: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try runProcess(
      ["git"] + arguments, in: path(name),
      environment: variables.merging(extra) { $1 }, input: input)
    if !failing {
      #expect(
        result.status == 0, "git \(arguments.joined(separator: " ")): \(result.errors)",
        sourceLocation: location)
    }
    var output = result.output
    if output.hasSuffix("\n") { output.removeLast() }
    return output
  }

  /// Makes a repository with git.
  func initialise(_ name: String = "vault", _ arguments: String...) throws {
    try folder.write("", to: "\(name)/.keep")
    try runProcess(["rm", path(name) + "/.keep"])
    _ = try runProcess(
      ["git", "init", "-q", "-b", "main"] + arguments + [path(name)], environment: variables)
  }

  /// Writes files and commits them with git.
  @discardableResult
  func commit(
    _ files: [String: String?], _ message: String = "change", in name: String = "vault",
    time: Int = 1_700_000_000
  ) throws -> ObjectID {
    for (path, text) in files where text == nil {
      try runProcess(["rm", "-rf", self.path(name) + "/" + path])
    }
    for (path, text) in files {
      if let text { try folder.write(text, to: "\(name)/\(path)") }
    }
    try git("add", "-A", in: name)
    let date = ["GIT_AUTHOR_DATE": "\(time) +0100", "GIT_COMMITTER_DATE": "\(time) +0100"]
    try git("commit", "-q", "--allow-empty", "-m", message, in: name, extra: date)
    return try id("HEAD", in: name)
  }

  /// The id that git finds for a revision.
  func id(_ revision: String, in name: String = "vault") throws -> ObjectID {
    try #require(ObjectID(hex: try git("rev-parse", revision, in: name)))
  }

  /// Opens a repository of the sandbox.
  func open(_ name: String = "vault", for purpose: Repository.Purpose = .writing)
    throws(GitError) -> Repository
  {
    try Repository.open(path(name), environment: environment, for: purpose)
  }

  /// The problem that opening a repository meets.
  func problem(_ name: String = "vault", for purpose: Repository.Purpose = .writing)
    -> RepositoryProblem?
  {
    do throws(GitError) {
      _ = try open(name, for: purpose)
      return nil
    } catch {
      if case .repository(let problem) = error.reason { return problem }
      Issue.record("not a problem of the repository: \(error)")
      return nil
    }
  }

  static let author = Signature(
    name: "Ada", email: "ada@example.org", seconds: 1_700_000_000, offset: 60)
}
