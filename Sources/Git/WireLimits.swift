/// How long the other side of the wire may take.
public struct WireLimits: Equatable, Sendable {
  /// The longest wait for a connection.
  public var connect: Duration
  /// The longest silence.
  public var idle: Duration
  /// The longest time for the whole, if there is a limit.
  public var total: Duration?

  /// Fifteen seconds to connect and thirty of silence, unless told otherwise.
  public init(
    connect: Duration = .seconds(15), idle: Duration = .seconds(30), total: Duration? = nil
  ) {
    self.connect = connect
    self.idle = idle
    self.total = total
  }
}
