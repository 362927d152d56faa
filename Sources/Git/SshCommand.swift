/// The user's own `ssh`, as git would run it: with their keys, agent, settings and known hosts.
struct SshCommand: Equatable {
  let program: String
  let arguments: [String]
  let variables: [String: String]

  /// What has a server run a git program on a path; `setting` is `core.sshCommand`.
  init?(
    _ address: RemoteURL.SshAddress, service: String, _ environment: GitEnvironment,
    setting: String?
  ) {
    let remote = "\(service) \(Self.quoted(address.path))"
    let place = address.user.map { "\($0)@\(address.host)" } ?? address.host
    let command =
      environment.nonEmpty("GIT_SSH_COMMAND") ?? (setting?.isEmpty == false ? setting : nil)
    let program = command == nil ? environment.nonEmpty("GIT_SSH") ?? "ssh" : "sh"
    guard let path = Self.find(program, environment.nonEmpty("PATH")) else { return nil }
    var tail: [String] = []
    switch Self.variant(of: command ?? program, environment) {
    case .simple: tail = [place, remote]
    case .plink:
      tail = environment.isTerminal ? [] : ["-batch"]
      if let port = address.port { tail += ["-P", port] }
      tail += [place, remote]
    case .openSSH:
      if !environment.isTerminal { tail += ["-o", "BatchMode=yes"] }
      tail += ["-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=15"]
      if let port = address.port { tail += ["-p", port] }
      tail += ["--", place, remote]
    }
    if let command {
      // As git does it: the value is a piece of shell, to which the arguments are added.
      arguments = ["sh", "-c", command + " \"$@\"", command] + tail
    } else {
      arguments = [program] + tail
    }
    self.program = path
    // A git that is told of our repository, or of another protocol, would not understand us.
    let ours = GitEnvironment.ofOneRepository.union(Self.ours)
    variables = environment.variables.filter { !ours.contains($0.key) }
  }

  /// A word for the shell at the other end: in single quotes, as git writes it.
  static func quoted(_ text: String) -> String {
    var word = "'"
    for character in text.unicodeScalars {
      if character == "'" || character == "!" {
        word += "'\\\(character)'"
      } else {
        word.unicodeScalars.append(character)
      }
    }
    return word + "'"
  }

  private enum Variant {
    case openSSH
    case plink
    case simple
  }

  private static func variant(of command: String, _ environment: GitEnvironment) -> Variant {
    let program = command.split(separator: " ").first?.split(separator: "/").last ?? ""
    switch environment.nonEmpty("GIT_SSH_VARIANT") ?? String(program) {
    case "simple": return .simple
    case "plink", "putty", "tortoiseplink", "plink.exe": return .plink
    default: return .openSSH
    }
  }

  /// Where a program is, as the user's shell would find it.
  private static func find(_ program: String, _ path: String?) -> String? {
    if program.contains("/") { return isProgram(program) ? program : nil }
    for folder in (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
      let file = "\(folder)/\(program)"
      if file.hasPrefix("/"), isProgram(file) { return file }
    }
    return nil
  }

  private static let ours: Set<String> = [
    "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_PROTOCOL",
  ]
}
