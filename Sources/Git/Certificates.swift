import CGit2
import Glibc
import Synchronization

/// Whose signature on a server's certificate is trusted: the machine's list, or a file of the user's.
enum Certificates {
  private static let machine = "/etc/ssl/certs/ca-certificates.crt"
  private static let current = Mutex<String?>(nil)
  fileprivate static let isDeferred = Atomic(false)

  /// Has libgit2 trust a file's certificates, or the machine's; it has one list for the process.
  static func trust(_ file: String?, _ operation: String) throws(GitError) {
    let file = file ?? machine
    let code = current.withLock { current -> Int32 in
      if file == current { return 0 }
      let code = unsafe notes_git_set_certificates(file, nil)
      current = code < 0 ? nil : file
      return code
    }
    if code < 0 {
      throw GitError(operation, code: code).during(
        operation, reason: .certificate, message: "\(file) holds no certificates to trust")
    }
  }

  /// Sets libgit2 up without the machine's list, which `trust` has it read for https alone.
  ///
  /// libgit2 reads that list (200 KB of base64) whenever it is set up, for commands that stay on
  /// this machine, too, and has no setting for it: 4 of the 19 ms of a save. Until `trust` was called
  /// no server is trusted.
  static func areDeferred(while setUp: () -> Int32) -> Int32 {
    isDeferred.store(true, ordering: .sequentiallyConsistent)
    defer { isDeferred.store(false, ordering: .sequentiallyConsistent) }
    return setUp()
  }
}

/// Stands before the function of the same name in mbedTLS, by which libgit2 reads certificates: a
/// library's symbol that the program has, too, is the program's.
///
/// Where libgit2 is built with another library for TLS nobody calls it.
@c(mbedtls_x509_crt_parse_file)
public func parseCertificates(
  _ chain: UnsafeMutableRawPointer?, _ path: UnsafePointer<CChar>?
) -> CInt {
  if Certificates.isDeferred.load(ordering: .sequentiallyConsistent) { return 0 }
  typealias Parse =
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> CInt
  // RTLD_NEXT, which is a cast in C.
  let next = unsafe UnsafeMutableRawPointer(bitPattern: -1)
  guard let parse = unsafe dlsym(next, "mbedtls_x509_crt_parse_file") else { return -1 }
  return unsafe unsafeBitCast(parse, to: Parse.self)(chain, path)
}
