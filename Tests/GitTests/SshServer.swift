import Foundation
import Git
import TestSupport
import Testing

/// An ssh server on a port of this machine, with keys of its own, for as long as a test lasts.
final class SshServer {
  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: "/usr/sbin/sshd") }

  private let server: LocalServer
  private let folder: String
  let port: Int

  /// Starts the server in a sandbox, which gets a client's settings that know its key.
  init(_ sandbox: Sandbox) throws {
    folder = sandbox.path("ssh")
    for name in ["host", "user", "stranger"] {
      try sandbox.folder.write("", to: "ssh/.keep")
      try runProcess(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(name)"])
    }
    try runProcess(["cp", "\(folder)/user.pub", "\(folder)/authorized"])
    try runProcess(["mkdir", "-p", "/run/sshd"])
    port = try freePort()
    let user = NSUserName()
    try sandbox.folder.write(
      """
      Port \(port)
      ListenAddress 127.0.0.1
      HostKey \(folder)/host
      AuthorizedKeysFile \(folder)/authorized
      PidFile none
      StrictModes no
      UsePAM no
      PermitRootLogin yes
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      """, to: "ssh/sshd_config")
    let key = try sandbox.folder.read("ssh/host.pub").split(separator: " ").prefix(2)
    try sandbox.folder.write("[127.0.0.1]:\(port) \(key.joined(separator: " "))\n", to: "ssh/known")
    for (name, identity, known) in [
      ("config", "user", "known"), ("unknown", "user", "none"), ("changed", "user", "wrong"),
      ("wrongkey", "stranger", "known"),
    ] {
      try sandbox.folder.write(
        """
        Host *
          User \(user)
          IdentityFile \(folder)/\(identity)
          IdentitiesOnly yes
          IdentityAgent none
          UserKnownHostsFile \(folder)/\(known)
          GlobalKnownHostsFile /dev/null
        Host hub
          HostName 127.0.0.1
          Port \(port)
        """, to: "ssh/\(name)")
    }
    let other = try sandbox.folder.read("ssh/stranger.pub").split(separator: " ").prefix(2)
    try sandbox.folder.write(
      "[127.0.0.1]:\(port) \(other.joined(separator: " "))\n", to: "ssh/wrong")
    server = try LocalServer(
      "/usr/sbin/sshd -D -e -f '\(folder)/sshd_config'", port: port, in: folder,
      environment: sandbox.variables)
  }

  /// What the process is told, with one of the clients' settings.
  func environment(_ sandbox: Sandbox, _ config: String = "config") -> GitEnvironment {
    var environment = sandbox.environment
    environment.variables["GIT_SSH_COMMAND"] = "ssh -F '\(folder)/\(config)'"
    return environment
  }
}
