/// What a browser asks, once it was let in.
public struct WebRequest: Sendable {
  /// The parts of the path, without percent signs: `["notes", "a b.md"]`.
  public let path: [String]
  /// What stands behind the `?`, by its names; of two of one name the last.
  public let query: [String: String]
  /// What a form sent; `nil` for a question that changes nothing (GET).
  public let form: [String: String]?
  private let headers: [String: String]

  /// A question, as a browser that was let in sends it.
  public init(
    path: [String], query: [String: String] = [:], form: [String: String]? = nil,
    headers: [String: String] = [:]
  ) {
    self.path = path
    self.query = query
    self.form = form
    self.headers = headers
  }

  /// A header, by its name in lower case.
  public func header(_ name: String) -> String? { headers[name] }
}

/// What a browser is answered.
public struct WebResponse: Sendable {
  /// The HTTP status.
  public var status: Int
  /// The media type.
  public var type: String
  /// Further headers.
  public var headers: [(name: String, value: String)] = []
  /// What follows the headers.
  public var body: [UInt8]
  /// Whether it goes on with a line for each change that is told to `WebServer.announce`.
  public var isChanges = false

  /// An answer.
  public init(_ status: Int = 200, type: String = "text/html; charset=utf-8", body: [UInt8]) {
    self.status = status
    self.type = type
    self.body = body
  }

  /// Some text.
  public static func text(_ text: String, status: Int = 200) -> WebResponse {
    WebResponse(status, type: "text/plain; charset=utf-8", body: Array(text.utf8))
  }

  /// Somewhere else, to be asked with GET.
  public static func elsewhere(_ url: String, status: Int = 303) -> WebResponse {
    var response = WebResponse(status, type: "text/plain; charset=utf-8", body: [])
    response.headers = [("location", url)]
    return response
  }

  /// What changes in the vault, as server-sent events (HTML Living Standard, 9.2).
  public static var changes: WebResponse {
    var response = WebResponse(type: "text/event-stream", body: [])
    response.isChanges = true
    return response
  }
}
