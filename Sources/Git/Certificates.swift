import CGit2
import Synchronization

/// Whose signature on a server's certificate is trusted: the machine's list, or a file of the user's.
enum Certificates {
  private static let machine = "/etc/ssl/certs/ca-certificates.crt"
  private static let current = Mutex(machine)

  /// Has libgit2 trust a file's certificates, or the machine's; it has one list for the process.
  static func trust(_ file: String?, _ operation: String) throws(GitError) {
    let file = file ?? machine
    let code = current.withLock { current -> Int32 in
      if file == current { return 0 }
      let code = unsafe notes_git_set_certificates(file, nil)
      current = code < 0 ? "" : file
      return code
    }
    if code < 0 {
      throw GitError(operation, code: code).during(
        operation, reason: .certificate, message: "\(file) holds no certificates to trust")
    }
  }
}
