/// How long the other side of the wire may take.
public struct WireLimits: Equatable, Sendable {
  /// The longest wait for a connection.
  public var connect: Duration
  /// The longest silence.
  public var idle: Duration
  /// The longest time in which less than 4 KB comes and nothing is taken: a server whose hook hangs goes on to
  /// send an empty packet every few seconds.
  public var trickle: Duration
  /// The longest time for the whole, if there is a limit.
  public var total: Duration?

  /// Fifteen seconds to connect, thirty of silence and five minutes of next to nothing, unless told
  /// otherwise.
  public init(
    connect: Duration = .seconds(15), idle: Duration = .seconds(30),
    trickle: Duration = .seconds(300), total: Duration? = nil
  ) {
    self.connect = connect
    self.idle = idle
    self.trickle = trickle
    self.total = total
  }
}
