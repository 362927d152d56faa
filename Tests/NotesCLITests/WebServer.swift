import Foundation
import TestSupport
import Testing

/// lighttpd with TLS in front of `git http-backend`: a bare repository at `/git/hub.git`, for `ada`
/// with her password.
final class WebServer {
  private let server: LocalServer
  let port: Int
  let folder: TemporaryFolder

  static let program = "/usr/sbin/lighttpd"
  static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

  var url: String { "https://localhost:\(port)/git/hub.git" }
  var certificate: String { folder.path + "/tls.crt" }
  /// The requests so far, as the server logs them.
  var log: String { (try? folder.read("access.log")) ?? "" }

  /// Starts it in a folder; with the lowest version of TLS that it speaks.
  init(in folder: TemporaryFolder, leastTLS: String = "TLSv1.2") throws {
    self.folder = folder
    port = try freePort()
    let made = try runProcess(
      [
        "sh", "-c",
        """
        test -e tls.pem && exit 0
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
          -addext subjectAltName=DNS:localhost -keyout tls.key -out tls.crt &&
        cat tls.key tls.crt > tls.pem && git init -q --bare -b main git/hub.git
        """,
      ], in: folder.path)
    try #require(made.status == 0, "\(made.errors)")
    try folder.write("ada:secret\n", to: "users")
    try folder.write(
      """
      server.document-root = "\(folder.path)/git"
      server.bind = "127.0.0.1"
      server.port = \(port)
      server.modules = ("mod_openssl", "mod_auth", "mod_authn_file", "mod_alias", "mod_cgi",
        "mod_setenv", "mod_accesslog")
      server.errorlog = "\(folder.path)/error.log"
      accesslog.filename = "\(folder.path)/access.log"
      ssl.engine = "enable"
      ssl.pemfile = "\(folder.path)/tls.pem"
      ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "\(leastTLS)")
      auth.backend = "plain"
      auth.backend.plain.userfile = "\(folder.path)/users"
      auth.require = ("/git" => ("method" => "basic", "realm" => "notes", "require" => "valid-user"))
      alias.url = ("/git" => "/usr/lib/git-core/git-http-backend")
      $HTTP["url"] =~ "^/git" {
        cgi.assign = ("" => "")
        setenv.add-environment = ("GIT_PROJECT_ROOT" => "\(folder.path)/git",
          "GIT_HTTP_EXPORT_ALL" => "1")
      }

      """, to: "lighttpd-\(port).conf")
    server = try LocalServer(
      "\(Self.program) -D -f lighttpd-\(port).conf", port: port, in: folder.path,
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder.path])
  }
}
