import Foundation
import Git
import TestSupport
import Testing

/// A web server on a port of this machine that serves repositories to `ada` with her password, and
/// misbehaves at the paths that say so.
final class HttpServer {
  private let server: LocalServer
  private let log: String
  let port: Int
  let sandbox: Sandbox

  /// Starts the server; with a certificate it speaks https.
  init(_ sandbox: Sandbox, certificate: String? = nil) throws {
    self.sandbox = sandbox
    port = try freePort()
    log = "http-\(port).log"
    try sandbox.folder.write("", to: log)
    try sandbox.folder.write(Self.script, to: "server.py")
    server = try LocalServer(
      "python3 server.py \(port) . \(log) \(certificate ?? "")", port: port, in: sandbox.path(""),
      environment: sandbox.variables)
  }

  /// The requests so far: `METHOD path user`.
  var requests: [String] {
    get throws { try sandbox.folder.read(log).split(separator: "\n").map(String.init) }
  }

  private static let script = #"""
    import base64, http.server, os, ssl, subprocess, sys, time
    port, root, log = int(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def log_message(self, *_): pass

        def answer(self, code, headers={}, body=b''):
            self.send_response(code)
            for name, value in headers.items(): self.send_header(name, value)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def body(self):
            if self.headers.get('Transfer-Encoding') != 'chunked':
                return self.rfile.read(int(self.headers.get('Content-Length', 0)))
            data = b''
            while True:
                size = int(self.rfile.readline().strip(), 16)
                data += self.rfile.read(size)
                self.rfile.readline()
                if size == 0: return data

        def handle_any(self):
            data = self.body() if self.command == 'POST' else b''
            scheme, _, secret = self.headers.get('Authorization', '').partition(' ')
            user = base64.b64decode(secret).decode() if scheme == 'Basic' else ''
            with open(log, 'a') as file: file.write(f'{self.command} {self.path} {user}\n')
            first = self.path.split('/')[1]
            ask = {'WWW-Authenticate': 'Basic realm="notes"'}
            if first == '401': return self.answer(401, ask)
            if first.isdigit(): return self.answer(int(first))
            if first == 'silent': return time.sleep(30)
            if first == 'cut': return self.connection.shutdown(2)
            if first == 'slow':
                self.wfile.write(b'HTTP/1.1 200 OK\r\n')
                while True:
                    self.wfile.write(b'X-A: a\r\n')
                    time.sleep(0.2)
            if first == 'page': return self.answer(200, {'Content-Type': 'text/html'}, b'hello')
            if first == 'elsewhere':
                return self.answer(302, {'Location': f'http://localhost:{port}' + self.path[10:]})
            if first == 'late':
                if not user: return self.answer(401, ask)
                return self.answer(302, {'Location': f'http://localhost:{port}/open' + self.path[5:]})
            if first == 'moved': return self.answer(302, {'Location': self.path[6:]})
            if user != 'ada:secret' and first != 'open': return self.answer(401, ask)
            path, _, query = self.path.partition('?')
            if first == 'open': path = path[5:]
            environment = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL='1',
                PATH_INFO=path, QUERY_STRING=query, REQUEST_METHOD=self.command,
                CONTENT_TYPE=self.headers.get('Content-Type', ''), CONTENT_LENGTH=str(len(data)),
                REMOTE_USER='ada', REMOTE_ADDR='127.0.0.1',
                HTTP_CONTENT_ENCODING=self.headers.get('Content-Encoding', ''))
            result = subprocess.run(['git', 'http-backend'], input=data, env=environment,
                stdout=subprocess.PIPE, timeout=30).stdout
            head, _, body = result.partition(b'\r\n\r\n')
            headers, code = {}, 200
            for line in head.decode().split('\r\n'):
                name, _, value = line.partition(': ')
                if name == 'Status': code = int(value.split(' ')[0])
                else: headers[name] = value
            self.answer(code, headers, body)

        do_GET = do_POST = handle_any

    server = http.server.ThreadingHTTPServer(('127.0.0.1', port), Handler)
    server.daemon_threads = True
    if len(sys.argv) > 4:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[4])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()
    """#
}
