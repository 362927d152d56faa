internal import Git
internal import Glibc
internal import History

extension Session {
  /// What reaches a remote.
  ///
  /// User names and passwords come from `$NOTES_TOKEN`, for https only, or else from the user's own
  /// credential helpers, through `git credential fill` (gitcredentials(7)); nothing is stored by us.
  func wire(_ transport: SyncTransport?) -> Wire {
    let environment = environment.filter { !GitEnvironment.ofOneRepository.contains($0.key) }
    let isInteractive = isInteractive
    let token = environment["NOTES_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
    let credentials: CredentialSource = { url, user, attempt in
      if let token, url.hasPrefix("https://") {
        // Forges take a token as the password of whatever user; for others it may be `USER:TOKEN`.
        let parts = token.split(separator: ":", maxSplits: 1).map(String.init)
        let named = parts.count == 2 ? (parts[0], parts[1]) : (user ?? "token", token)
        return attempt == 1 ? named : nil
      }
      var variables = environment
      if !isInteractive { variables["GIT_TERMINAL_PROMPT"] = "0" }
      var request = "url=\(url)\n"
      if let user { request += "username=\(user)\n" }
      let answer = capture(
        ["git", "credential", "fill"], input: request + "\n", environment: variables)
      guard answer.status == 0 else { return nil }
      var values: [String: String] = [:]
      for line in String(decoding: answer.output, as: UTF8.self).split(separator: "\n") {
        guard let cut = line.firstIndex(of: "=") else { continue }
        values[String(line[..<cut])] = String(line[line.index(after: cut)...])
      }
      guard let user = values["username"], let password = values["password"] else { return nil }
      return (user, password)
    }
    let pause = { (milliseconds: Int) in _ = usleep(UInt32(milliseconds) * 1_000) }
    guard transport == .git else { return Wire(credentials: credentials, pause: pause) }
    // No address and no setting of an unpacked vault is to name a program that is run for it, as far as git
    // can be told so; its credential helpers and ssh are the user's.
    var guarded = environment
    guarded["GIT_ALLOW_PROTOCOL"] = guarded["GIT_ALLOW_PROTOCOL"] ?? "file:git:http:https:ssh"
    let settings = [
      "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.alternateRefsCommand=",
    ]
    return Wire(credentials: credentials, pause: pause) { [guarded] arguments in
      let run = capture(
        ["git"] + settings.flatMap { ["-c", $0] } + arguments, input: "", environment: guarded)
      return (
        run.status, String(decoding: run.output, as: UTF8.self),
        String(decoding: run.errors, as: UTF8.self)
      )
    }
  }
}
